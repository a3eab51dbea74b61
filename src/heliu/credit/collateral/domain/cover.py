"""Value and coverage: what pledged goods are worth to the bank against a debt, in whole fen.

Value is floored, haircuts are rounded up: every rounding is on the careful side. Coverage is
lendable value over debt in basis points, floored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR
from uuid import UUID

from heliu.credit.collateral.domain.goods import WHOLE_BP, GoodsPolicy
from heliu.credit.collateral.domain.lot import Lot
from heliu.credit.collateral.domain.price import Doubt, Quote
from heliu.ground.money import EXACT, Money, exponent


@dataclass(frozen=True, slots=True)
class CoverTerms:
    """Coverage lines of a contract in basis points, and the days a borrower has to cure.

    Nothing is drawn or released below `required_bp`; below `trigger_bp` more is called for; below
    `stop_bp` nothing leaves the warehouse.
    """

    required_bp: int
    trigger_bp: int
    stop_bp: int
    cure_days: int

    def __post_init__(self) -> None:
        assert self.required_bp >= WHOLE_BP, "the bank lends no more than the lendable value"
        assert 0 < self.stop_bp <= self.trigger_bp <= self.required_bp, "the lines fall in order"
        assert self.cure_days > 0, "a call leaves time to answer"


@dataclass(frozen=True, slots=True)
class Standing:
    """One lot that covers: how much of it, how old it is, and at which quote it is valued."""

    lot_id: UUID
    quantity_milli: int
    stored_on: date
    policy: GoodsPolicy
    quote: Quote


@dataclass(frozen=True, slots=True)
class LotValue:
    """Minor units: market value, and what of it may be lent on."""

    lot_id: UUID
    market: int
    lendable: int
    doubt: Doubt | None
    too_old: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What stands against a debt. `ratio_bp` is None where nothing is owed."""

    debt: Money
    lots: tuple[LotValue, ...]
    prices: tuple[UUID, ...]

    @property
    def market(self) -> Money:
        """The goods at their price."""
        return Money(sum(lot.market for lot in self.lots), self.debt.currency)

    @property
    def lendable(self) -> Money:
        """The goods at their price less all haircuts."""
        return Money(sum(lot.lendable for lot in self.lots), self.debt.currency)

    @property
    def ratio_bp(self) -> int | None:
        """Lendable value over debt in basis points, rounded down."""
        if self.debt.minor == 0:
            return None
        return self.lendable.minor * WHOLE_BP // self.debt.minor

    def meets(self, line_bp: int) -> bool:
        """Whether coverage reaches a line; no debt is always covered."""
        return self.lendable.minor * WHOLE_BP >= self.debt.minor * line_bp

    def shortfall(self, line_bp: int) -> Money:
        """What lendable value lacks to reach a line (>= 0)."""
        return Money(
            max(0, needed(self.debt, line_bp).minor - self.lendable.minor), self.debt.currency
        )


def needed(debt: Money, line_bp: int) -> Money:
    """The least lendable value that covers `debt` at a line, rounded up."""
    return Money(-(-debt.minor * line_bp // WHOLE_BP), debt.currency)


def value_of(standing: Standing, on: date, currency: str) -> LotValue:
    """What a lot is worth on `on`: market value floored, less its haircut and any doubt's."""
    policy, quote = standing.policy, standing.quote
    cut_bp = policy.haircut_bp(standing.stored_on, on)
    too_old = cut_bp >= WHOLE_BP
    market = 0 if quote.price is None else market_value(standing, currency)
    if quote.doubt:
        cut_bp = min(WHOLE_BP, cut_bp + policy.doubt_bp)
    lendable = market * (WHOLE_BP - cut_bp) // WHOLE_BP
    return LotValue(standing.lot_id, market, lendable, quote.doubt, too_old)


def market_value(standing: Standing, currency: str) -> int:
    """Quantity times price in minor units, rounded down."""
    price = standing.quote.price
    assert price is not None, "only what has a price has a value"
    assert price.currency == currency, "goods are priced in the currency of the debt"
    minor = EXACT.multiply(price.price.scaleb(exponent(currency) - 3), standing.quantity_milli)
    return int(minor.to_integral_value(rounding=ROUND_FLOOR))


def cover(debt: Money, standings: Sequence[Standing], on: date) -> Coverage:
    """The coverage of `debt` (>= 0) by these lots on `on`."""
    assert debt.minor >= 0, "a debt is not negative"
    values = tuple(value_of(standing, on, debt.currency) for standing in standings)
    prices = {s.quote.price.id for s in standings if s.quote.price is not None}
    return Coverage(debt, values, tuple(sorted(prices)))


def lot_cost(lot: Lot, quantity_milli: int) -> Money:
    """What part of a lot cost its owner, rounded down. The lot must say what it cost."""
    assert lot.cost is not None, "goods paid for in advance say what they cost"
    return Money(lot.cost.minor * quantity_milli // lot.quantity_milli, lot.cost.currency)
