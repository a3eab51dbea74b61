"""Programmes and product terms: what is lent to whom, on which evidence, at what price."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, assert_never

from heliu.credit.products.loan_product import Recourse
from heliu.flows.verification.api import Requirements, Tolerances
from heliu.ground.money import EXACT, Money
from heliu.ground.text import Text


class ProductKind(StrEnum):
    """How interest is paid on an accounts-receivable loan that is due in one sum."""

    BULLET = "bullet"  # principal and interest at maturity
    DISCOUNT = "discount"  # interest kept back at disbursement


class DayCount(StrEnum):
    """Day-count conventions by their market names (ISDA 2006 Definitions, 4.16)."""

    ACT_360 = "act/360"
    ACT_365F = "act/365f"


_YEAR_DAYS: Final = {DayCount.ACT_360: 360, DayCount.ACT_365F: 365}


@dataclass(frozen=True, slots=True)
class Product:
    """One version of product terms; snapshotted into every loan, never read live afterwards.

    `annual_rate` is a fraction (0.0485 = 4.85 %); `max_tenor_days` counts from disbursement to
    the invoice's due date; `grace_days` after the due date pass before a loan is late.
    `recourse` is FULL (the supplier answers where the buyer does not pay) or NONE (the bank bears
    that).
    """

    kind: ProductKind
    annual_rate: Decimal
    day_count: DayCount
    max_tenor_days: int
    grace_days: int
    recourse: Recourse = Recourse.FULL


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A supplier of the programme: where it is paid, and its own limit if it has one."""

    uscc: str
    name: Text
    account: str
    limit: Money | None


@dataclass(frozen=True, slots=True)
class EntrustedPayment:
    """受托支付: whether a draw is paid onward to the supplier's own supplier.

    `above` is the largest draw that is still paid to the supplier itself; None: none is.
    """

    required: bool = False
    above: Money | None = None

    def applies_to(self, draw: Money) -> bool:
        """Whether a draw of that size must go to the supplier's own supplier."""
        return self.required and (self.above is None or draw > self.above)


@dataclass(frozen=True, slots=True)
class Programme:
    """A core enterprise's programme, one immutable version, every default resolved.

    `product_code` and `group_code` name the lines of the product and group axes; programmes that
    share a code share the line.
    """

    code: str
    version: int
    effective_from: date
    name: Text
    buyer_uscc: str
    buyer_name: Text
    buyer_account: str
    currency: str
    product: Product
    advance_rate: Decimal
    requirements: Requirements
    tolerances: Tolerances
    programme_limit: Money
    obligor_limit: Money
    supplier_limit: Money
    suppliers: tuple[Enrolled, ...]
    product_code: str
    product_limit: Money
    group_code: str
    group_limit: Money
    entrusted_payment: EntrustedPayment

    def supplier(self, uscc: str | None) -> Enrolled | None:
        """The enrolled supplier of that code, if any."""
        return next((s for s in self.suppliers if s.uscc == uscc), None)


def default_product_code(kind: ProductKind) -> str:
    """The product line a programme belongs to when its file names none."""
    return f"receivable-{kind}"


def interest(
    principal: Money, annual_rate: Decimal, start: date, end: date, day_count: DayCount
) -> Money:
    """Simple interest on `principal` for [start, end), rounded half up to a minor unit."""
    assert start <= end, "a period does not run backwards"
    match day_count:
        case DayCount.ACT_360 | DayCount.ACT_365F:
            days = EXACT.multiply(annual_rate, Decimal((end - start).days))
            factor = EXACT.divide(days, Decimal(_YEAR_DAYS[day_count]))
        case _:
            assert_never(day_count)
    return principal.times(factor, mode=ROUND_HALF_UP)
