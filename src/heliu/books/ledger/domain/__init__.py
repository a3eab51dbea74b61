"""The ledger's pure part: accounts, transfers, batches, balances and how a batch is decided."""
