"""What a core enterprise owes, how each payable stands, and which of them a page shows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import quote
from uuid import UUID

from heliu.credit.applications.api import Receivable
from heliu.ground.money import Money
from heliu.ground.text import Text

WEEK: Final = timedelta(days=7)


class State(StrEnum):
    """How far the buyer's own word on a payable is."""

    WAITING = "waiting"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    PAID = "paid"


class Match(StrEnum):
    """What the papers say of it, the buyer's word aside."""

    MATCHED = "matched"
    PARTLY = "partly"
    OPEN = "open"


STATE_TEXT: Final[Mapping[State, tuple[Text, str]]] = {
    State.WAITING: (Text("待确认", "to confirm"), "warn"),
    State.PROPOSED: (Text("待复核", "to check"), "info"),
    State.CONFIRMED: (Text("已确认", "confirmed"), "ok"),
    State.DISPUTED: (Text("有争议", "disputed"), "bad"),
    State.PAID: (Text("已付", "paid"), "idle"),
}
MATCH_TEXT: Final[Mapping[Match, tuple[Text, str]]] = {
    Match.MATCHED: (Text("三单相符", "matched"), "ok"),
    Match.PARTLY: (Text("部分相符", "partly matched"), "warn"),
    Match.OPEN: (Text("有差异", "differs"), "bad"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What people of the enterprise said here of a payable: proposed, or ruled on."""

    proposal: UUID
    act: str
    ruled: bool


class Lent(StrEnum):
    """Whether a bank's loan stands on a payable."""

    NOT = "not"
    OPEN = "open"
    REPAID = "repaid"


@dataclass(frozen=True, slots=True)
class Known:
    """What stands beside a receivable: who is owed, what is lent on it, what was said of it here.

    `required` is whether its programme asks for the buyer's word.
    """

    supplier: Text
    lent: Lent = Lent.NOT
    said: Said | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class Payable:
    """One payable as its buyer sees it; `financed` is whether a bank's loan on it is open."""

    receivable: Receivable
    supplier: Text
    state: State
    match: Match
    invoiced: Money
    financed: bool
    said: Said | None

    @property
    def id(self) -> UUID:
        """Named by its invoice."""
        return self.receivable.id

    @property
    def due_on(self) -> date | None:
        """When it is to be paid."""
        return self.receivable.due_on

    @property
    def open(self) -> bool:
        """Whether it may still be confirmed or disputed."""
        return self.state in {State.WAITING, State.DISPUTED}

    def late(self, on: date) -> bool:
        """Whether its day has passed and nothing tells that it was paid."""
        return self.state is not State.PAID and self.due_on is not None and self.due_on < on


@dataclass(frozen=True, slots=True)
class Filter:
    """Which payables a page shows; empty says all. `due` is `week`, `month` or `late`."""

    state: str = ""
    match: str = ""
    supplier: str = ""
    due: str = ""
    words: str = ""

    def query(self, **changed: str | int) -> str:
        """The filter as the query of an address, with some of it changed."""
        said = {
            "state": self.state,
            "match": self.match,
            "supplier": self.supplier,
            "due": self.due,
            "q": self.words,
        }
        pairs = {name: str(value) for name, value in (said | changed).items() if value}
        return "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs.items())


def payable_of(receivable: Receivable, known: Known) -> Payable:
    """A receivable seen from the other side."""
    return Payable(
        receivable=receivable,
        supplier=known.supplier,
        state=_state(receivable, known),
        match=_match(receivable, required=known.required),
        invoiced=Money(_number(receivable, "invoiced_minor"), receivable.eligible.currency),
        financed=known.lent is Lent.OPEN,
        said=known.said,
    )


def chosen(payables: Sequence[Payable], wanted: Filter, on: date) -> list[Payable]:
    """Those the filter keeps, what is due first first."""
    until = {"week": on + WEEK, "month": on + 30 * timedelta(days=1)}
    found = []
    for one in payables:
        if wanted.state and one.state != wanted.state:
            continue
        if wanted.match and one.match != wanted.match:
            continue
        if wanted.supplier and one.receivable.supplier != wanted.supplier:
            continue
        if wanted.due == "late" and not one.late(on):
            continue
        if wanted.due in until and not (one.due_on and on <= one.due_on < until[wanted.due]):
            continue
        if wanted.words and not _names(one, wanted.words):
            continue
        found.append(one)
    return sorted(found, key=lambda one: (one.due_on or date.max, one.receivable.invoice_no))


def sum_of(payables: Sequence[Payable]) -> Money:
    """What they come to (of one currency; nothing is no yuan)."""
    currency = payables[0].invoiced.currency if payables else "CNY"
    amounts = [one.invoiced for one in payables if one.invoiced.currency == currency]
    return Money(sum(amount.minor for amount in amounts), currency)


def _state(receivable: Receivable, known: Known) -> State:
    if known.lent is Lent.REPAID:
        return State.PAID
    said, word = known.said, receivable.features.get("buyer_approved")
    if said is not None and not said.ruled:
        return State.PROPOSED
    # What is lent on is not verified again: there what was ruled here is the last word.
    if word is None and said is not None and known.lent is Lent.OPEN:
        return State.CONFIRMED if said.act == "confirm" else State.DISPUTED
    if word is None:
        return State.WAITING if said is None else State.PROPOSED
    return State.CONFIRMED if word else State.DISPUTED


def _match(receivable: Receivable, *, required: bool) -> Match:
    blocking, word = _number(receivable, "blocking_findings"), receivable.features["buyer_approved"]
    # That the buyer has said nothing yet, or no, is no difference between the papers.
    if (word is None and required) or word is False:
        blocking -= 1
    if blocking > 0:
        return Match.OPEN
    eligible = receivable.eligible.minor
    full = not eligible or eligible >= _number(receivable, "invoiced_minor")
    return Match.MATCHED if full else Match.PARTLY


def _number(receivable: Receivable, feature: str) -> int:
    value = receivable.features.get(feature)
    return int(value) if isinstance(value, int | str) else 0


def _names(one: Payable, words: str) -> bool:
    wanted = words.casefold()
    told = (one.receivable.invoice_no, one.supplier.zh, one.supplier.en, one.receivable.supplier)
    return any(wanted in text.casefold() for text in told)
