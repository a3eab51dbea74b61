"""A batch of transfers as arrays, and the rows that are booked of it.

Arrays are one-dimensional and of one length n; keys are 16 raw bytes (dtype V16), days count from
2000-01-01 (PostgreSQL's epoch), instants are microseconds from it, amounts are minor units.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from heliu.books.ledger.domain.transfer import Phase, Transfer

Ints = NDArray[np.int64]
Smalls = NDArray[np.int16]
Days = NDArray[np.int32]
Bytes1 = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Keys = NDArray[np.void]

KEY: Final = np.dtype("V16")
EPOCH_DAY: Final = date(2000, 1, 1)
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
NEVER: Final = 2**63 - 1  # PostgreSQL's 'infinity'
_MICRO: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TransferBatch:
    """Transfers in order. `phase`, `linked`, `pending_key` and `expires_us` may be left out."""

    key: Keys
    debit: Ints
    credit: Ints
    amount: Ints
    currency: Smalls  # ISO 4217 numbers
    code: Smalls
    day: Days
    phase: Bytes1 | None = None
    linked: Flags | None = None
    pending_key: Keys | None = None
    expires_us: Ints | None = None

    def __post_init__(self) -> None:
        n = len(self.key)
        assert self.key.dtype == KEY, "keys are 16 raw bytes"
        assert {len(self.debit), len(self.credit), len(self.amount)} == {n}, "one length"
        assert {len(self.currency), len(self.code), len(self.day)} == {n}, "one length"

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, slots=True)
class Pending:
    """An open pending transfer."""

    seq: int
    key: bytes
    debit: int
    credit: int
    amount: int
    code: int
    expires_us: int = NEVER


@dataclass(frozen=True, slots=True)
class Rows:
    """What a batch adds to the journal, in order, and what it does to the balances.

    `moved` is posted to both sides; `held` is put on hold (> 0) or released (< 0) on every side
    that gives. `debit_slot` and `credit_slot` are the accounts' places in the arrays.
    """

    first_seq: int
    key: Keys
    debit: Ints
    credit: Ints
    amount: Ints
    code: Smalls
    phase: Bytes1
    day: Days
    moved: Ints
    held: Ints
    debit_slot: Ints
    credit_slot: Ints
    opened: Sequence[Pending] = field(default=())
    closed: Sequence[tuple[Pending, int]] = field(default=())  # with the seq that resolved it

    def __len__(self) -> int:
        return len(self.key)

    @property
    def end_seq(self) -> int:
        """The first seq after them."""
        return self.first_seq + len(self.key)


def joined(parts: Sequence[Rows]) -> Rows:
    """Rows that follow each other as one; `parts` is not empty."""
    if len(parts) == 1:
        return parts[0]

    def column(name: str) -> Any:  # each field's own dtype is kept
        return np.concatenate([getattr(part, name) for part in parts])

    return Rows(
        first_seq=parts[0].first_seq,
        key=column("key"),
        debit=column("debit"),
        credit=column("credit"),
        amount=column("amount"),
        code=column("code"),
        phase=column("phase"),
        day=column("day"),
        moved=column("moved"),
        held=column("held"),
        debit_slot=column("debit_slot"),
        credit_slot=column("credit_slot"),
        opened=[pending for part in parts for pending in part.opened],
        closed=[resolved for part in parts for resolved in part.closed],
    )


def micros(at: datetime) -> int:
    """Microseconds from 2000-01-01 UTC."""
    return (at - EPOCH) // _MICRO


def instant(us: int) -> datetime:
    """The instant `us` microseconds from 2000-01-01 UTC."""
    return EPOCH + us * _MICRO


def day_number(on: date) -> int:
    """Days from 2000-01-01."""
    return (on - EPOCH_DAY).days


def key_array(keys: Sequence[bytes]) -> Keys:
    """Raw keys of 16 bytes each as an array."""
    return np.frombuffer(b"".join(keys), dtype=KEY)


def batch_of(transfers: Sequence[Transfer], currencies: dict[str, int]) -> TransferBatch:
    """The arrays of `transfers`; a currency the books do not keep becomes number 0."""
    nothing = bytes(16)
    return TransferBatch(
        key=key_array([t.key.bytes for t in transfers]),
        debit=np.array([t.debit for t in transfers], np.int64),
        credit=np.array([t.credit for t in transfers], np.int64),
        amount=np.array([t.amount.minor for t in transfers], np.int64),
        currency=np.array([currencies.get(t.amount.currency, 0) for t in transfers], np.int16),
        code=np.array([t.code for t in transfers], np.int16),
        day=np.array([day_number(t.business_date) for t in transfers], np.int32),
        phase=np.array([t.phase for t in transfers], np.uint8)
        if any(t.phase is not Phase.POSTED for t in transfers)
        else None,
        linked=np.array([t.linked for t in transfers], np.bool_)
        if any(t.linked for t in transfers)
        else None,
        pending_key=key_array(
            [t.pending_key.bytes if t.pending_key else nothing for t in transfers]
        ),
        expires_us=np.array(
            [micros(t.expires_at) if t.expires_at else NEVER for t in transfers], np.int64
        ),
    )
