"""Payments: money orders, the rails that carry them, and what became of each."""
