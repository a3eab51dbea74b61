"""Verification: how much of an invoice the four flows really support, and why not more.

A pure desk: it owns no tables, reads no clock and tells no facts; the confluence above it gathers
the documents of one trade, asks here, and keeps the answer. Hears nothing.
"""
