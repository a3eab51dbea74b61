"""The log's entries: one thing that happened between a supplier and a buyer, and when it was known.

Days are proleptic ordinals (`date.toordinal`), money is in minor units, quantities are in
millionths of their unit. An event never changes: a correction is another event of the same group.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from heliu.decisions.features.domain.pair import Pair
from heliu.ground.clock import BANK_ZONE
from heliu.ground.ids import derived_id


class EventKind(StrEnum):
    """What the events of a pair are; in the notation of the feature table O, R, I, I, P, -."""

    ORDER = "order"
    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT = "credit"
    PAYMENT = "payment"
    FOLLOWED = "followed"  # from here on the bank sees what is paid on this invoice


class Subject(StrEnum):
    """What a group of events is about; the events of one group are counted together."""

    ORDER = "O"
    RECEIPT = "R"
    INVOICE = "I"
    CREDIT = "C"
    LINES = "L"  # of one order: what was ordered, received and invoiced


class Group(NamedTuple):
    """One order, receipt, invoice or credit note of a pair, by its issuer's number."""

    subject: Subject
    number: str


class LineQuantity(NamedTuple):
    """A line that belongs to a line of an order."""

    order: str
    line: str
    quantity: int  # millionths of the unit, > 0
    net: int  # minor units without tax; 0 where the document does not say


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the log; `day` is business time, `known_at` when the bank learned of it.

    `number` is the document's own, of a payment or a follow-up the invoice's. `refs` are the
    invoices a credit note names. `amount` >= 0 is a face, a red amount or cash. `repeats`: when
    it came, the bank knew the same invoice or the same delivered goods from elsewhere.
    """

    id: UUID
    document_id: UUID
    kind: EventKind
    supplier: str
    buyer: str
    number: str
    day: int
    known_at: datetime
    currency: str | None = None
    amount: int = 0
    due: int | None = None
    void: bool = False
    repeats: bool = False
    refs: tuple[str, ...] = ()
    lines: tuple[LineQuantity, ...] = ()
    buyer_name: str = ""
    print: int | None = None  # of number, code, amount and date
    goods: int | None = None  # of the delivered lines
    cash_id: UUID | None = None  # of a payment: the money it is part of

    @property
    def pair(self) -> Pair:
        """Whose event it is."""
        return Pair(self.supplier, self.buyer)

    @property
    def known_day(self) -> int:
        """The bank's business day on which it became known."""
        return day_of(self.known_at)

    @property
    def reached(self) -> int:
        """The day both dated and known: what is dated ahead moves no window."""
        return min(self.day, self.known_day)


def day_of(at: datetime) -> int:
    """The bank's business day of an aware instant, as an ordinal."""
    return at.astimezone(BANK_ZONE).toordinal()


def on_day(day: int) -> date:
    """The date of an ordinal."""
    return date.fromordinal(day)


def groups_of(event: Event) -> list[Group]:
    """Every group the event says something about, its own first."""
    match event.kind:
        case EventKind.ORDER:
            return [Group(Subject.ORDER, event.number), Group(Subject.LINES, event.number)]
        case EventKind.RECEIPT:
            return [Group(Subject.RECEIPT, event.number), *_orders(event)]
        case EventKind.INVOICE:
            return [Group(Subject.INVOICE, event.number), *_orders(event)]
        case EventKind.CREDIT:
            named = [Group(Subject.INVOICE, number) for number in dict.fromkeys(event.refs)]
            return [Group(Subject.CREDIT, event.number), *named]
        case EventKind.PAYMENT | EventKind.FOLLOWED:
            return [Group(Subject.INVOICE, event.number)]


def group_id(pair: Pair, group: Group) -> UUID:
    """The name under which the events of a group are found again."""
    return derived_id("feature-group", pair.supplier, pair.buyer, *group)


def _orders(event: Event) -> list[Group]:
    return [Group(Subject.LINES, order) for order in dict.fromkeys(x.order for x in event.lines)]
