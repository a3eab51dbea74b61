"""Closing: the end of day over every book - a business date is a pure function of the one before.

Purpose: step every live loan by columns (accrue, fall due, age on two clocks, charge, class,
provide), take what something happened to from its own book, write a partition a date in chunks
that a restart finds again, post one sum per product, currency and part to the general ledger, tie
sub-ledger and ledger, tell what changed, and export the day for a supervisor.
Tables: credit.day_position, closing_run, closing_chunk, closing_day, closing_reopening,
closing_loan, closing_party, closing_product, closing_retired, closing_posting.
Facts told: credit.loan_delinquent.v1, credit.loan_cured.v1, credit.loan_classified.v1 - on change
only. Facts heard: none.
"""
