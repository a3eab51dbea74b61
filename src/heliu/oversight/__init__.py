"""Oversight: what is seen early, of loans and of the bank itself."""
