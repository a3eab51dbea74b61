"""Applications: a verified receivable asks for money; a verdict answers.

Tables: credit.application. Tells credit.receivable_refused.v1. Hears nothing.
"""
