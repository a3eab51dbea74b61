"""Payment orders: inside the ledger at once, outside by a rail, and never paid twice.

Tables: payments.payment_order, order_event, order_state (the fold), message, received, answer,
payment_case, ruling, ruling_release, case_closed.
Tells payments.payment_instructed.v1, payment_settled.v1, payment_rejected.v1,
payment_returned.v1, case_opened.v1. Hears nothing (the rail's answers come by its messages).
"""
