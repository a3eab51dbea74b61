"""Access: who may call the bank, proven by a signature, and what that caller may do.

Tables: parties.connection, parties.connection_secret (the generations), parties.connection_end
(all append-only). No secret is kept: each is derived from the master key. Tells nothing, hears
nothing. A right that was not granted is denied.
"""
