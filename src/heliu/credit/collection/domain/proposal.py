"""Proposals: what a collector would have done with a loan, and the act it becomes if released."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from heliu.credit.collection.domain.policy import Remedy
from heliu.credit.engine.api import Detail, EventKind, Extension, Restructure
from heliu.credit.lending.api import Act, Funds
from heliu.credit.loans.api import ActKind, LoanAct, Source
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Propose:
    """A remedy for a loan of a case, with its reason; `key` makes it count once.

    `instalments` belong to a restructuring and to the extension of a contract, `until` to that of a
    receivable loan, `annual_rate` (a fraction) to a restructuring, `amount` to a recovery: what
    came in on a written-off loan.
    """

    key: UUID
    case_id: UUID
    loan_id: UUID
    remedy: Remedy
    reason: str
    instalments: int | None = None
    annual_rate: Decimal | None = None
    amount: Money | None = None
    until: date | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it says what its remedy needs, and nothing else."""
        dated = self.remedy is Remedy.EXTEND and self.until is not None
        needs = (
            self.remedy in (Remedy.RESTRUCTURE, Remedy.EXTEND) and not dated,
            self.remedy is Remedy.RESTRUCTURE,
            self.remedy is Remedy.RECOVER,
        )
        says = (self.instalments, self.annual_rate, self.amount)
        sound = (
            (self.instalments is None or self.instalments > 0)
            and (self.annual_rate is None or self.annual_rate >= 0)
            and (self.amount is None or self.amount.minor > 0)
        )
        fits = dated or self.until is None
        return sound and fits and needs == tuple(part is not None for part in says)

    @property
    def fits_contract(self) -> bool:
        """Whether the loan book (credit/lending) knows this remedy in this form."""
        return self.remedy is not Remedy.REVERSE_WRITE_OFF and self.until is None

    @property
    def fits_receivable(self) -> bool:
        """Whether the receivable book (credit/loans) knows this remedy in this form."""
        return self.remedy is not Remedy.RESTRUCTURE and (
            self.remedy is not Remedy.EXTEND or self.until is not None
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as recorded, by whom, and whether it was ruled on."""

    said: Propose
    proposed_on: date
    proposed_by: str
    verdict: str | None
    event_no: int | None


def loan_act_of(proposed: Proposal) -> LoanAct:
    """The act of the receivable book that a released proposal is."""
    said = proposed.said
    return LoanAct(
        key=derived_id("collection act", said.key.hex),
        loan_id=said.loan_id,
        kind=ActKind(said.remedy),
        reason=said.reason,
        until=said.until,
        source=Source.NOSTRO if said.remedy is Remedy.RECOVER else None,
        amount=said.amount,
        proposed_by=proposed.proposed_by,
    )


def act_of(said: Propose, on: date, observation_days: int) -> Act:
    """The act of the loan book that a released proposal is, on the business date it is released."""
    key = derived_id("collection act", said.key.hex)
    kind, detail = EventKind(said.remedy), _detail(said, on, observation_days)
    return Act(key, said.loan_id, kind, on, said.amount, detail, Funds.NOSTRO)


def _detail(said: Propose, on: date, observation_days: int) -> Detail | None:
    match said.instalments, said.annual_rate:
        case None, _:
            return None
        case instalments, None:
            return Extension(instalments)
        case instalments, annual_rate:
            until = on + timedelta(days=observation_days)
            return Restructure(instalments, annual_rate, until)
