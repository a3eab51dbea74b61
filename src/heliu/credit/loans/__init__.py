"""Loans: claim, reserve, open, post and pay in one transaction; the buyer's cash settles.

Tables: credit.loan, credit.refused_draw, credit.loan_event, credit.payment, credit.cash,
credit.servicing_case.
Tells credit.loan_disbursed.v1, credit.loan_repaid.v1, credit.payment_made.v1,
credit.case_opened.v1. Hears nothing.
"""
