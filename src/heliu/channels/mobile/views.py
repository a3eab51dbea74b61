"""What a supplier's pages show: each receivable with how it stands, and why. Pure but for reading.

Every figure is one the teller would act on now: what is available is what a decision would be asked
for, what is owed is the fold of the loan's events.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from heliu.channels.pages.api import Trade, outlines, trades, unknown
from heliu.credit.applications.api import (
    Receivable,
    find_receivables,
    receivables_of,
    requested,
)
from heliu.credit.products.api import ProductKind, Programme, in_force, interest
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text

MOST: Final = 1000
_MAX_REASONS: Final = 4
_DAYS: Final = 365


class Stand(StrEnum):
    """How a receivable stands for its supplier."""

    READY = "ready"
    LENT = "lent"
    REPAID = "repaid"
    REFUSED = "refused"
    OVER = "over"  # due already: there is nothing left to bring forward


STAND_TEXT: Final[Mapping[Stand, tuple[Text, str]]] = {
    Stand.READY: (Text("可融资", "available"), "ok"),
    Stand.LENT: (Text("已放款", "financed"), "info"),
    Stand.REPAID: (Text("已结清", "repaid"), "idle"),
    Stand.REFUSED: (Text("暂不可", "not yet"), "warn"),
    Stand.OVER: (Text("已到期", "due"), "idle"),
}


@dataclass(frozen=True, slots=True)
class Why:
    """One true reason, and what would cure it."""

    code: str
    reason: Text
    cure: Text


@dataclass(frozen=True, slots=True)
class Card:
    """One receivable as the list shows it. `available` is nothing unless it is ready."""

    trade: Trade
    programme: Programme | None
    stand: Stand
    available: Money

    @property
    def receivable(self) -> Receivable:
        """What is owed."""
        return self.trade.receivable

    @property
    def buyer(self) -> Text:
        """Who owes it, by name where the programme has it."""
        owed = self.receivable.buyer
        return self.programme.buyer_name if self.programme else Text(owed, owed)

    @property
    def badge(self) -> tuple[Text, str]:
        """How it stands, in a word and a tone."""
        return STAND_TEXT[self.stand]

    def why(self) -> list[Why]:
        """Why it is not available, or not wholly; the weightiest first, at most four."""
        return why(self.trade)


@dataclass(frozen=True, slots=True)
class Price:
    """What a loan costs: `rate` a year as a fraction, money in fen, days of its tenor.

    `net` is what arrives, `cost` all interest until due, `apr` the cost on what arrives, a year
    (simple, actual/365), so that a discount and a bullet loan can be compared.
    """

    principal: Money
    rate: Decimal
    cost: Money
    net: Money
    back: Money
    days: int

    @property
    def apr(self) -> Decimal:
        """The yearly cost of what arrives, as a fraction."""
        if not self.days or not self.net.minor:
            return self.rate
        return Decimal(self.cost.minor) / self.net.minor * _DAYS / self.days


def cards(tx: Tx, supplier: str, on: date, *, papers: bool = False) -> list[Card]:
    """The supplier's receivables: what is ready first, then lent, refused and repaid.

    Without `papers` they are outlines, as a list shows them.
    """
    owed = [r for r in receivables_of(tx, supplier, None, MOST) if r.supplier == supplier]
    return _sorted(_cards(tx, (trades if papers else outlines)(tx, owed, on), on))


def card(tx: Tx, supplier: str | None, id_: UUID, on: date) -> Card:
    """One receivable of the supplier's. Raises Refusal `page.unknown` for anybody else's."""
    found = find_receivables(tx, [id_]).get(id_)
    if found is None or found.supplier != supplier:
        raise unknown()
    return _cards(tx, trades(tx, [found], on), on)[0]


def price_of(programme: Programme, principal: Money, rate: Decimal, on: date, due: date) -> Price:
    """What `principal` drawn on `on` costs until `due`."""
    product = programme.product
    cost = interest(principal, rate, on, due, product.day_count)
    discount = product.kind is ProductKind.DISCOUNT
    net = principal - cost if discount else principal
    back = principal if discount else principal + cost
    return Price(principal, rate, cost, net, back, (due - on).days)


def why(trade: Trade) -> list[Why]:
    """What stands against a receivable: its verdict's reasons if it was refused, its findings."""
    verdict = trade.verdict
    refused = verdict is not None and not verdict.approved
    reasons = [Why(r.code, r.text, r.cure) for r in verdict.reasons] if verdict and refused else []
    found = trade.verification["findings"] if trade.verification else []
    weight = {"blocking": 0, "reducing": 1}
    told = sorted(
        (one for one in found if one["severity"] in weight), key=lambda one: weight[one["severity"]]
    )
    listed = [*reasons, *(Why(f["code"], Text(*f["message"]), Text(*f["cure"])) for f in told)]
    return list({one.code: one for one in reversed(listed)}.values())[::-1][:_MAX_REASONS]


def total(amounts: Sequence[Money]) -> Money:
    """Their sum (all of one currency; nothing is no yuan)."""
    currency = amounts[0].currency if amounts else "CNY"
    return Money(sum(a.minor for a in amounts if a.currency == currency), currency)


def reasons_of(body: Mapping[str, Any]) -> list[Why]:
    """The reasons of a credit decision as it was answered."""
    return [Why(r["code"], Text(**r["text"]), Text(**r["cure"])) for r in body["reasons"]]


def _cards(tx: Tx, found: Sequence[Trade], on: date) -> list[Card]:
    programmes = in_force(tx, sorted({trade.receivable.programme for trade in found}), on)
    return [_card(trade, programmes.get(trade.receivable.programme), on) for trade in found]


def _card(trade: Trade, programme: Programme | None, on: date) -> Card:
    receivable = trade.receivable
    nothing = Money(0, receivable.eligible.currency)
    if trade.loan is not None:
        return Card(trade, programme, Stand.LENT if trade.open else Stand.REPAID, nothing)
    if receivable.due_on is not None and receivable.due_on <= on:
        return Card(trade, programme, Stand.OVER, nothing)
    most = requested(programme, receivable) if programme else nothing
    verdict = trade.verdict
    same = trade.application is not None and (
        trade.application.verification_id == receivable.verification_id
    )
    if most.minor <= 0 or (verdict is not None and not verdict.approved and same):
        return Card(trade, programme, Stand.REFUSED, nothing)
    return Card(trade, programme, Stand.READY, most)


def _sorted(found: list[Card]) -> list[Card]:
    order = list(Stand)
    return sorted(
        found,
        key=lambda c: (order.index(c.stand), c.receivable.due_on or date.max, c.receivable.id),
    )
