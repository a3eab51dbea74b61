"""What was lent on a firm's receivables: what each costs today, when each is due. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from heliu.channels.mobile.views import Card, Stand
from heliu.credit.loans.api import Debt, debt_on
from heliu.ground.money import Money

SOON: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Due:
    """A loan to be repaid: what is owed on the day, and how many days are left (< 0: late)."""

    card: Card
    on: date
    owed: Money
    left: int


def debt(card: Card, on: date) -> Debt:
    """What is owed on a loan at the end of day `on`."""
    loan = card.trade.loan
    assert loan is not None, "a loan is owed"
    return debt_on(loan, [booked.event for booked in card.trade.events], on)


def dues(cards: Sequence[Card], on: date) -> list[Due]:
    """Every open loan by the day it is due, with what is owed then (or today, if it is late)."""
    found = []
    for card in cards:
        if card.stand is not Stand.LENT or card.trade.loan is None:
            continue
        due_on = due_day(card)
        owed = debt(card, max(due_on, on))
        left = (due_on - on).days
        found.append(Due(card, due_on, owed.principal + owed.interest, left))
    return sorted(found, key=lambda due: (due.on, due.card.receivable.id))


def due_day(card: Card) -> date:
    """When the loan is due now: its last extension counts."""
    loan = card.trade.loan
    assert loan is not None, "a loan is owed"
    moved = [b.event.due_on for b in card.trade.events if b.event.due_on is not None]
    return moved[-1] if moved else loan.due_on


def due_soon(cards: Sequence[Card], on: date) -> list[Due]:
    """What is due in the next fourteen days, or late."""
    return [due for due in dues(cards, on) if due.on <= on + SOON]
