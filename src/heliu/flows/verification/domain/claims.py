"""The claims an invoice makes, and the one bin each of them falls into."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from heliu.flows.verification.domain.findings import Evidence, Finding
from heliu.ground.errors import Fault


class Bin(StrEnum):
    """Where a claim ends. PREVERIFIED: another desk answers for it (intake, screening)."""

    VERIFIED = "verified"
    CONTRADICTED = "contradicted"
    UNVERIFIABLE_REQUIRED = "unverifiable_required"
    OPTIONAL = "optional"
    PREVERIFIED = "preverified"


class Claim(StrEnum):
    """What an invoice claims: first what the whole document says, then what each line says."""

    STATUS = "status"
    NUMBER = "number"
    SELLER = "seller"
    BUYER = "buyer"
    CURRENCY = "currency"
    ISSUE_DATE = "issue_date"
    DUE_DATE = "due_date"
    TENOR = "tenor"
    ORDER = "order"
    RECEIPT = "receipt"
    APPROVAL = "approval"
    GOODS_CONDITION = "goods_condition"
    CHARGES = "charges"
    TAX = "tax"
    PREPAID = "prepaid"
    PAYABLE = "payable"
    CREDITS = "credits"
    LINE_ITEM = "line_item"
    LINE_QUANTITY = "line_quantity"
    LINE_PRICE = "line_price"
    LINE_NET = "line_net"


LINE_CLAIMS = frozenset({Claim.LINE_ITEM, Claim.LINE_QUANTITY, Claim.LINE_PRICE, Claim.LINE_NET})
DOCUMENT_CLAIMS = frozenset(Claim) - LINE_CLAIMS


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """One claim at one place of the invoice, its bin, and the finding that explains a bad bin."""

    claim: Claim
    place: str
    bin: Bin
    evidence: tuple[Evidence, ...]
    finding: Finding | None = None

    def __post_init__(self) -> None:
        assert self.bin not in _TO_EXPLAIN or self.finding, "a failed claim says why"


_TO_EXPLAIN = frozenset({Bin.CONTRADICTED, Bin.UNVERIFIABLE_REQUIRED})


def complete(claims: Sequence[CheckedClaim], document: str, lines: Sequence[str]) -> None:
    """Prove that every claim of the invoice stands in exactly one bin.

    `document` is the invoice's place, `lines` are its lines' places. Raises Fault for a claim
    that was forgotten, checked twice, or that the table does not know.
    """
    expected = Counter((claim, document) for claim in DOCUMENT_CLAIMS)
    expected.update((claim, place) for place in lines for claim in LINE_CLAIMS)
    found = Counter((checked.claim, checked.place) for checked in claims)
    if found != expected:
        wrong = sorted(
            f"{name} at {place}" for name, place in (found - expected) | (expected - found)
        )
        raise Fault(f"claims outside their one bin: {', '.join(wrong)}")


def passed(
    claim: Claim, place: str, evidence: Sequence[Evidence] = (), *, into: Bin = Bin.VERIFIED
) -> CheckedClaim:
    """A claim that holds, or that nothing asks for (`into` OPTIONAL or PREVERIFIED)."""
    return CheckedClaim(claim, place, into, tuple(evidence))


def failed(
    claim: Claim, place: str, finding: Finding, *, into: Bin = Bin.CONTRADICTED
) -> CheckedClaim:
    """A claim that is contradicted, or required and not verifiable, with what explains it."""
    return CheckedClaim(claim, place, into, finding.evidence, finding)
