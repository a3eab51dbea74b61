"""Types and laws of the party desk: codes, versions of an enterprise, relatedness."""
