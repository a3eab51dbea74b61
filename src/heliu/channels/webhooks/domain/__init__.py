"""What is sent where, how it is signed and when it is tried again: values and pure functions."""
