"""A merchant's advance, repaid by a share of settled flow: expected payments, rate, fee earned.

The merchant gets `net` now and owes `net + discount`; of every day's settled flow a fixed share
goes to the bank until that is paid. What a day is expected to bring is yearly flow x share / days
of the year. The fee is earned at the effective interest rate of the expected payments (CAS 22
art. 17, IFRS 9 B5.4.1). Income follows the flow: the deferred fee is what is still owed less its
present value at the first rate, so a merchant without sales earns the bank nothing (B5.4.6).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from heliu.ground.money import EXACT, Money

# The rate is found to within 10^-30 a day: no fen of a fee depends on more.
_BRACKET: Final = Decimal(1)
_HALVINGS: Final = 110


@dataclass(frozen=True, slots=True)
class Advance:
    """What was agreed: net paid out and fee (both > 0), and what a day is expected to bring (> 0).

    What no merchant could have agreed to is a fault: the product's bounds come first.
    """

    net: Money
    discount: Money
    payment: Money

    def __post_init__(self) -> None:
        assert self.net.minor > 0, "an advance pays something out"
        assert self.discount.minor > 0, "without a fee there is nothing to earn"
        assert self.payment.minor > 0, "a day is expected to bring something"

    @property
    def owed(self) -> Money:
        """What the merchant owes at first."""
        return self.net + self.discount

    @property
    def payments(self) -> int:
        """How many expected payments repay it; the last one may be smaller."""
        return -(-self.owed.minor // self.payment.minor)

    @property
    def last_payment(self) -> Money:
        """The last expected payment."""
        rest = self.owed.minor - (self.payments - 1) * self.payment.minor
        return Money(rest, self.net.currency)

    @property
    def daily_rate(self) -> Decimal:
        """The effective rate a day: expected payments discounted by it are worth `net`."""
        return _daily_rate(self)


@dataclass(frozen=True, slots=True)
class AdvanceDay:
    """The expected state after payment `number`: carrying amount, fee earned that day, fee left."""

    number: int
    payment: Money
    carrying: Money
    earned: Money
    deferred: Money


def expected_payment(yearly_flow: Money, share: Decimal, days_of_year: int) -> Money:
    """What one day is expected to bring: flow x share / days (360 or 365), rounded half up."""
    assert days_of_year > 0, "a year has days"
    assert share > 0, "a share is taken"
    return yearly_flow.times(EXACT.divide(share, Decimal(days_of_year)), mode=ROUND_HALF_UP)


def taken_of(settled: Money, share: Decimal, owed: Money) -> Money:
    """What the bank takes of a day's settled flow (>= 0): its share, and no more than is owed."""
    assert settled.minor >= 0, "what was settled is not negative"
    return min(owed, settled.times(share, mode=ROUND_HALF_UP))


def deferred_fee(advance: Advance, owed: Money) -> Money:
    """The part of the fee not yet earned while `owed` (<= what was owed at first) is open."""
    assert 0 <= owed.minor <= advance.owed.minor, "nobody owes more than at first"
    worth = _present_value(owed.minor, advance.payment.minor, advance.daily_rate)
    carrying = int(worth.to_integral_value(rounding=ROUND_HALF_UP))
    # At first what is owed is worth what was paid out, to the last digit of the rate.
    return Money(owed.minor - carrying, owed.currency)


def expected_days(advance: Advance) -> Iterator[AdvanceDay]:
    """The expected course, payment by payment; the fee earned sums to the discount."""
    owed, deferred = advance.owed, advance.discount
    for number in range(1, advance.payments + 1):
        payment = min(owed, advance.payment)
        owed -= payment
        left = deferred_fee(advance, owed)
        yield AdvanceDay(number, payment, owed - left, deferred - left, left)
        deferred = left


@lru_cache(maxsize=4096)
def _daily_rate(advance: Advance) -> Decimal:
    """Bisection: the present value falls as the rate rises, and is owed > net at a rate of 0."""
    low, high = Decimal(0), _BRACKET
    for _ in range(_HALVINGS):
        middle = EXACT.divide(EXACT.add(low, high), Decimal(2))
        worth = _present_value(advance.owed.minor, advance.payment.minor, middle)
        low, high = (middle, high) if worth > advance.net.minor else (low, middle)
    return high


def _present_value(owed: int, payment: int, rate: Decimal) -> Decimal:
    """Full payments from the end of the first day on, then the rest, each discounted (annuity)."""
    full, rest = divmod(owed, payment)
    factor = EXACT.power(EXACT.add(1, rate), -full)
    annuity = EXACT.divide(EXACT.subtract(1, factor), rate)
    tail = EXACT.divide(EXACT.multiply(factor, rest), EXACT.add(1, rate))
    return EXACT.add(EXACT.multiply(annuity, payment), tail)
