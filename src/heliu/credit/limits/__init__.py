"""Limits: reserve, utilise, release - on every axis at once, never exceeded by any interleaving.

Tables: credit.limit_line, credit.limit_move. Tells and hears nothing.
"""
