"""What is seen of a day: live loans, and dated series of trade, prices, registers and covenants."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Pair(NamedTuple):
    """Who delivers to whom."""

    supplier: str
    buyer: str


class SubjectKind(StrEnum):
    """What a warning is about."""

    PAIR = "pair"
    BUYER = "buyer"
    LOAN = "loan"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a warning is about: a party; the buyer it delivers to; the loan."""

    kind: SubjectKind
    party: str
    other: str | None = None
    loan: UUID | None = None

    @property
    def key(self) -> str:
        """The same for the same subject."""
        return "|".join((self.kind, self.party, self.other or "", str(self.loan or "")))


class Happened(StrEnum):
    """What of a trade is looked at."""

    ORDER = "order"
    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT = "credit"
    PAYMENT = "payment"
    FOLLOWED = "followed"  # from here on the bank sees what is paid on the invoice


@dataclass(frozen=True, slots=True)
class Trade:
    """One thing that happened in a pair; `number` is the document's, of payments the invoice's."""

    kind: Happened
    number: str
    on: date
    document_id: UUID
    amount: int = 0
    due_on: date | None = None
    void: bool = False
    refs: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveLoan:
    """A loan with open principal, minor units."""

    id: UUID
    borrower: str
    buyer: str | None
    principal: int


@dataclass(frozen=True, slots=True)
class Mention:
    """Something dated that is said of a subject, and the document that says it."""

    on: date
    document_id: UUID


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price of goods (major units) that counts."""

    goods: str
    on: date
    price: Decimal
    price_id: UUID


@dataclass(frozen=True, slots=True)
class Call:
    """An open margin call and by when it must be cured."""

    cure_by: date
    breached: bool


@dataclass(frozen=True, slots=True)
class Undertaken:
    """A covenant in force: a feature, its bound, and its value on the day (None: not known)."""

    id: UUID
    feature: str
    at_least: Decimal | None
    at_most: Decimal | None
    value: Decimal | int | None

    @property
    def broken(self) -> bool:
        """Whether the value is known and outside the bound."""
        if self.value is None:
            return False
        low = self.at_least is not None and self.value < self.at_least
        return low or (self.at_most is not None and self.value > self.at_most)


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything a day shows of live loans. Series ascend by day."""

    on: date
    loans: tuple[LiveLoan, ...]
    trades: Mapping[str, Mapping[str, Sequence[Trade]]]  # by buyer, by supplier
    cycles: Mapping[Pair, Sequence[Mention]]
    hits: Mapping[str, Sequence[Mention]]  # registers that forbid business
    notices: Mapping[str, Sequence[Mention]]
    prices: Mapping[UUID, Sequence[PricePoint]]
    calls: Mapping[UUID, Call]
    covenants: Mapping[UUID, Sequence[Undertaken]]


def at_stake(sight: Sight) -> dict[Subject, list[UUID]]:
    """Every subject a rule may speak about, with its live loans in their order.

    Pairs and buyers are looked at by what they did, loans and parties only where something is told
    of them: a book has many loans and few that anything is told of.
    """
    told = {*sight.prices, *sight.calls, *sight.covenants}
    named = {*sight.hits, *sight.notices}
    sides: dict[tuple[str, str | None], list[UUID]] = {}
    found: dict[Subject, list[UUID]] = {}
    for loan in sight.loans:
        sides.setdefault((loan.borrower, loan.buyer), []).append(loan.id)
        if loan.id in told:
            found[Subject(SubjectKind.LOAN, loan.borrower, loan=loan.id)] = [loan.id]
    for (borrower, buyer), ids in sides.items():
        for subject in _subjects(borrower, buyer, named):
            found.setdefault(subject, []).extend(ids)
    return found


def _subjects(borrower: str, buyer: str | None, named: set[str]) -> Iterator[Subject]:
    for party in sorted({borrower, buyer or borrower} & named):
        yield Subject(SubjectKind.PARTY, party)
    if buyer:
        yield Subject(SubjectKind.PAIR, borrower, buyer)
        yield Subject(SubjectKind.BUYER, buyer)
