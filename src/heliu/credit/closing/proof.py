"""What proves a closed day: sub-ledger = ledger, positions = postings, rows = digests."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from heliu.books.ledger.api import trial_balance
from heliu.credit.closing import errors, store, store_proof
from heliu.credit.closing.encoding import chained, decoded, digest, encoded
from heliu.credit.provisioning.api import Cause, Stage
from heliu.ground.db import Tx
from heliu.ground.money import Money

# The account types of each line, and +1 where what the customer owes is a debit.
_TYPES: Final = {
    "loans": (("loan", "factored_receivable"), 1),
    "interest_receivable": (("interest_receivable",), 1),
    "penalty_receivable": (("penalty_receivable",), 1),
    "compound_receivable": (("compound_receivable",), 1),
    "fee_receivable": (("fee_receivable",), 1),
    "deferred_interest": (("deferred_interest",), -1),
    "provision": (("provision",), -1),
    "memorandum_interest": (("memorandum_interest",), 1),
}
_ONE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TieLine:
    """One kind of account of the general ledger beside what the loans' positions sum to."""

    account: str
    ledger: Money
    positions: Money

    @property
    def ties(self) -> bool:
        """Whether they are the same."""
        return self.ledger == self.positions


@dataclass(frozen=True, slots=True)
class MovementTable:
    """The allowance of one currency and stage over a period: opening + movements = closing."""

    currency: str
    stage: Stage
    opening: int
    moved: dict[Cause, int]
    closing: int


def tie_out(tx: Tx, day: date) -> list[TieLine]:
    """The general ledger of business date `day` beside the closed day's positions.

    Raises Refusal if the day is not closed or was put aside. A line differs while acts dated on
    the day and recorded after its closing wait for the next one.
    """
    shown(tx, day)
    balances: dict[tuple[str, str], int] = defaultdict(int)
    for line in trial_balance(tx, on=day):
        balances[line.debits.currency, line.type] += line.debits.minor - line.credits.minor
    lines = []
    for currency, account, amount in store_proof.subledger(tx, day):
        types, sign = _TYPES[account]
        ledger = sign * sum(balances[currency, kind] for kind in types)
        lines.append(TieLine(account, Money(ledger, currency), Money(amount, currency)))
    return lines


def shown(tx: Tx, day: date) -> store.Sealed:
    """The closed day whose positions are read. Raises Refusal if it is none or was put aside."""
    sealed = store.sealed(tx, day)
    if sealed is None:
        raise errors.not_closed(day)
    if not store.attached(tx, [sealed]):
        raise errors.put_aside(day)
    return sealed


def movement_table(tx: Tx, start: date, until: date) -> list[MovementTable]:
    """The allowance by stage over business dates [start, until], both included (IFRS 7.35H)."""
    opening = {(r.currency, r.stage): r.amount for r in store_proof.allowance(tx, start - _ONE)}
    closing = {(r.currency, r.stage): r.amount for r in store_proof.allowance(tx, until)}
    moved: dict[tuple[str, int], dict[Cause, int]] = defaultdict(dict)
    for row in store_proof.movements(tx, start, until):
        moved[row.currency, row.stage][Cause(row.cause)] = row.amount
    return [
        MovementTable(
            *(key[0], Stage(key[1]), opening.get(key, 0), dict(moved[key])), closing.get(key, 0)
        )
        for key in sorted({*opening, *closing, *moved})
    ]


def closing_violations(tx: Tx) -> list[str]:
    """What breaks a law of the end of day: postings, journal, movements and digests agree.

    Reads every row of the last closed day.
    """
    last = store.last_day(tx)
    if last is None:
        return []
    return [
        *store_proof.unposted(tx, last.business_date),
        *store_proof.unbooked(tx),
        *store_proof.unexplained(tx, last.business_date),
        *_changed(tx, last),
    ]


def _changed(tx: Tx, day: store.Sealed) -> list[str]:
    """Chunks whose rows are not what their digests say."""
    chunks = store.chunks(tx, day.business_date, day.revision)
    wrong = []
    for chunk in chunks:
        span = (chunk.first_loan, chunk.last_loan)
        rows = encoded(decoded(store.read_range(tx, day.business_date, day.revision, *span)))
        if digest(rows) != chunk.digest:
            wrong.append(f"{day.business_date} chunk {chunk.no}: its rows do not match its digest")
    before = store.digest_before(tx, day.business_date, day.revision)
    if chained(before, [chunk.digest for chunk in chunks]) != day.digest:
        wrong.append(f"{day.business_date}: its chunks do not match the day's digest")
    return wrong
