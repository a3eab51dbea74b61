"""Limits: reserve, utilise, release - on every axis at once, never exceeded by any interleaving.

A borrower's own limit is proposed by one person and released by another.
Tables: credit.limit_line, limit_move, limit_proposal, limit_release.
Facts told: credit.borrower_limit_released.v1. Facts heard: none.
"""
