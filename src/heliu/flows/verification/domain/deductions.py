"""What credit notes and the approval leave of what the lines are worth."""

from collections.abc import Sequence
from dataclasses import dataclass

from heliu.flows.verification.domain.approvals import Approved
from heliu.flows.verification.domain.case import TradeCase
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.claims import Bin, CheckedClaim, Claim, failed, passed
from heliu.flows.verification.domain.credits import Credit, deduct, settle_shortage
from heliu.flows.verification.domain.findings import Finding, FindingSeverity, cite, cite_all
from heliu.flows.verification.domain.line_match import LineVerdict
from heliu.flows.verification.domain.terms import Presence, VerificationTerms
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Deducted:
    """The eligible amount, its two claims, and what was found about the credit notes."""

    eligible: Money
    claims: tuple[CheckedClaim, ...]
    findings: tuple[Finding, ...]


def apply_deductions(
    case: TradeCase,
    terms: VerificationTerms,
    verdicts: Sequence[LineVerdict],
    approved: Approved | None,
    credit_notes: tuple[Sequence[Credit], Sequence[Finding]],
) -> Deducted:
    """Take credit notes off what the lines are worth, and cap the rest by the approval.

    Credit notes dated on or after the approval lower what was approved as well, in full: the
    approval does not say which shortage it already reckoned with.
    """
    place, currency = case.invoice.document.place, verdicts[0].match.share.currency
    nothing = Money(0, currency)
    worth = sum((v.match.eligible for v in verdicts), nothing)
    notes, faults = credit_notes
    remaining = settle_shortage(notes, sum((v.shortage for v in verdicts), nothing))
    eligible, taken = deduct(worth, remaining)
    claims = [_credits_claim(place, notes, (*faults, *taken))]
    if approved is not None:
        later = sum((note.amount for note in notes if note.on >= approved.on), nothing)
        lost = max(nothing, eligible - max(nothing, approved.amount - later))
        eligible -= lost
        claims.append(_approval_claim(case, approved, lost))
    else:
        claims.append(_no_approval(case, terms))
    return Deducted(eligible, tuple(claims), (*faults, *taken))


def _credits_claim(place: str, notes: Sequence[Credit], found: Sequence[Finding]) -> CheckedClaim:
    reasons = [f for f in found if f.severity is not FindingSeverity.NOTICE]
    if reasons:
        return failed(Claim.CREDITS, place, reasons[0])
    into = Bin.VERIFIED if notes else Bin.OPTIONAL
    return passed(Claim.CREDITS, place, tuple(cite(note.filed) for note in notes), into=into)


def _approval_claim(case: TradeCase, approved: Approved, lost: Money) -> CheckedClaim:
    place, evidence = case.invoice.document.place, cite_all([case.invoice, approved.by])
    if lost.minor:
        lower = finding("approval.lower", evidence, {"approved": approved.amount}, effect=lost)
        return failed(Claim.APPROVAL, place, lower)
    return passed(Claim.APPROVAL, place, evidence)


def _no_approval(case: TradeCase, terms: VerificationTerms) -> CheckedClaim:
    place = case.invoice.document.place
    if terms.requirements.approval is Presence.OPTIONAL:
        return passed(Claim.APPROVAL, place, into=Bin.OPTIONAL)
    lacking = finding("approval.missing", (cite(case.invoice),))
    return failed(Claim.APPROVAL, place, lacking, into=Bin.UNVERIFIABLE_REQUIRED)
