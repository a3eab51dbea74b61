"""Types of the intake desk: bytes in, readings out, and the canonical trade documents."""
