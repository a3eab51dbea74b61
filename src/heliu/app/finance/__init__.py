"""The main job: a folder of documents in; verified, decided, financed and settled day by day."""
