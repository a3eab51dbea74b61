"""Mobile bank: the supplier's money today, and the pocket bank of retail customers.

No tables. Commands go to the teller and the desks below; tells and hears nothing of its own.
"""
