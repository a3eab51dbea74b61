"""Commercial desk (商流): orders, their answers, invoices, credit notes and payment advices read.

What is read is filed by intake; whole invoice registers are kept here as rows.
Tables: flows.invoice_table, flows.invoice_row. Facts told: none. Facts heard: none.
"""
