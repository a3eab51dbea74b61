"""Use case: money that came in from outside repays the contract its remittance text names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.credit.engine.api import EventKind
from heliu.credit.lending import errors_cash, store, store_read
from heliu.credit.lending.domain.contract import Act, Funds, Moment
from heliu.credit.lending.domain.references import Named, named_in
from heliu.credit.lending.service_book import Done, book
from heliu.credit.lending.store_end import Source, add_sources
from heliu.credit.loans.api import known_cash
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that arrived (> 0), by the id of the bank's entry; it counts from its value date.

    `said` is the remittance text with the payer's references, `source` the account it came from,
    where the bank named it.
    """

    id: UUID
    amount: Money
    on: date
    said: str
    source: Source | None = field(default=None, repr=False)


def settle(
    tx: Tx, ledger: Ledger, actor: Actor, receipts: Sequence[Receipt], at: Moment
) -> list[Done | Refusal]:
    """Repay by each receipt the one contract it names; one outcome each, in order.

    The same entry again answers as it did, whatever it says by then. Refused, and left for a
    person: what names no contract or several, and what the receivable book has booked already.
    """
    ledger.hold(tx)
    keys = [_key(receipt) for receipt in receipts]
    known = store.known_events(tx, keys)
    elsewhere = known_cash(tx, [receipt.id for receipt in receipts])
    named = [named_in(receipt.said) for receipt in receipts]
    by_id, by_number = store_read.existing(
        tx, [one for n in named for one in n.ids], [one for n in named for one in n.numbers]
    )
    outcomes: list[Done | Refusal | None] = []
    acts: list[Act] = []
    for receipt, key, says in zip(receipts, keys, named, strict=True):
        if key in known:
            _, contract, no = known[key]
            outcomes.append(Done(contract, no, store.transfers_of(tx, contract, no), again=True))
            continue
        found = _contract(says, by_id, by_number)
        if receipt.id in elsewhere:
            outcomes.append(errors_cash.cash_booked())
        elif isinstance(found, Refusal):
            outcomes.append(found)
        else:
            outcomes.append(None)
            acts.append(_repayment(receipt, key, found))
    answers = book(tx, ledger, actor, acts, at)
    came_from = {_key(receipt): receipt.source for receipt in receipts}
    new = {
        act.key: source
        for act, done in zip(acts, answers, strict=True)
        if isinstance(done, Done) and (source := came_from[act.key]) is not None
    }
    add_sources(tx, list(new.items()), at.now)
    booked = iter(answers)
    return [next(booked) if outcome is None else outcome for outcome in outcomes]


def _key(receipt: Receipt) -> UUID:
    return derived_id("cash on contract", receipt.id.hex)


def _contract(
    says: Named, by_id: Mapping[UUID, int], by_number: Mapping[int, UUID]
) -> UUID | Refusal:
    """The one contract that is named; ids that are nobody's are other references."""
    found = {one for one in says.ids if one in by_id}
    found |= {by_number[no] for no in says.numbers if no in by_number}
    if len(found) > 1:
        return errors_cash.cash_ambiguous(len(found))
    return next(iter(found), None) or errors_cash.cash_unmatched()


def _repayment(receipt: Receipt, key: UUID, contract: UUID) -> Act:
    kind = EventKind.REPAY
    return Act(key, contract, kind, receipt.on, receipt.amount, funds=Funds.NOSTRO)
