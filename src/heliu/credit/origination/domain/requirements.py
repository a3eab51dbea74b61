"""What a product asks of an application: papers, checks, outside answers, law, capacity."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from heliu.credit.origination.domain.filing import BorrowerKind
from heliu.ground.money import Money


class RegistryKind(StrEnum):
    """What is registered at the movable-asset registry."""

    NONE = "none"
    ASSIGNMENT = "assignment"  # of a receivable (应收账款转让)
    PLEDGE = "pledge"  # of movables or a receivable (质押)


class Law(StrEnum):
    """Which dated rules of law an application is held against."""

    WORKING_CAPITAL = "working_capital"
    CONSUMER = "consumer"
    PERSONAL_BUSINESS = "personal_business"
    VOUCHER = "voucher"


class CapacityBasis(StrEnum):
    """What the largest loan is measured by."""

    TURNOVER = "turnover"  # a share of twelve months' turnover, less what others lent
    PROPERTY = "property"  # a share of what the property's papers support


@dataclass(frozen=True, slots=True)
class Requirements:
    """One named list of requirements; its name stands for one text for ever (`sha256`).

    `capacity_ratio` is a fraction of the basis. Amounts and tenors are bounds, both included.
    """

    name: str
    sha256: str
    borrower: BorrowerKind
    documents: tuple[str, ...]
    kyb: tuple[str, ...]
    credit_report: bool
    registry: RegistryKind
    laws: tuple[Law, ...]
    capacity_basis: CapacityBasis
    capacity_ratio: Decimal
    least: Money
    most: Money
    least_days: int
    most_days: int
    decision_release: str
    contract_template: str
    description_template: str | None

    @property
    def searches(self) -> bool:
        """Whether the registry is searched before a decision, and written to after signing."""
        return self.registry is not RegistryKind.NONE
