"""Orders, their state machine, the cases they end in, and the law of entrusted payment."""
