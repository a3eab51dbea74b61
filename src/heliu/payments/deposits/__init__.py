"""Demand deposits of people and firms: accounts, recallable transfers, bills, locks, answers.

Tables: payments.deposit_holder, deposit_account, payee, payee_removed, biller, bill, transfer,
transfer_hold (a fold), transfer_approval, transfer_end, bill_claim (a fold), posting_note,
lock_change.
Tells payments.transfer_held.v1 and transfer_ended.v1; risks it tells to the guardians of whom they
concern. Hears nothing: a loop pays what is due (`pay_due`).
"""
