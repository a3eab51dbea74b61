"""Unit prices of order and invoice lines, in major units per unit of the invoice line."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from heliu.flows.intake.api import Line
from heliu.flows.verification.domain.supply import Demand, Source


@dataclass(frozen=True, slots=True)
class Taken:
    """What an invoice line takes of one order line (in the invoice line's unit) and its value."""

    source: Source
    quantity: Fraction
    value: Fraction | None


def stated_price(line: Line) -> Fraction | None:
    """The price a line states per one unit; None if it states none."""
    if line.price is None or not line.price_base:
        return None
    return Fraction(line.price) / Fraction(line.price_base)


def paid_price(demand: Demand) -> Fraction:
    """What an invoice line really asks per unit: its amount by its quantity."""
    return demand.net / demand.quantity


def value_of(source: Source, demand: Demand) -> Fraction | None:
    """What an order line pays per unit of `demand`: amount by quantity, else the stated price.

    Amount and quantity come first because that is what the buyer agreed to pay; a price that
    contradicts them is told, but does not decide.
    """
    line = source.line
    if line.net is not None and line.quantity:
        return in_unit(Fraction(line.net) / Fraction(line.quantity), source, demand)
    return in_unit(stated_price(line), source, demand)


def in_unit(price: Fraction | None, source: Source, demand: Demand) -> Fraction | None:
    """A price per unit of `source` as one per unit of `demand`; None unless it is positive."""
    if price is None or price <= 0:
        return None
    return price / source.unit.factor * demand.unit.factor


def best_fit(demand: Demand, source: Source) -> tuple[bool, Fraction, str, str]:
    """Whom a line asks first: the nearest order price that bears its own, else the next lower."""
    value, paid = value_of(source, demand) or Fraction(0), paid_price(demand)
    bears = value >= paid
    return not bears, value if bears else -value, source.key.number, source.key.line


def borne(taken: Sequence[Taken], paid: Fraction, over: Fraction) -> Fraction:
    """The part (0 to 1) of the price `paid` that the order lines bear, each up to its tolerance.

    `over` is one plus the tolerance. Weighed by what is taken of each; lines without a price bear
    nothing.
    """
    asked = sum((part.quantity for part in taken), Fraction(0))
    if not asked:
        return Fraction(1)
    parts = (p.quantity * min(Fraction(1), (p.value or Fraction(0)) * over / paid) for p in taken)
    return sum(parts, Fraction(0)) / asked
