"""Linking documents into trade cases, and the trade facts that decisions rest on."""
