"""Intake: what every connector shares - bytes with provenance, readings, trade documents.

Tables: flows.blob, flows.outcome, flows.delivery, flows.document.
Tells: flows.documents_accepted.v1. Hears nothing.
"""
