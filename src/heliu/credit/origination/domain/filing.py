"""What an application is made of: filing, papers, outside answers, offer, contract. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.ground.money import Money
from heliu.ground.text import Text


class Stage(StrEnum):
    """Where an application stands; the last four are ends."""

    GATHERING = "gathering"  # documents, checks and outside answers come in
    REVIEW = "review"  # approved by rules; a second person decides
    OFFERED = "offered"  # waits for the borrower
    ACCEPTED = "accepted"  # the contract is made and waits for signatures
    SIGNED = "signed"  # waits for the registry
    COMPLETED = "completed"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


ENDS: Final = frozenset({Stage.COMPLETED, Stage.REFUSED, Stage.EXPIRED, Stage.WITHDRAWN})


class BorrowerKind(StrEnum):
    """Whether an enterprise (by USCC) or a person (by the bank's customer number) borrows."""

    ENTERPRISE = "enterprise"
    PERSON = "person"


class ErrandKind(StrEnum):
    """What the bank asks of outside systems."""

    REPORT = "report"  # credit report (征信)
    SEARCH = "search"  # search in the movable-asset registry (动产融资统一登记)
    SCREENING = "screening"  # sanctions and dishonest-debtor lists
    REGISTER = "register"
    EXTEND = "extend"
    CANCEL = "cancel"


class Signer(StrEnum):
    """Who signs a contract."""

    BORROWER = "borrower"
    BANK = "bank"


class Manner(StrEnum):
    """How the money is paid out."""

    SELF = "self"  # to the borrower (自主支付)
    ENTRUSTED = "entrusted"  # by the bank to the borrower's counterparty (受托支付)


@dataclass(frozen=True, slots=True)
class Payee:
    """The borrower's counterparty the money is for."""

    name: str
    account: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Property:
    """What secures the loan, in the words of its documents; `value` is what they support."""

    value: Money
    debtor: str
    reference: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """What was applied for. `base_rate` is the product's annual rate as a fraction.

    `inputs` are what the product version asks to know (its eligibility), by name.

    `turnover` is what the borrower earned in twelve months: revenue, or a person's income.
    """

    borrower_kind: BorrowerKind
    borrower: str
    product_code: str
    product_version: int
    amount: Money
    base_rate: Decimal
    tenor_days: int
    purpose: str
    turnover: Money
    property: Property | None = None
    payee: Payee | None = None
    inputs: Mapping[str, bool | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A paper behind the application: its kind, and the subject it has in the evidence log."""

    kind: str
    evidence_id: UUID


@dataclass(frozen=True, slots=True)
class KybItem:
    """One line of the checklist; a failed one says why and what would cure it."""

    code: str
    passed: bool
    reason: Text | None = None
    cure: Text | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What counts of a credit report; amounts in minor units of the application's currency."""

    reference: str
    subject: str
    issued_on: date
    overdue_minor: int
    overdue_months_24: int
    worst_class: str
    debt_minor: int
    lenders: int
    queries_6m: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Search:
    """What the registry said: registrations of others on the same property, by number."""

    reference: str
    prior: tuple[str, ...]
    searched_on: date


@dataclass(frozen=True, slots=True)
class Screening:
    """What the lists said: codes of the lists that name the borrower or its people."""

    hits: tuple[str, ...]
    screened_on: date


@dataclass(frozen=True, slots=True)
class Offer:
    """What the bank would lend, at which annual rate (a fraction), paid how."""

    amount: Money
    annual_rate: Decimal
    tenor_days: int
    manner: Manner


@dataclass(frozen=True, slots=True)
class ContractRef:
    """Which text was made, from which template, by their SHA-256."""

    template: str
    template_sha256: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration at the movable-asset registry; in force for [registered_on, until)."""

    number: str
    description_sha256: str
    registered_on: date
    until: date


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """Why it was refused or offered less, and what would cure it."""

    code: str
    text: Text
    cure: Text
