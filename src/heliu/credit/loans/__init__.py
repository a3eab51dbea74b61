"""Loans: claim, reserve, open, post and pay in one transaction; the buyer's cash settles.

Where it does not: extension, buy-back by the supplier under recourse, write-off, recovery, and
the reversal of a wrong write-off.
Tables: credit.loan, credit.refused_draw, credit.loan_event, credit.loan_act, credit.payment,
credit.cash, credit.servicing_case.
Tells credit.loan_disbursed.v1, credit.loan_repaid.v1, credit.loan_serviced.v1,
credit.payment_made.v1, credit.case_opened.v1. Hears nothing.
"""
