"""Confluence: the four flows of one trade made one trade case, verified and remembered.

Tables: flows.verification. Tells flows.receivable_verified.v1. Hears nothing.
"""
