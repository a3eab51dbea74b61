"""Promises to pay: kept, broken or open is a fold of the repayments that stand. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Promise:
    """A debtor says he pays `amount` (> 0) by `due_on`; `key` makes it count once."""

    key: UUID
    case_id: UUID
    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise as recorded, on the loans that were late then.

    `paid_before` is what had ever been paid on these loans until then.
    """

    id: UUID
    case_id: UUID
    amount: int
    due_on: date
    promised_on: date
    loans: tuple[UUID, ...]
    paid_before: int


class PromiseState(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


def paid_until(repayments: Iterable[tuple[date, int]], day: date) -> int:
    """The sum of repayments up to and on `day`, minor units."""
    return sum(amount for on, amount in repayments if on <= day)


def state_of(
    promise: Promised, repayments: Iterable[tuple[date, int]], on: date
) -> tuple[PromiseState, int]:
    """The promise at the end of day `on`, and what was paid towards it (not more than promised).

    `repayments` are all that was ever paid on the promise's loans, by day. Money counts until the
    end of the promised day; a promise is broken from the day after.
    """
    paid = paid_until(repayments, min(on, promise.due_on)) - promise.paid_before
    paid = max(0, min(paid, promise.amount))
    if paid == promise.amount:
        return PromiseState.KEPT, paid
    return (PromiseState.BROKEN if on > promise.due_on else PromiseState.OPEN), paid
