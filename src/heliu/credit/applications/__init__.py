"""Applications: a verified receivable, kept ready, asks for money; a verdict answers.

Tables: credit.receivable, credit.application. Tells credit.receivable_refused.v1. Hears nothing.
"""
