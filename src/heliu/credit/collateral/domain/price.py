"""Dated prices of goods, and which of them to believe.

A price is judged when it comes, against the last good one: a move beyond the goods' `wild_bp` is
wild and counts only when a person confirmed it. A quote never hides a doubt: old, wild or missing
prices say so, and the valuation cuts more and opens a case.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from heliu.credit.collateral.domain.goods import WHOLE_BP, GoodsPolicy
from heliu.ground.ids import derived_id


class Judged(StrEnum):
    """Whether a price was believed when it came."""

    GOOD = "good"
    WILD = "wild"


class Doubt(StrEnum):
    """Why the price behind a value is not the goods' price of the day."""

    MISSING = "price_missing"  # none at all: the goods are worth nothing
    STALE = "price_stale"
    WILD = "price_wild"  # a younger price is waiting to be confirmed


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit of a good costs (major units, > 0) on a day, by a source (USCC or market)."""

    goods: str
    unit: str
    currency: str
    price: Decimal
    priced_on: date
    source: str

    @property
    def id(self) -> UUID:
        """One price per good, day and source."""
        return derived_id(
            "goods-price", self.goods, self.unit, self.currency, str(self.priced_on), self.source
        )


@dataclass(frozen=True, slots=True)
class Known:
    """The youngest believed price up to a day, and whether a younger one waits for a person."""

    price: Price
    wild_since: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """The price to value goods at (None: there is none), and the doubt that stands against it."""

    price: Price | None
    doubt: Doubt | None


def judge(price: Price, last_good: Price | None, policy: GoodsPolicy) -> Judged:
    """Good, unless it moved more than the policy's `wild_bp` from the last good price."""
    if last_good is None:
        return Judged.GOOD
    move = abs(price.price - last_good.price) * WHOLE_BP
    return Judged.WILD if move > last_good.price * policy.wild_bp else Judged.GOOD


def quote(known: Known | None, policy: GoodsPolicy, on: date) -> Quote:
    """The price of a good at the end of day `on`."""
    if known is None:
        return Quote(None, Doubt.MISSING)
    if known.wild_since:
        return Quote(known.price, Doubt.WILD)
    age = (on - known.price.priced_on).days
    return Quote(known.price, Doubt.STALE if age > policy.stale_days else None)
