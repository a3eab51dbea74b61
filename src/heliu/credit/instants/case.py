"""One ask on its way through a batch, and what every batch works with."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.credit.applications.api import Answer as Decided
from heliu.credit.applications.api import Application, Policy, Receivable
from heliu.credit.instants.domain import ActKind, Ask
from heliu.credit.instants.shelf import Shelf
from heliu.credit.limits.api import Holding
from heliu.credit.loans.api import Disbursed, Loan
from heliu.credit.products.api import Programme
from heliu.ground.actor import Actor
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Inexact, Money
from heliu.payments.orders.api import Entrusted

_PLAIN: Final = re.compile(r"[0-9]{1,16}(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Till:
    """What every batch works with: the books, the policy, in whose name, and what is at hand."""

    ledger: Ledger
    policy: Policy
    actor: Actor
    shelf: Shelf = field(default_factory=Shelf)


@dataclass(slots=True)
class Case:
    """One ask: what it is about, what was decided and done, or why not.

    `amount` is what is asked for, then what was decided; `result` names what was made.
    """

    ask: Ask
    programme: Programme | None = None
    receivable: Receivable | None = None
    application: Application | None = None
    decided: Decided | None = None
    held: Holding | None = None
    amount: Money | None = None
    expires_at: datetime | None = None
    entrusted: Entrusted | None = None
    disbursed: Disbursed | None = None
    loan: Loan | None = None
    paid: Money | None = None
    payment: UUID | None = None
    status: str = "settled"
    refusal: Refusal | None = None
    result: UUID | None = None

    @property
    def terms(self) -> Programme:
        """The programme of a case that was loaded."""
        assert self.programme is not None, "a live case has its programme"
        return self.programme

    @property
    def owed(self) -> Receivable:
        """The receivable of a case that was loaded."""
        assert self.receivable is not None, "a live case has its receivable"
        return self.receivable

    @property
    def drawing(self) -> Application:
        """The application of a case that was decided."""
        assert self.application is not None, "a decided case has its application"
        return self.application

    @property
    def wanted(self) -> Money:
        """The amount of a case that was decided."""
        assert self.amount is not None, "a decided case has its amount"
        return self.amount


def live(cases: list[Case], *kinds: ActKind) -> list[Case]:
    """Cases of these kinds that nothing stands against yet."""
    return [case for case in cases if case.refusal is None and case.ask.kind in kinds]


def part_of(text: str | None, most: Money) -> Money | None:
    """The amount asked for (None: all there is) in the currency of `most`; None if it is unsound.

    Sound is a plain decimal above zero, at most `most`, no finer than the minor unit.
    """
    if text is None:
        return most
    if not _PLAIN.fullmatch(text):
        return None
    try:
        amount = Money.of(text, most.currency)
    except Inexact:
        return None
    return amount if 0 < amount.minor <= most.minor else None


def key_of(act: UUID, what: str) -> UUID:
    """The key of something an act does."""
    return derived_id("act", str(act), what)
