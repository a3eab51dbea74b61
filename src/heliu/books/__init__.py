"""Books: the ledger of money and the evidence log of everything it rests on."""
