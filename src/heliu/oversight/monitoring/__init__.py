"""Monitoring: early warnings on live loans, from the four flows, pledged goods and registers.

Purpose: every business date look at the pairs, buyers, parties and loans that owe the bank, by
rules that are data; raise a warning once while it stands, with its figures and documents; clear it
when it is over; let people acknowledge and close it; watch covenants. It commands nobody.
Tables: oversight.watched_day, warning, warning_event, covenant.
Facts told: oversight.warning_raised.v1, oversight.warning_cleared.v1. Facts heard: none; it reads
what the rooms below publish.
"""
