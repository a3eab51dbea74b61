"""Party: enterprises by unified social credit code, their accounts, roles and relations.

Tables: parties.party (the identity and the lock), parties.party_version, parties.party_account,
parties.party_relation (append-only, bitemporal). Tells nothing yet. Hears nothing: whoever reads
the information flow calls `record_parties`. Phone, address, legal representative and shareholders
are personal data: they stay in the tables and in `repr`-silent fields, never in a text or a log.
"""
