"""Collection: who is late, what is done about it within limits, and remedies two persons agree on.

Purpose: open a case the day after a debtor's allowance ends, escalate it by days late, keep it
while a restructured loan is observed, close it when nothing is late; rank the queue; give leave
for contacts within the limits; keep promises; propose remedies that command a
loan's book once released.
Tables: credit.collection_day, collection_case, collection_event, contact, contact_result, promise,
collection_proposal, collection_ruling.
Facts told: credit.collection_case_moved.v1, credit.collection_ruled.v1. Facts heard: none; it
reads the closed day's positions.
"""
