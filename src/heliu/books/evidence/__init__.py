"""Evidence: an append-only Merkle log (RFC 9162) that proves what the bank knew and did.

Tables: books.evidence_leaf, books.evidence_node, books.evidence_head (all append-only). Every
document, verdict, loan and payment is a leaf, written in the transaction that made it true; the
root at any size proves all of them. Tells nothing, hears nothing. `verify_proof.py` checks a
printed proof without any of this code.
"""
