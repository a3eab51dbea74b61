"""The discounting desk: a buyer pays a confirmed payable early, from its own cash, for a discount.

Purpose: offers on approved payables, the supplier's acceptance, the early payment on the books. No
bank money is lent; the receivable is claimed, so that nobody lends on it afterwards.
Tables: credit.discount_offer, early_payment.
Facts told: credit.discount_offered.v1, credit.paid_early.v1. Facts heard: none.
"""
