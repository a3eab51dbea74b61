"""Demand deposits of people and firms: accounts, recallable transfers, bills, locks, answers.

Tables: payments.deposit_holder, deposit_account, payee, payee_removed, biller, bill, transfer,
transfer_hold (a fold), transfer_approval, transfer_end, bill_claim (a fold), posting_note,
lock_change, risk_event.
Tells payments.transfer_held.v1, transfer_ended.v1, risk_seen.v1. Hears nothing: a loop pays what
is due (`pay_due`).
"""
