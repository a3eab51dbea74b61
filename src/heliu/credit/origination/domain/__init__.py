"""Pure parts of origination: the application's life, what is asked of it, law, contract."""
