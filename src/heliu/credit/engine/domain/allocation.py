"""Allocation: which dues a payment settles, in the order the contract ranks them.

Horizontal: past due, due, in advance; inside each, instalment by instalment and component by
component. Vertical: bucket by bucket over all instalments. What is left over is the surplus.
The pay function is given: the plain one fills a row, the recalculating one moves the model too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from functools import cache
from typing import Final

from heliu.credit.engine.domain.rows import Component, Fields, Row, fields_of
from heliu.credit.engine.domain.terms import AllocationRule, Bucket, FutureRule, Processing


class Age(StrEnum):
    """How a row lies to the day of payment."""

    PAST_DUE = "past_due"
    DUE = "due"
    IN_ADVANCE = "in_advance"


_OF_BUCKET: Final = {
    Bucket(f"{age.value}_{component.value}"): (age, component)
    for age in Age
    for component in Component
}


@dataclass(slots=True)
class Portions:
    """What a payment went to, by component (minor units)."""

    principal: int = 0
    interest: int = 0
    fees: int = 0
    penalties: int = 0

    def add(self, component: Component, amount: int) -> None:
        """Count a part that was served."""
        match component:
            case Component.PRINCIPAL:
                self.principal += amount
            case Component.INTEREST:
                self.interest += amount
            case Component.FEE:
                self.fees += amount
            case Component.PENALTY:
                self.penalties += amount


Pay = Callable[[Row, Age, Component, int], int]


@dataclass(slots=True)
class Spreading:
    """One payment being spread over the rows of a loan."""

    on: date
    rows: Sequence[Row]
    rule: AllocationRule
    pay: Pay
    skipped: set[int] = field(default_factory=set)  # rows that ask for nothing (by identity)
    revisit_empty: bool = False  # rows without a due may get one when interest is recalculated
    portions: Portions = field(default_factory=Portions)

    def spread(self, amount: int, processing: Processing) -> int:
        """Spread `amount` (> 0); what is left when nothing more is open."""
        if not self.revisit_empty and walks(self.rule, processing):
            return self._walk(amount)
        if processing is Processing.VERTICAL:
            for bucket in self.rule.order:
                amount = self._vertically(*_OF_BUCKET[bucket], amount)
            return amount
        for age, components in ranked(self.rule.order):
            amount = self._horizontally(age, components, amount)
        return amount

    def _walk(self, left: int) -> int:
        """Row by row, the oldest first: what the rules come down to if nothing moves on the way."""
        (_, past), (_, today), (_, ahead) = ranked(self.rule.order)
        on = self.on
        for row in self.rows:
            if not row.open:
                continue
            due = row.due
            for component in past if due < on else today if due == on else ahead:
                if row.open_part(component) > 0:
                    paid = self.pay(row, _age(due, on), component, left)
                    self.portions.add(component, paid)
                    left -= paid
                    if left <= 0:
                        return 0
        return left

    def _horizontally(self, age: Age, components: Sequence[Component], left: int) -> int:
        self.skipped.clear()
        while left > 0:
            targets = self._targets(age, None)
            if not targets:
                return left
            before = (left, len(self.skipped))
            for component in components:
                left -= self._serve(targets, age, component, left)
            if before == (left, len(self.skipped)):
                return left
            if not any(row.open for row in self.rows):
                return left
        return left

    def _vertically(self, age: Age, component: Component, left: int) -> int:
        while left > 0:
            targets = self._targets(age, component)
            paid = self._serve(targets, age, component, left) if targets else 0
            if not paid:
                return left
            left -= paid
        return left

    def _serve(self, targets: Sequence[Row], age: Age, component: Component, left: int) -> int:
        """Pay `left` in equal parts (the last part takes the rest) to `targets`."""
        served = 0
        share, rest = _even(left, len(targets))
        for row in targets:
            part = share + rest if row is targets[-1] else share
            paid = self.pay(row, age, component, part)
            self.portions.add(component, paid)
            served += paid
        return served

    def _targets(self, age: Age, component: Component | None) -> list[Row]:
        """The rows that are served next."""
        match age:
            case Age.PAST_DUE:
                rows = [row for row in self.rows if row.due < self.on and _is_open(row, component)]
                return rows[:1]
            case Age.DUE:
                rows = [row for row in self.rows if row.due == self.on and _is_open(row, component)]
                return rows[:1]
            case Age.IN_ADVANCE:
                return self._in_advance(component)

    def _in_advance(self, component: Component | None) -> list[Row]:
        later = [row for row in self.rows if row.due > self.on]
        owing = [row for row in later if _is_open(row, component)]
        match self.rule.future:
            case FutureRule.REAMORTIZATION:
                return owing
            case FutureRule.NEXT:
                return owing[:1]
            case FutureRule.NEXT_LAST:
                current = [row for row in owing if row.start <= self.on]
                return current or self._last(later, component)
            case FutureRule.LAST:
                return self._last(later, component)

    def _last(self, later: Sequence[Row], component: Component | None) -> list[Row]:
        chosen = [
            row
            for row in later
            if _is_open(row, component)
            or (self.revisit_empty and not row.total and id(row) not in self.skipped)
        ]
        return chosen[-1:]


def _age(due: date, on: date) -> Age:
    return Age.PAST_DUE if due < on else Age.DUE if due == on else Age.IN_ADVANCE


def _is_open(row: Row, component: Component | None) -> bool:
    return row.open != 0 if component is None else row.open_part(component) > 0


def _even(amount: int, parts: int) -> tuple[int, int]:
    """An equal share and what the last one gets on top; neither lets the last go below zero."""
    if parts == 1:
        return amount, 0
    share = int((Decimal(amount) / parts).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    if share + amount - share * parts < 0:
        share = amount // parts
    return share, amount - share * parts


Ranks = tuple[tuple[Age, tuple[Component, ...]], ...]


@cache
def ranked(order: tuple[Bucket, ...]) -> Ranks:
    """The ages in the order they first appear, each with its components in order."""
    pairs = [_OF_BUCKET[bucket] for bucket in order]
    ages = dict.fromkeys(age for age, _ in pairs)
    return tuple((age, tuple(c for mine, c in pairs if mine is age)) for age in ages)


@cache
def walks(rule: AllocationRule, processing: Processing) -> bool:
    """Do the rules come down to walking the rows in order, the oldest first."""
    in_order = [age for age, _ in ranked(rule.order)] == list(Age)
    return in_order and rule.future is FutureRule.NEXT and processing is Processing.HORIZONTAL


Filling = tuple[Fields, Fields, Fields]  # the order inside a row: past due, due, in advance


@cache
def filling(rule: AllocationRule, processing: Processing) -> Filling | None:
    """How rows are filled where the rules come down to walking them; else None."""
    if not walks(rule, processing):
        return None
    past, today, ahead = (fields_of(components) for _, components in ranked(rule.order))
    return past, today, ahead


def fill(rows: Sequence[Row], on: date, left: int, orders: Filling, to: Portions) -> int:
    """Fill `rows`, the oldest first, with `left` (> 0) paid `on` a day; what no row takes."""
    for row in rows:
        open_ = row.open
        if not open_:
            continue
        if left < open_:
            past, today, ahead = orders
            order = past if row.due < on else today if row.due == on else ahead
            row.take(left, on, order, to)
            return 0
        principal, interest, fees, penalties = row.settle(on)
        to.principal += principal
        to.interest += interest
        to.fees += fees
        to.penalties += penalties
        left -= open_
        if not left:
            return 0
    return left
