"""Repricing: the night sets floating rates anew, each on the day its contract names.

Purpose: find contracts whose day has come and whose rate was not set for it; book the change of
rate that the quote in force says, once a contract and day; say which ones no quote was there for.
Tables: credit.repricing. Facts told: credit.contract_repriced.v1 (with the next instalments),
credit.repricing_missed.v1. Facts heard: none.
"""
