"""The ledger's laws, examined on the live database (`heliu verify`)."""

from dataclasses import dataclass
from typing import Final

from heliu.books.ledger import store
from heliu.books.ledger.recovery import Chain, journal_by_leaf
from heliu.books.ledger.store_laws import broken_laws
from heliu.ground.db import Tx

HASH_LAW: Final = "batches match their hashes"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is broken: the law, and where (seqs, batch and account numbers only)."""

    law: str
    detail: str


def verify_ledger(tx: Tx) -> list[Violation]:
    """Everything in the books that breaks a law; empty when all hold.

    Reads the whole journal. Use a REPEATABLE READ transaction while the writer is at work.
    """
    broken = [Violation(law, detail) for law, detail in broken_laws(tx)]
    chain = Chain(tx, 1, 0)
    end = store.last_batch(tx).next_seq
    for records in journal_by_leaf(tx, 1, end):
        wrong = chain.check(records)
        broken += [Violation(HASH_LAW, f"batch {no}") for no in wrong]
    if chain.rest:
        broken.append(Violation(HASH_LAW, f"batches from {chain.rest} on lack rows"))
    return broken
