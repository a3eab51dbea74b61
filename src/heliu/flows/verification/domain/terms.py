"""The programme's terms that verification measures a trade against."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Presence(StrEnum):
    """Whether a kind of evidence must be there."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far documents of one trade may differ. Fractions: 0.02 is two in a hundred.

    `quantity_over`: invoiced above ordered. `quantity_under`: received below ordered (1 allows
    every partial delivery). `price`: invoiced above ordered unit price. `amount_minor`: rounding
    differences in sums, in minor units. `invoice_before_receipt_days`: how many days an invoice
    may run ahead of the receipt. `unit_aliases`: further spellings by UN/ECE Rec 20 code.
    """

    quantity_over: Decimal
    quantity_under: Decimal
    price: Decimal
    amount_minor: int
    invoice_before_receipt_days: int
    unit_aliases: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Requirements:
    """Which evidence a programme asks for.

    `receipt` is a receipt advice, or a despatch advice with a receiving event (EPCIS) on it.
    """

    order: Presence
    receipt: Presence
    approval: Presence


@dataclass(frozen=True, slots=True)
class VerificationTerms:
    """Everything one verification is measured against.

    `core_enterprise` and `suppliers` are tax ids (USCC) as documents name them, spaces removed;
    `max_tenor_days` counts from `as_of` to the due date.
    """

    tolerances: Tolerances
    requirements: Requirements
    currency: str
    as_of: date
    core_enterprise: str
    suppliers: frozenset[str]
    max_tenor_days: int
