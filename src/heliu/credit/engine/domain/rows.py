"""The working rows of a fold: instalments being filled with payments.

Mutable and private to one fold; `frozen` turns a row into the `Instalment` the world sees.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from heliu.credit.engine.domain.model import Period
from heliu.credit.engine.domain.state import Instalment


class Component(StrEnum):
    """What a row is made of."""

    PRINCIPAL = "principal"
    INTEREST = "interest"
    FEE = "fee"
    PENALTY = "penalty"


# The fields of a row that hold what falls due of a component, and what was paid of it.
_FIELDS: Final = {
    Component.PRINCIPAL: ("principal", "principal_paid"),
    Component.INTEREST: ("interest", "interest_paid"),
    Component.FEE: ("fees", "fees_paid"),
    Component.PENALTY: ("penalties", "penalties_paid"),
}


Fields = tuple[tuple[str, str], ...]  # in order: what falls due of a component, what was paid


def fields_of(components: Sequence[Component]) -> Fields:
    """Where a row holds these components."""
    return tuple(_FIELDS[component] for component in components)


class Row:
    """One instalment while events are played."""

    kept_back = False  # its interest was kept back when the money was paid out

    __slots__ = (
        "additional",
        "down_payment",
        "due",
        "fees",
        "fees_paid",
        "in_advance",
        "interest",
        "interest_paid",
        "late",
        "penalties",
        "penalties_paid",
        "period",
        "principal",
        "principal_paid",
        "settled_on",
        "start",
    )

    def __init__(self, start: date, due: date, period: Period | None = None) -> None:
        self.start, self.due, self.period = start, due, period
        self.principal = self.interest = self.fees = self.penalties = 0
        self.principal_paid = self.interest_paid = self.fees_paid = self.penalties_paid = 0
        self.in_advance = self.late = 0
        self.settled_on: date | None = None
        self.down_payment = self.additional = False

    @property
    def total(self) -> int:
        """All that falls due."""
        return self.principal + self.interest + self.fees + self.penalties

    @property
    def open(self) -> int:
        """What is not paid yet; negative when more was paid than now falls due."""
        due = self.principal + self.interest + self.fees + self.penalties
        paid = self.principal_paid + self.interest_paid + self.fees_paid + self.penalties_paid
        return due - paid

    def open_part(self, component: Component) -> int:
        """What is open of one component."""
        due, paid = _FIELDS[component]
        part: int = getattr(self, due) - getattr(self, paid)
        return part

    def pay(self, component: Component, amount: int, on: date) -> int:
        """Pay up to `amount` (>= 0) of one component on a day; what was taken."""
        if not amount:
            return 0
        part = min(amount, self.open_part(component))
        if part > 0:
            paid = _FIELDS[component][1]
            setattr(self, paid, getattr(self, paid) + part)
            if on < self.due:
                self.in_advance += part
            elif on > self.due:
                self.late += part
        self.settled_on = None if self.open else on
        return max(part, 0)

    def take(self, amount: int, on: date, order: Fields, to: object) -> None:
        """Pay `amount` (> 0, less than what is open) in order; its parts are added to `to`.

        `to` counts under the names of the due fields. One call a payment: kept flat for speed.
        """
        left = amount
        for due, paid in order:
            before: int = getattr(self, paid)
            part = getattr(self, due) - before
            if part <= 0:
                continue
            enough = part >= left
            if enough:
                part = left
            setattr(self, paid, before + part)
            setattr(to, due, getattr(to, due) + part)
            if enough:
                break
            left -= part
        if on < self.due:
            self.in_advance += amount
        elif on > self.due:
            self.late += amount

    def settle(self, on: date) -> tuple[int, int, int, int]:
        """Pay all that is open (> 0) on a day: of principal, interest, fees, penalties."""
        parts = (
            self.principal - self.principal_paid,
            self.interest - self.interest_paid,
            self.fees - self.fees_paid,
            self.penalties - self.penalties_paid,
        )
        self.principal_paid, self.interest_paid = self.principal, self.interest
        self.fees_paid, self.penalties_paid = self.fees, self.penalties
        self.settled_on = on
        if on < self.due:
            self.in_advance += sum(parts)
        elif on > self.due:
            self.late += sum(parts)
        return parts

    @property
    def earned_before(self) -> tuple[int, date | None]:
        """Interest earned before what it rests on changed, and the day of that; else nothing."""
        return 0, None

    def note_settled(self, on: date) -> None:
        """After its dues changed: settled from `on`, or open again; a settled date is kept."""
        due = self.principal + self.interest + self.fees + self.penalties
        if due != self.principal_paid + self.interest_paid + self.fees_paid + self.penalties_paid:
            self.settled_on = None
        elif self.settled_on is None:
            self.settled_on = on

    def sync(self) -> None:
        """Take principal and interest from the interest model."""
        if self.period is not None:
            self.principal, self.interest = self.period.due_principal, self.period.due_interest


def in_order(rows: Sequence[Row]) -> list[Row]:
    """By due date; a down payment stands after the instalment due on its day."""
    return sorted(rows, key=lambda row: (row.additional, row.due, row.down_payment))


def frozen(rows: Sequence[Row], disbursed: Sequence[tuple[date, int]]) -> tuple[Instalment, ...]:
    """The rows as instalments, numbered, with the planned balance after each."""
    done, balance, result = 0, 0, []
    for number, row in enumerate(rows, 1):
        while done < len(disbursed) and _before(disbursed[done][0], row):
            balance += disbursed[done][1]
            done += 1
        balance -= row.principal
        result.append(
            Instalment(
                number, row.start, row.due, balance,
                row.principal, row.interest, row.fees, row.penalties,
                row.principal_paid, row.interest_paid, row.fees_paid, row.penalties_paid,
                row.in_advance, row.late, row.settled_on, row.down_payment, row.additional,
                row.kept_back, *row.earned_before,
            )
        )  # fmt: skip
    return tuple(result)


def _before(day: date, row: Row) -> bool:
    """Was money of `day` paid out before this row is counted."""
    return day < row.due or (day == row.due and (row.down_payment or row.additional))
