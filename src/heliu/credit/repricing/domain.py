"""Which contracts are due for a new rate, by which quote, and to what. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.credit.benchmarks.api import Quote, Wanted
from heliu.credit.engine.api import Terms, repriced, repricing_dates

_ONE: Final = timedelta(days=1)


class Why(StrEnum):
    """Why a rate was not set anew."""

    NO_QUOTE = "no_quote"
    UNVERIFIED = "unverified"  # production rests on no quote that nobody checked
    REFUSED = "refused"  # the loan does not take a change of rate


@dataclass(frozen=True, slots=True)
class Floating:
    """A contract whose rate floats: drawn first on `drawn_on`, last set anew for `set_for`.

    `ends_on` is the last due date of its plan.
    """

    no: int
    id: UUID
    parties: tuple[str, ...]
    terms: Terms
    drawn_on: date
    set_for: date | None
    ends_on: date


@dataclass(frozen=True, slots=True)
class Due:
    """A contract's rate is to be set anew for the day `on`."""

    contract: Floating
    on: date

    @property
    def wanted(self) -> Wanted:
        """The quote that says the new rate."""
        agreed = self.contract.terms.repricing
        assert agreed is not None, "only a floating rate is due"
        return Wanted(agreed.benchmark, agreed.tenor, self.on)


@dataclass(frozen=True, slots=True)
class Change:
    """The rate (a fraction a year) that `quote` sets."""

    due: Due
    quote: Quote
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Missed:
    """A day on which the old rate stays, and why."""

    due: Due
    why: Why


def due_until(contract: Floating, day: date) -> list[Due]:
    """The days up to `day`, within the plan, that its rate is to be set anew for, in order.

    Days before one it was set for already are past mending by a night.
    """
    until = min(day + _ONE, contract.ends_on)
    days = repricing_dates(contract.terms, contract.drawn_on, until)
    since = contract.set_for
    return [Due(contract, on) for on in days if since is None or on > since]


def decide(
    dues: Sequence[Due], quotes: Mapping[Wanted, Quote], *, verified_only: bool
) -> list[Change | Missed]:
    """What becomes of each due, in order."""
    return [_decided(due, quotes.get(due.wanted), verified_only=verified_only) for due in dues]


def _decided(due: Due, quote: Quote | None, *, verified_only: bool) -> Change | Missed:
    if quote is None:
        return Missed(due, Why.NO_QUOTE)
    if verified_only and not quote.verified:
        return Missed(due, Why.UNVERIFIED)
    return Change(due, quote, repriced(due.contract.terms, quote.rate))
