"""Screening: is a receivable offered twice, in parts, inflated, or run in a circle?

A detector over invoice tables, findings over documents as they arrive, and the registry in which a
receivable is claimed before it is financed. Tables: flows.uniqueness_claim. Tells: nothing. Hears:
nothing.
"""
