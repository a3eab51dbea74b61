"""A receivable loan due in one sum: its terms are a snapshot, its state the fold of its events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from heliu.credit.products.api import Product, ProductKind, Recourse, interest
from heliu.ground.money import Money


class EventKind(StrEnum):
    """What can happen to a loan, in the bank's words."""

    DISBURSED = "disbursed"
    REPAID = "repaid"
    DILUTED = "diluted"  # a credit note lowered the receivable after the draw
    EXTENDED = "extended"
    BOUGHT_BACK = "bought_back"  # the supplier paid the whole debt under recourse
    WRITTEN_OFF = "written_off"
    RECOVERED = "recovered"  # money came in on what was written off
    WRITE_OFF_REVERSED = "write_off_reversed"


@dataclass(frozen=True, slots=True)
class LoanEvent:
    """One event: principal and interest it settled, lost, got back or (disbursed) created.

    Minor units. For DILUTED, `principal` is 0 and `claim_change` the (negative) change of the
    receivable. `due_on` is the new due date of EXTENDED, `observed_until` the end of observation
    where the loan was late then; `of_no` the write-off that WRITE_OFF_REVERSED undoes.
    """

    loan_id: UUID
    no: int
    kind: EventKind
    on: date
    principal: int
    interest: int
    claim_change: int = 0
    due_on: date | None = None
    observed_until: date | None = None
    of_no: int | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan on one receivable; immutable: its due date as agreed, before any extension.

    `claim` is what the buyer owed when it was opened.
    """

    id: UUID
    receivable_id: UUID
    invoice_no: str
    application_id: UUID
    reservation_id: UUID
    programme: str
    programme_version: int
    product: Product
    supplier_uscc: str
    buyer_uscc: str
    principal: Money
    discount: Money  # interest kept back at disbursement; 0 for a bullet loan
    claim: Money
    opened_on: date
    due_on: date

    @property
    def proceeds(self) -> Money:
        """What the supplier is paid at disbursement."""
        return self.principal - self.discount

    @property
    def with_recourse(self) -> bool:
        """Whether the supplier answers where the buyer does not pay."""
        return self.product.recourse is not Recourse.NONE

    def late_after(self, due_on: date) -> date:
        """The last day on which payment is not late, if it is due on `due_on`."""
        return due_on + timedelta(days=self.product.grace_days)


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed on a day, by when, and what of it was given up.

    `claim` is what the buyer still owes; `lost_*` was written off and has not been recovered.
    """

    interest: Money
    principal: Money
    claim: Money
    lost_interest: Money
    lost_principal: Money
    due_on: date
    observed_until: date | None = None

    @property
    def total(self) -> Money:
        """Interest and principal together."""
        return self.interest + self.principal

    @property
    def lost(self) -> Money:
        """Written off and not recovered."""
        return self.lost_interest + self.lost_principal


def price(product: Product, principal: Money, opened_on: date, due_on: date) -> Money:
    """The interest kept back at disbursement: a discount loan's whole interest, else nothing."""
    if product.kind is ProductKind.BULLET:
        return Money(0, principal.currency)
    return interest(principal, product.annual_rate, opened_on, due_on, product.day_count)


def debt_on(loan: Loan, events: Sequence[LoanEvent], on: date) -> Debt:
    """The debt at the end of day `on`, folded from the loan's events up to then.

    A bullet loan earns simple interest on open principal from opening to `on`; a discount loan
    has paid its interest up to the due date it was opened with and earns again only after it. A
    write-off that was reversed never happened.
    """
    currency = loan.principal.currency
    past = standing(events, on)
    principal = earned = settled = lost_interest = lost_principal = 0
    claim, due_on, observed_until = loan.claim.minor, loan.due_on, None
    since = loan.opened_on if loan.product.kind is ProductKind.BULLET else loan.due_on
    for event in past:
        earned += _earned(loan, Money(principal, currency), since, event.on)
        since = max(since, event.on)
        match event.kind:
            case EventKind.DISBURSED:
                principal += event.principal
            case EventKind.REPAID | EventKind.BOUGHT_BACK | EventKind.WRITTEN_OFF:
                principal -= event.principal
                settled += event.interest
                claim += event.claim_change
                if event.kind is EventKind.WRITTEN_OFF:
                    lost_interest += event.interest
                    lost_principal += event.principal
            case EventKind.RECOVERED:
                lost_interest -= event.interest
                lost_principal -= event.principal
                claim += event.claim_change
            case EventKind.DILUTED:
                claim += event.claim_change
            case EventKind.EXTENDED:
                assert event.due_on is not None, "an extension says until when"
                due_on = event.due_on
                observed_until = event.observed_until or observed_until
            case EventKind.WRITE_OFF_REVERSED:
                raise AssertionError("a reversal is no event of its own")
            case _:
                assert_never(event.kind)
    earned += _earned(loan, Money(principal, currency), since, on)
    assert principal >= 0, "a loan is never repaid beyond its principal"
    return Debt(
        interest=Money(earned - settled, currency),
        principal=Money(principal, currency),
        claim=Money(max(0, claim), currency),
        lost_interest=Money(lost_interest, currency),
        lost_principal=Money(lost_principal, currency),
        due_on=due_on,
        observed_until=observed_until,
    )


def standing(events: Sequence[LoanEvent], on: date) -> list[LoanEvent]:
    """The events up to day `on` that stand, in order: without reversed write-offs."""
    past = sorted((e for e in events if e.on <= on), key=lambda e: (e.on, e.no))
    undone = {e.of_no for e in past if e.of_no is not None}
    return [e for e in past if e.of_no is None and e.no not in undone]


def _earned(loan: Loan, principal: Money, since: date, until: date) -> int:
    if until <= since or principal.minor == 0:
        return 0
    product = loan.product
    return interest(principal, product.annual_rate, since, until, product.day_count).minor
