"""The end of pending transfers whose time is over, written by the ledger itself."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from heliu.books.ledger.domain.balances import Balances
from heliu.books.ledger.domain.batch import Pending, Rows, key_array
from heliu.books.ledger.domain.transfer import Phase
from heliu.ground.ids import derived_id


def expiry_rows(balances: Balances, due: Sequence[Pending], first_seq: int, day: int) -> Rows:
    """Rows that release the holds of `due` (not empty), booked on business day `day`."""
    n = len(due)
    names = [derived_id("ledger.expiry", UUID(bytes=pending.key).hex) for pending in due]
    debit = np.array([pending.debit for pending in due], np.int64)
    credit = np.array([pending.credit for pending in due], np.int64)
    amount = np.array([pending.amount for pending in due], np.int64)
    return Rows(
        first_seq,
        *(key_array([name.bytes for name in names]), debit, credit, amount),
        np.array([pending.code for pending in due], np.int16),
        np.full(n, Phase.EXPIRE, np.uint8),
        np.full(n, day, np.int32),
        np.zeros(n, np.int64),
        -amount,
        *(balances.slots(debit), balances.slots(credit)),
        closed=[(pending, first_seq + place) for place, pending in enumerate(due)],
    )
