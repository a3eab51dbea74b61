"""Loans of the catalogue for the tests of the end of day: made without a database."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import numpy as np

from heliu.credit.closing.domain.columns import NAMES, Position, Trait, in_columns, number_of, row
from heliu.credit.closing.domain.step import Rolls, step
from heliu.credit.closing.found import Asked, NextPeriod
from heliu.credit.closing.from_lending import _next_of, position_of
from heliu.credit.engine.api import Detail, EventKind, LoanEvent, balances, check, fold
from heliu.credit.lending.domain.agreed import Asked as Wanted
from heliu.credit.lending.domain.agreed import agreed_terms
from heliu.credit.lending.domain.contract import Contract, Papers, Standing
from heliu.credit.lending.domain.parts import parts_of
from heliu.credit.products.api import CATALOGUE, LoanProduct, read_loan_product
from heliu.credit.provisioning.api import packaged
from heliu.ground.money import Money

START = date(2026, 1, 5)
QUOTED = Decimal("0.03")  # the benchmark's, where a product prices from one
_NOW = datetime(2026, 1, 5, tzinfo=timezone(timedelta(hours=8)))


class Life:
    """One contract of a catalogue product, drawn whole on START, and what happens to it."""

    def __init__(self, stem: str, yuan: int, rate: str, periods: int) -> None:
        self.product: LoanProduct = read_loan_product(CATALOGUE / f"{stem}.yaml")[0]
        principal = Money.of(str(yuan))
        assert self.product.terms is not None
        wanted = Wanted(principal, Decimal(rate), START, periods, QUOTED)
        self.terms = agreed_terms(self.product.terms, wanted)
        self.contract = Contract(
            no=1,
            id=UUID(int=1),
            product_no=1,
            borrower_uscc="B",
            obligor_uscc=None,
            programme=None,
            limit_lines=(),
            currency="CNY",
            principal=principal.minor,
            annual_rate=Decimal(rate),
            opened_on=START,
            matures_on=START + timedelta(days=3650),
            terms=self.terms,
        )
        self.events: list[LoanEvent] = []
        self.happens(EventKind.DISBURSE, START, principal.minor)

    def happens(
        self, kind: EventKind, on: date, amount: int | None = None, detail: Detail | None = None
    ) -> bool:
        """Record an event on its day; an impossible one is left out and answers False."""
        no = len(self.events) + 1
        event = LoanEvent(no, kind, on, on, UUID(int=no), amount, detail)
        if check(self.terms, self.events, event) is not None:
            return False
        self.events.append(event)
        return True

    def standing(self, on: date) -> Standing:
        """Where it stands at the end of a day."""
        known = tuple(event for event in self.events if event.recorded_on <= on)
        state = fold(self.terms, known, on)
        parts = parts_of(state, balances(state, on))
        return Standing(self.contract, Papers(1, "agreed", None), known, state, parts, {})

    def position(self, on: date) -> Position:
        """As the engine has it."""
        asked = Asked(on, None, _NOW, packaged()[0], 2)
        return position_of(self.standing(on), self.product, asked)

    def rolls(self, on: date) -> Rolls:
        """The period that begins on a day."""
        return as_rolls(list(_next_of(self.standing(on), on)))

    def stepped(self, before: Position, on: date) -> Position:
        """As the columns have it, from the day before."""
        return row(step(in_columns([before]), number_of(on), self.rolls(on)), 0)

    def next_day(self, before: Position, on: date, last: Standing) -> Position:
        """The day after, as the run makes it: folded on eventful days, else stepped.

        `last` is the standing after the last event, whose plan says which period comes next.
        """
        if last.state.as_of == on or before.traits & (Trait.BY_ENGINE | Trait.SETTLED):
            return self.position(on)
        return row(step(in_columns([before]), number_of(on), as_rolls(list(_next_of(last, on)))), 0)


def as_rolls(periods: Sequence[NextPeriod]) -> Rolls:
    table = [(0, number_of(p.end), p.interest, p.paid, p.principal) for p in periods]
    columns = np.array(table, np.int64).reshape(-1, 5)
    return Rolls(*(columns[:, n] for n in range(5)))


def differing(one: Position, other: Position) -> dict[str, tuple[int, int]]:
    """The columns in which two positions differ."""
    pairs = zip(NAMES, astuple(one), astuple(other), strict=True)
    return {name: (a, b) for name, a, b in pairs if a != b}
