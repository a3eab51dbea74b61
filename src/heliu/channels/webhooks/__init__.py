"""Webhooks: facts of the bank sent on to the partners who may know them (Standard Webhooks 1.0).

Tables: channels.webhook_endpoint, channels.webhook_removal, channels.webhook_attempt (append-only),
channels.webhook_delivery (the fold of its attempts), channels.webhook_cursor. Tells nothing. Hears
every fact: one whose body names its `parties` goes to the connections of those parties, and every
fact goes to the bank's own. At least once, in no promised order, under an id that stays the same.
"""
