"""What a connection is and how a request is signed: values and pure functions."""
