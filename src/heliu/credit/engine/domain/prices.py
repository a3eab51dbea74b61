"""Prices: the annual effective rate of a loan's flows, the nominal rate behind it, discounting.

The effective rate is the one at which all flows are worth nothing on the first day: sum of
flow / (1 + i) ^ (days / 365) = 0 (PBoC announcement 2021 no. 3 asks lenders to show the yearly
rate; the equation is that of Directive 2008/48/EC, annex I). Found by bisection in a bracket, in
decimals: the answer does not depend on a starting guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import pairwise
from typing import Final

from heliu.credit.engine.domain.daycount import year_fraction
from heliu.credit.engine.domain.terms import DayCount, RoundingMode
from heliu.ground.money import EXACT

_WORK: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_ONE: Final = Decimal(1)
# Rates a year from losing all but a thousandth to a thousandfold: beyond lies no loan.
LOWEST_RATE: Final = Decimal("-0.999")
HIGHEST_RATE: Final = Decimal(1000)
_PLACES: Final = Decimal("1E-12")


@dataclass(frozen=True, slots=True)
class Flow:
    """Money on a day, minor units: paid out below zero, received above (or the other way)."""

    on: date
    amount: int


def annual_effective_rate(flows: Sequence[Flow]) -> Decimal | None:
    """The yearly rate to 12 places; None where the flows have no rate or no single one.

    Time is counted in days over 365. A rate is told only for flows that change their sign once in
    the order of their days (Descartes: then there is exactly one above -100 %).
    """
    ordered = sorted(flows, key=lambda flow: flow.on)
    if _sign_changes([flow.amount for flow in ordered]) != 1:
        return None
    first = ordered[0].on
    points = [
        (Decimal(flow.amount), year_fraction(DayCount.ACT_365F, first, flow.on))
        for flow in ordered
        if flow.amount
    ]
    return _root(points)


def periodic_rate(amounts: Sequence[int]) -> Decimal | None:
    """The rate per period of equally spaced flows, 12 places (a yearly APR: times the periods)."""
    if _sign_changes(amounts) != 1:
        return None
    return _root([(Decimal(amount), Decimal(k)) for k, amount in enumerate(amounts) if amount])


def present_value(flows: Sequence[Flow], rate: Decimal, on: date) -> Decimal:
    """What `flows` (none before `on`) are worth on `on` at `rate` a year; minor units, exact."""
    points = [
        (Decimal(flow.amount), year_fraction(DayCount.ACT_365F, on, flow.on)) for flow in flows
    ]
    return _value(points, rate)


@dataclass(frozen=True, slots=True)
class Discounting:
    """A face value (minor units) due on `due_on`, bought on `on` at a simple `rate` a year."""

    face: int
    rate: Decimal
    on: date
    due_on: date
    day_count: DayCount
    rounding: RoundingMode


def discount(paper: Discounting) -> int:
    """贴现息, what is kept back of the face: face x rate x time, rounded as agreed, minor units."""
    time = year_fraction(paper.day_count, paper.on, paper.due_on)
    kept = EXACT.multiply(EXACT.multiply(Decimal(paper.face), paper.rate), time)
    return int(kept.to_integral_value(rounding=paper.rounding.value))


def _root(points: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The rate at which the points are worth nothing, by bisection."""
    low, high = LOWEST_RATE, HIGHEST_RATE
    at_low = _value(points, low)
    if (at_low > 0) == (_value(points, high) > 0):
        return None
    while high - low > _PLACES / 10:
        middle = (low + high) / 2
        if (_value(points, middle) > 0) == (at_low > 0):
            low = middle
        else:
            high = middle
    return high.quantize(_PLACES, rounding=ROUND_HALF_EVEN)


def _value(points: Sequence[tuple[Decimal, Decimal]], rate: Decimal) -> Decimal:
    """Sum of amount x (1 + rate) ^ -time."""
    log = _WORK.ln(_WORK.add(_ONE, rate))
    total = Decimal(0)
    for amount, time in points:
        factor = _WORK.exp(_WORK.multiply(log, -time))
        total = _WORK.add(total, _WORK.multiply(amount, factor))
    return total


def _sign_changes(amounts: Sequence[int]) -> int:
    signs = [amount > 0 for amount in amounts if amount]
    return sum(one is not other for one, other in pairwise(signs))
