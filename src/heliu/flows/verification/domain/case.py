"""What verification is asked about and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from heliu.flows.intake.api import Filed, Kind
from heliu.flows.verification.domain.claims import CheckedClaim
from heliu.flows.verification.domain.findings import Finding, FindingSeverity
from heliu.ground.money import Money


class LineKey(NamedTuple):
    """A line that can support an invoice, by business identity within one seller-buyer pair.

    `kind` is ORDER, RECEIPT_ADVICE, DESPATCH_ADVICE or WAYBILL; `number` the document's own. A
    document sent twice in other bytes is still the same key: it supports nothing more.
    """

    kind: Kind
    number: str
    line: str


@dataclass(frozen=True, slots=True)
class TradeCase:
    """The documents of one trade around one invoice, as the confluence linked them.

    `consumed` says how much of each supporting line earlier invoices have used up (in the unit of
    that line): one delivery supports one invoice only.
    """

    invoice: Filed
    orders: tuple[Filed, ...] = ()
    responses: tuple[Filed, ...] = ()
    despatches: tuple[Filed, ...] = ()
    receipts: tuple[Filed, ...] = ()
    observations: tuple[Filed, ...] = ()
    waybills: tuple[Filed, ...] = ()
    credit_notes: tuple[Filed, ...] = ()
    approvals: tuple[Filed, ...] = ()
    parties: tuple[Filed, ...] = ()
    remittances: tuple[Filed, ...] = ()
    warnings: tuple[Filed, ...] = ()
    consumed: Mapping[LineKey, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineMatch:
    """One invoice line beside what supports it; quantities in the invoice line's unit.

    `ordered` and `received` are what was found for this line (None: no such evidence was there);
    `share` is the line's part of the supported payable, `eligible` what is left of it. `uses`
    is what the line takes from each supporting line, in that line's unit, rounded up.
    """

    line: str
    place: str
    unit: str | None
    invoiced: Decimal | None
    ordered: Decimal | None
    received: Decimal | None
    supported: Decimal | None
    share: Money
    eligible: Money
    uses: tuple[tuple[LineKey, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """How much of an invoice is eligible, with every claim in its bin and every finding.

    0 <= eligible <= invoiced (0 when the invoice is negative); both in the invoice's currency.
    """

    eligible: Money
    invoiced: Money
    claims: tuple[CheckedClaim, ...]
    findings: tuple[Finding, ...]
    lines: tuple[LineMatch, ...]

    @property
    def blocked(self) -> bool:
        """Whether a finding forbids any amount."""
        return any(f.severity is FindingSeverity.BLOCKING for f in self.findings)

    @property
    def uses(self) -> dict[LineKey, Decimal]:
        """What this invoice uses up of its supporting lines; nothing if nothing is eligible."""
        used: dict[LineKey, Decimal] = {}
        if self.eligible.minor:
            for key, quantity in (use for line in self.lines for use in line.uses):
                used[key] = used.get(key, Decimal(0)) + quantity
        return used
