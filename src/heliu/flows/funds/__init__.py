"""Funds desk (资金流): bank messages are read (ISO 20022 statements, payments, statuses).

Tables: none; what is read is filed by intake. Facts told: none. Facts heard: none.
"""
