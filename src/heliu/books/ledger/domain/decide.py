"""Deciding a batch: which transfers are booked, which are known, which are refused and why.

Vectorised where nothing depends on order; transfers whose answer may depend on earlier ones (an
account that might run dry, linked chains, resolved pending transfers, repeated keys) are decided
one by one, in order, by `sequence`. The answers are those of deciding every transfer in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from heliu.books.ledger.domain.account import SERIALS
from heliu.books.ledger.domain.balances import Balances
from heliu.books.ledger.domain.batch import (
    NEVER,
    Bytes1,
    Flags,
    Ints,
    Keys,
    Pending,
    Rows,
    TransferBatch,
)
from heliu.books.ledger.domain.sequence import (
    Accepted,
    Known,
    Repeat,
    Verdict,
    decide_in_order,
    turns_of,
)
from heliu.books.ledger.domain.transfer import MAX_AMOUNT, Outcome, Phase, Status, Transfer
from heliu.books.ledger.errors import Why

POSTED: Final = 0
DUPLICATE: Final = 1
REFUSED: Final = 2
_STATUS: Final = (Status.POSTED, Status.DUPLICATE, Status.REFUSED)


@dataclass(frozen=True, slots=True)
class Answers:
    """One answer per transfer, as arrays: status, seq (0: none) and reason (`Why`)."""

    status: Bytes1
    seq: Ints
    why: Bytes1

    def __len__(self) -> int:
        return len(self.status)


@dataclass(slots=True)
class Case:
    """A batch in front of the balances, and what is known of it so far."""

    batch: TransferBatch
    balances: Balances
    known: Mapping[bytes, Known]
    now_us: int
    debit_slot: Ints
    credit_slot: Ints
    why: Bytes1
    watched: set[int] = field(default_factory=set)


def decide(
    batch: TransferBatch,
    balances: Balances,
    known: Mapping[bytes, Known],
    *,
    now_us: int,
    first_seq: int,
) -> tuple[Answers, Rows | None]:
    """Answer `batch` and give the rows to book from `first_seq`; changes nothing.

    `known` has every transfer in the journal whose key the batch repeats.
    """
    debit_slot, credit_slot = balances.slots(batch.debit), balances.slots(batch.credit)
    why = _refused_at_sight(batch, debit_slot, credit_slot, now_us)
    case = Case(batch, balances, known, now_us, debit_slot, credit_slot, why)
    in_order = _depends_on_order(case)
    if in_order is None:
        n = len(batch)
        answers = Answers(np.zeros(n, np.uint8), np.arange(first_seq, first_seq + n), why)
        return answers, _all_rows(case, first_seq) if n else None
    return _mixed(case, in_order, first_seq)


def _refused_at_sight(
    batch: TransferBatch, debit_slot: Ints, credit_slot: Ints, now_us: int
) -> Bytes1:
    """What is wrong with a transfer whatever came before it; the first reason counts."""
    amount, currency = batch.amount, batch.currency
    faults = [
        ((amount <= 0) | (amount > MAX_AMOUNT), Why.AMOUNT),
        (batch.debit == batch.credit, Why.SAME_ACCOUNT),
        (debit_slot == 0, Why.DEBIT_UNKNOWN),
        (credit_slot == 0, Why.CREDIT_UNKNOWN),
        (
            (batch.debit // SERIALS != currency) | (batch.credit // SERIALS != currency),
            Why.CURRENCY,
        ),
    ]
    if batch.expires_us is not None and batch.phase is not None:
        faults.append((batch.expires_us <= now_us, Why.EXPIRED))
    why = np.zeros(len(batch), np.uint8)
    for wrong, reason in reversed(faults):
        if wrong.any():
            why[wrong] = reason
    return why


def _depends_on_order(case: Case) -> Ints | None:
    """Indices that must be decided in order; None if none and nothing is refused."""
    batch, n = case.batch, len(case.batch)
    mask = np.zeros(n, np.bool_)
    if batch.phase is not None and (resolves := batch.phase > Phase.PENDING).any():
        mask |= resolves | (batch.phase == Phase.PENDING)
    repeated = _repeated(batch.key, case.known)
    if repeated is not None:
        mask |= repeated
    asked = np.where(case.why == 0, batch.amount, 0)
    if batch.phase is not None:
        asked[batch.phase > Phase.PENDING] = 0
    over = case.balances.overdrawn(case.debit_slot, case.credit_slot, asked)
    case.watched = set(over.tolist())
    if over.size:
        mask |= np.isin(case.debit_slot, over) | np.isin(case.credit_slot, over)
    linked = batch.linked
    # A chain falls with one of its transfers: where none can be refused, links change nothing.
    if not mask.any() and not case.why.any() and (linked is None or not n or not linked[-1]):
        return None
    if linked is not None:
        mask |= linked
        mask[1:] |= linked[:-1]
    return np.flatnonzero(mask)


def _repeated(key: Keys, known: Mapping[bytes, Known]) -> Flags | None:
    """Which transfers share their key with the journal or with another one of the batch."""
    low = np.ascontiguousarray(key).view(np.uint64)[1::2]
    order = np.argsort(low)
    twins = low[order[1:]] == low[order[:-1]]
    if not known and not twins.any():
        return None
    mask = np.zeros(len(key), np.bool_)
    mask[order[1:][twins]] = True
    mask[order[:-1][twins]] = True
    if known:
        mask |= np.fromiter((k in known for k in key.tolist()), np.bool_, len(key))
    return mask


def _all_rows(case: Case, first_seq: int) -> Rows:
    batch, n = case.batch, len(case.batch)
    plain = batch.phase is None
    phase = np.zeros(n, np.uint8) if batch.phase is None else batch.phase
    pending = phase == Phase.PENDING
    return Rows(
        first_seq,
        *(batch.key, batch.debit, batch.credit, batch.amount, batch.code, phase, batch.day),
        batch.amount if plain else np.where(pending, 0, batch.amount),
        np.zeros(n, np.int64) if plain else np.where(pending, batch.amount, 0),
        *(case.debit_slot, case.credit_slot),
        () if plain else _pendings(batch, np.flatnonzero(pending), np.arange(n) + first_seq),
    )


def _pendings(batch: TransferBatch, indices: Ints, seq: Ints) -> list[Pending]:
    expiries = np.full(len(batch), NEVER) if batch.expires_us is None else batch.expires_us
    columns = (seq, batch.key, batch.debit, batch.credit, batch.amount, batch.code, expiries)
    rows = zip(*(column[indices].tolist() for column in columns), strict=True)
    return [Pending(*row) for row in rows]


def _mixed(case: Case, in_order: Ints, first_seq: int) -> tuple[Answers, Rows | None]:
    """Answers and rows of a batch of which `in_order` is decided one by one."""
    batch, n = case.batch, len(case.batch)
    open_chain = bool(batch.linked is not None and n and batch.linked[-1])
    chains = turns_of(batch, (case.debit_slot, case.credit_slot), case.why, in_order)
    verdicts = decide_in_order(
        chains, case.balances, case.known, case.watched, open_chain=open_chain
    )
    status = np.where(case.why > 0, REFUSED, POSTED).astype(np.uint8)
    why = case.why.copy()
    for index, verdict in verdicts.items():
        status[index], why[index] = _code(verdict)
    booked = np.flatnonzero(status == POSTED)
    seq = np.zeros(n, np.int64)
    seq[booked] = np.arange(first_seq, first_seq + len(booked))
    for index, verdict in verdicts.items():
        if isinstance(verdict, Repeat):
            seq[index] = verdict.seq or seq[verdict.index]
    answers = Answers(status, seq, why)
    return answers, _some_rows(case, verdicts, booked, seq) if booked.size else None


def _code(verdict: Verdict) -> tuple[int, int]:
    match verdict:
        case Accepted():
            return POSTED, 0
        case Repeat():
            return DUPLICATE, 0
        case _:
            return REFUSED, verdict


def _some_rows(case: Case, verdicts: Mapping[int, Verdict], booked: Ints, seq: Ints) -> Rows:
    batch = case.batch
    phase = np.zeros(len(batch), np.uint8) if batch.phase is None else batch.phase
    moved = np.where(phase == Phase.PENDING, 0, batch.amount)
    held = np.where(phase == Phase.PENDING, batch.amount, 0)
    opened = _pendings(batch, booked[phase[booked] == Phase.PENDING], seq)
    own = {pending.key: pending for pending in opened}
    closed = []
    for index, verdict in sorted(verdicts.items()):
        if isinstance(verdict, Accepted) and verdict.closes is not None:
            moved[index], held[index] = verdict.moved, verdict.held
            closed.append((own.get(verdict.closes.key, verdict.closes), int(seq[index])))
    return Rows(
        int(seq[booked[0]]),
        *(batch.key[booked], batch.debit[booked], batch.credit[booked], batch.amount[booked]),
        *(batch.code[booked], phase[booked], batch.day[booked]),
        *(moved[booked], held[booked]),
        *(case.debit_slot[booked], case.credit_slot[booked]),
        opened,
        closed,
    )


def outcomes_of(transfers: Sequence[Transfer], answers: Answers) -> list[Outcome]:
    """The answers as one outcome per transfer, in order."""
    columns = (answers.status.tolist(), answers.seq.tolist(), answers.why.tolist())
    return [
        Outcome(transfer.key, _STATUS[status], seq or None, Why(why))
        for transfer, status, seq, why in zip(transfers, *columns, strict=True)
    ]
