"""The statement of a loan: bookings as transactions, and what was paid of each charge."""

from collections.abc import Sequence
from dataclasses import dataclass

from heliu.credit.engine.domain.allocation import Portions
from heliu.credit.engine.domain.events import Charge, LoanEvent
from heliu.credit.engine.domain.rows import Row
from heliu.credit.engine.domain.state import ChargeState, Transaction, TransactionKind


class Booking(Portions):
    """A transaction of the statement while later events may still change it."""

    __slots__ = ("amount", "balance", "compound", "event", "kind", "overpaid", "penalty")

    def __init__(self, event: LoanEvent, kind: TransactionKind, amount: int) -> None:
        self.event, self.kind, self.amount = event, kind, amount
        self.principal = self.interest = self.fees = self.penalties = 0
        self.overpaid = self.balance = self.penalty = self.compound = 0


@dataclass(frozen=True, slots=True)
class Hung:
    """A charge and the row it falls due with."""

    event: LoanEvent
    charge: Charge
    row: Row


def transactions(bookings: Sequence[Booking]) -> tuple[Transaction, ...]:
    """The bookings as the world sees them."""
    make = Transaction._make  # a long history has hundreds: half the cost of the constructor
    return tuple(
        [
            make((
                b.event.no, b.kind, b.event.on, b.amount, b.principal, b.interest, b.fees,
                b.penalties, b.penalty, b.compound, b.overpaid, b.balance, False,
            ))
            for b in bookings
        ]
    )  # fmt: skip


def charge_states(charges: Sequence[Hung]) -> tuple[ChargeState, ...]:
    """Paid within a row in the order the charges fall due, told in the order they were made."""
    left: dict[tuple[int, bool], int] = {}
    paid: dict[int, int] = {}
    for hung in sorted(charges, key=lambda held: (held.charge.due_on, held.event.no)):
        row, penalty = hung.row, hung.charge.is_penalty
        key = (id(row), penalty)
        held = left.setdefault(key, row.penalties_paid if penalty else row.fees_paid)
        part = min(hung.event.money, held)
        left[key] -= part
        paid[hung.event.no] = part
    return tuple(
        ChargeState(
            no=hung.event.no,
            due_on=hung.charge.due_on,
            is_penalty=hung.charge.is_penalty,
            name=hung.charge.name,
            amount=hung.event.money,
            paid=paid[hung.event.no],
        )
        for hung in sorted(charges, key=lambda held: held.event.no)
    )
