"""Pure screening: what an invoice table or a document betrays; no I/O, no clock."""
