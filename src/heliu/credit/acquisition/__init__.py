"""Acquisition (批量获客): a core enterprise's whole supplier list pre-approved at once.

Tables: credit.acquisition_run (what was asked, on which terms), credit.acquisition_input (the
columns it was judged by), credit.acquisition_complaint (lines that say nothing usable),
credit.acquisition_result (the sealed answer and its hash), credit.pre_approval (one row a supplier,
by expected draw). Tells credit.suppliers_preapproved.v1. Hears nothing. A limit is an offer: every
draw is verified and decided again. Lists hold personal data and accounts: they stay in the tables.
"""
