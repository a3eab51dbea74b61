"""Mobile bank of people: accounts, transfers that can be recalled, bills, locks, answers.

Tables: none. Facts told and heard: none. What it shows and does is payments/deposits' and, of the
family, parties/identity's; money moves only by an order that was signed.
"""
