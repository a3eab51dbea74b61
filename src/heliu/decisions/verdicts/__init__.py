"""Verdicts: one reasoned answer to a request for money, stored so that it replays bit for bit.

Tables: decisions.release, decisions.verdict (both append-only). Every verdict is a leaf of the
evidence log, written in the same transaction. Tells and hears nothing: credit calls `decide`.
A release (rules, scorecard, grades, texts) is one YAML text, known by its SHA-256.
"""
