"""Rules of the loan book: pure."""
