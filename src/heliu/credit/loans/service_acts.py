"""Use cases of servicing: extend, buy back, write off, recover, reverse, in batches.

One transaction of the caller's: event, journal, limits, fact and proof become true together.
Limits are freed by money alone: what is written off goes on using them until it is recovered, so a
debtor who cost the bank a loss is not lent more for it, and a reversal has nothing to take back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Final
from uuid import UUID

import msgspec

from heliu.books.evidence.api import record
from heliu.books.ledger.api import Ledger, Transfer
from heliu.credit.limits.api import Move, release
from heliu.credit.loans import errors, facts, postings, store, store_acts
from heliu.credit.loans.domain.loan import EventKind, Loan, LoanEvent
from heliu.credit.loans.domain.servicing import (
    Decided,
    ExtensionTerms,
    Life,
    LoanAct,
    decide,
)
from heliu.credit.regulation.api import Rules
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.rounds import rounds

_PAID: Final = frozenset({EventKind.BOUGHT_BACK, EventKind.RECOVERED})


@dataclass(frozen=True, slots=True)
class Serviced:
    """An act as it was booked: the event it became, and its transfers. `again`: it was before."""

    loan_id: UUID
    event: LoanEvent
    transfers: tuple[UUID, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class LoanFile:
    """A loan as it stands: with everything that happened to it, and by whom."""

    life: Life
    booked: tuple[store.Booked, ...]
    acts: Mapping[int, store_acts.ActRow]


@dataclass(slots=True)
class _Batch:
    """The batch as far as it has come: lives by loan, what receipts hold, outcomes by act key."""

    lives: dict[UUID, Life]
    receipts: dict[UUID, Money]
    outcomes: dict[UUID, Serviced | Refusal] = field(default_factory=dict)
    booked: list[tuple[Decided, list[Transfer]]] = field(default_factory=list)


def service(
    tx: Tx, ledger: Ledger, actor: Actor, acts: Sequence[LoanAct], at: tuple[Rules, datetime]
) -> list[Serviced | Refusal]:
    """Do each act on the rules' business date, in order; one outcome per act.

    A refusal refuses only its own act. A key that is known answers as before if the act says the
    same, else `loans.key_reused`. Takes the ledger first: nobody else moves a loan meanwhile.
    """
    if not acts:
        return []
    ledger.hold(tx)
    rules, now = at
    marks = [_digest(act) for act in acts]
    known = store_acts.known(tx, [act.key for act in acts])
    said = {key: seen for key, (seen, _, _) in known.items()}
    fresh: list[LoanAct] = []
    for act, mark in zip(acts, marks, strict=True):
        if act.key not in said:
            said[act.key] = mark
            fresh.append(act)
    batch = _load(tx, fresh)
    terms = _extension_terms(rules)
    for places in rounds([act.loan_id for act in fresh]):
        decided = _decide(batch, [fresh[place] for place in places], rules.on, actor, terms)
        _post(tx, ledger, batch, decided)
    _save(tx, actor, batch, now)
    _recall(tx, batch, known)
    return [
        batch.outcomes[act.key] if said[act.key] == mark else errors.key_reused()
        for act, mark in zip(acts, marks, strict=True)
    ]


def loan_file(tx: Tx, loan: UUID) -> LoanFile:
    """A loan with its events and acts. Raises Refusal `loans.loan_unknown`."""
    found = store.loans_by_id(tx, [loan]).get(loan)
    if found is None:
        raise errors.loan_unknown()
    booked = tuple(store.events_of(tx, [loan])[loan])
    acts = {act.event_no: act for act in store_acts.acts_of(tx, loan)}
    return LoanFile(Life(found, [one.event for one in booked]), booked, acts)


def _digest(act: LoanAct) -> bytes:
    return hashlib.sha256(msgspec.json.encode(act, order="sorted")).digest()


def _extension_terms(rules: Rules) -> ExtensionTerms | Refusal:
    """The dated rules on extensions; why they may not be rested on, which refuses extensions."""
    try:
        return ExtensionTerms(
            rules.whole("extension.max_times"),
            rules.ratio("extension.tenor_ratio_max"),
            rules.whole("restructured.observation_days"),
        )
    except Refusal as refusal:
        return refusal


def _load(tx: Tx, acts: Sequence[LoanAct]) -> _Batch:
    ids = list(dict.fromkeys(act.loan_id for act in acts))
    loans = store.loans_by_id(tx, ids)
    booked = store.events_of(tx, list(loans))
    lives = {i: Life(loan, [one.event for one in booked[i]]) for i, loan in loans.items()}
    named = [act.receipt for act in acts if act.receipt is not None]
    return _Batch(lives, store_acts.waiting_by_id(tx, named))


def _decide(
    batch: _Batch,
    acts: Sequence[LoanAct],
    on: date,
    actor: Actor,
    terms: ExtensionTerms | Refusal,
) -> list[Decided]:
    """What may be done of a round, which names no loan twice; why the rest may not is noted."""
    decided: list[Decided] = []
    for act in acts:
        life = batch.lives.get(act.loan_id)
        made = errors.loan_unknown() if life is None else decide(life, act, on, actor.id, terms)
        if isinstance(made, Decided) and act.receipt is not None:
            made = _covered(batch, act.receipt, made)
        if isinstance(made, Refusal):
            batch.outcomes[act.key] = made
        else:
            decided.append(made)
    return decided


def _covered(batch: _Batch, receipt: UUID, made: Decided) -> Decided | Refusal:
    """Whether the receipt still holds what the act takes; what it takes is taken."""
    left = batch.receipts.get(receipt)
    if left is None or left.currency != made.moved.currency or left < made.moved:
        return errors.receipt_short(left)
    batch.receipts[receipt] = left - made.moved
    return made


def _post(tx: Tx, ledger: Ledger, batch: _Batch, decided: Sequence[Decided]) -> None:
    """Post what each act moves; whom the ledger refuses (no money on the account) is left out."""
    loans = [batch.lives[one.act.loan_id].loan for one in decided]
    ids = postings.accounts(tx, ledger, loans, losses=True)
    chains = [
        postings.serviced(loan, one.event, one.act.key, one.act.source, ids)
        for loan, one in zip(loans, decided, strict=True)
    ]
    answers = iter(ledger.post(tx, [transfer for chain in chains for transfer in chain]))
    for loan, one, chain in zip(loans, decided, chains, strict=True):
        refusals = [answer.refusal for answer in islice(answers, len(chain))]
        refused = next((refusal for refusal in refusals if refusal is not None), None)
        if refused is not None:
            batch.outcomes[one.act.key] = errors.ledger_refused(refused)
            continue
        batch.lives[loan.id] = Life(loan, [*batch.lives[loan.id].events, one.event])
        keys = tuple(transfer.key for transfer in chain)
        batch.outcomes[one.act.key] = Serviced(loan.id, one.event, keys)
        batch.booked.append((one, chain))


def _save(tx: Tx, actor: Actor, batch: _Batch, now: datetime) -> None:
    if not batch.booked:
        return
    rows = [
        store_acts.NewAct(
            one.act, one.event, one.moved, tuple(t.key for t in chain), _digest(one.act)
        )
        for one, chain in batch.booked
    ]
    store_acts.add(tx, rows, actor.id, now)
    told = [(batch.lives[one.act.loan_id].loan, one.event) for one, _ in batch.booked]
    release(tx, [_freed(loan, event) for loan, event in told if _frees(event)], now)
    facts.tell_serviced(tx, told, now)
    leaves = [
        facts.proof_of_event(row.act.key, loan, row.event)
        for row, (loan, _) in zip(rows, told, strict=True)
    ]
    record(tx, leaves)


def _frees(event: LoanEvent) -> bool:
    return event.kind in _PAID and event.principal > 0


def _freed(loan: Loan, event: LoanEvent) -> Move:
    key = derived_id("release", str(loan.id), str(event.no))
    return Move(key, loan.reservation_id, Money(event.principal, loan.principal.currency))


def _recall(tx: Tx, batch: _Batch, known: Mapping[UUID, tuple[bytes, UUID, int]]) -> None:
    """The answers of acts that were booked by an earlier batch."""
    events = store.events_of(tx, list({loan for _, loan, _ in known.values()}))
    for key, (_, loan, no) in known.items():
        booked = events[loan][no - 1]
        batch.outcomes[key] = Serviced(loan, booked.event, booked.transfers, again=True)
