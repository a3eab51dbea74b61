"""Products: programmes of core enterprises, and loan products as data; immutable versions.

Tables: credit.programme (versions as proposed), credit.programme_release (who let one count, never
its proposer), credit.loan_product, credit.loan_product_release (the same of loan products).
Tells credit.programme_released.v1, credit.loan_product_released.v1; hears nothing: loans snapshot
their terms.
"""
