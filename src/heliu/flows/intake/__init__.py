"""Intake: what every connector shares - bytes with provenance, readings, trade documents.

Tables: flows.document, flows.document_outcome. Tells: flows.document_accepted.v1. Hears nothing.
"""
