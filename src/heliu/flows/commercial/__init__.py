"""Commercial desk (商流): orders, their answers, invoices, credit notes and payment advices read.

Tables: none; what is read is filed by intake. Facts told: none. Facts heard: none.
"""
