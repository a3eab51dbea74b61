"""Regulation: thresholds of law and of the bank's own policy as dated data with their source.

Owns no table: the rules are files (`rules/`), a file a source, changed by review like code. A rule
nobody has read in the official text is marked unverified; the production profile refuses it.
Tells nothing; hears nothing.
"""
