"""The ledger desk: double-entry truth of money, kept by one fenced writer.

Purpose: post transfers (plain, pending, linked) idempotently, in batches, so that debits equal
credits, floors hold and currencies never mix; answer balances, statements and trial balances.
Tables: books.currency, account_type, account, writer, batch, journal (with its leaves),
transfer_key, pending, resolution, leaf, checkpoint, checkpoint_balance. Views: books.balance_view,
journal_view, prefix_view.
Facts told: none (the journal is the fact). Facts heard: none.
"""
