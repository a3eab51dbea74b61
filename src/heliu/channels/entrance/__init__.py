"""Entrance: the front page that explains the house, the ways in, and what people change about them.

Tables: none of its own; people and sessions are parties/identity's. Tells nothing, hears nothing.
The front page of a demonstration lets a stranger in as anybody; one of a bank in production is
never built with that.
"""
