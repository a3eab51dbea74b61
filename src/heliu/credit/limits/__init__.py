"""Limits: reserve, utilise, release - on every axis at once, never exceeded by any interleaving.

Tables: credit.limit_line, credit.limit_reservation, credit.limit_event. Tells and hears nothing.
"""
