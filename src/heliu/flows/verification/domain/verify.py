"""Verification of one trade: every claim in its bin, every fen of the difference explained."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from heliu.flows.intake.api import Kind
from heliu.flows.verification.domain.approvals import Approved, approved_amount, rejections
from heliu.flows.verification.domain.case import TradeCase, Verification
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.claims import CheckedClaim, Claim, complete, failed
from heliu.flows.verification.domain.credits import credits_of, remarks
from heliu.flows.verification.domain.dates import check_dates
from heliu.flows.verification.domain.deductions import apply_deductions
from heliu.flows.verification.domain.document import check_document, remarks_around
from heliu.flows.verification.domain.evidence import Usable, implausible, usable
from heliu.flows.verification.domain.findings import Finding, FindingSeverity, cite
from heliu.flows.verification.domain.goods import (
    check_condition,
    check_presence,
    missing_evidence,
    remarks_on_goods,
)
from heliu.flows.verification.domain.identity import check_parties
from heliu.flows.verification.domain.line_match import LineVerdict, judge_line
from heliu.flows.verification.domain.match import Matched, match_lines, total
from heliu.flows.verification.domain.money_match import payable_of
from heliu.flows.verification.domain.tax_rates import tax_rate
from heliu.flows.verification.domain.terms import VerificationTerms
from heliu.ground.money import Money

_SEVERITIES: Final = tuple(FindingSeverity)
_TURNS: Final = {claim: turn for turn, claim in enumerate(Claim)}


def verify(case: TradeCase, terms: VerificationTerms) -> Verification:
    """How much of the case's invoice its documents support under the programme's terms.

    The answer does not depend on the order of documents or lines. What is missing never raises
    it; one BLOCKING finding makes it zero. Without one, the effects of the findings sum to
    invoiced less eligible. Raises Fault if a claim was left without a bin.
    """
    assert case.invoice.document.kind in {Kind.INVOICE, Kind.CREDIT_NOTE}, "invoices are verified"
    if implausible(case.invoice.document):
        return _unusable(case, terms)
    evidence = usable(case, terms)
    currency = case.invoice.document.currency or terms.currency
    approved, no_amounts = approved_amount(evidence.approvals, currency)
    vouched = approved is not None
    matched = match_lines(case, evidence, terms)
    lines = [m.line for m in matched]
    rates = [tax_rate(m, case.invoice.document, amount_approved=vouched) for m in matched]
    sums = payable_of(case.invoice, lines, rates, currency, terms.tolerances.amount_minor)
    missing = missing_evidence(case, evidence, terms)
    verdicts = [
        judge_line(case.invoice, m, share, terms, missing=missing, amount_approved=vouched)
        for m, share in zip(matched, sums.shares, strict=True)
    ]
    credit_notes = credits_of(case, evidence.receipts, currency)
    deducted = apply_deductions(case, terms, verdicts, approved, credit_notes)
    noted: list[CheckedClaim | Finding] = [
        *check_document(case, terms, sums.invoiced),
        *check_parties(case, terms),
        *check_dates(case.invoice, evidence.approvals, terms),
        *check_presence(case, evidence, missing),
        *check_condition(case, evidence),
        *(claim for verdict in verdicts for claim in verdict.claims),
        *(found for verdict in verdicts for found in verdict.findings),
        *(*sums.claims, *deducted.claims),
        *(*sums.findings, *deducted.findings),
        *(*evidence.findings, *no_amounts, *rejections(case), *remarks_around(case)),
        *remarks_on_goods(evidence, matched, currency),
        *remarks(case, credit_notes[0], sums.invoiced, _received(matched)),
        *_lone_invoice(case, evidence, approved),
    ]
    claims = [note for note in noted if isinstance(note, CheckedClaim)]
    complete(claims, case.invoice.document.place, [line.place for line in lines])
    return conclude(sums.invoiced, deducted.eligible, verdicts, noted)


def conclude(
    invoiced: Money,
    supported: Money,
    verdicts: Sequence[LineVerdict],
    noted: Sequence[CheckedClaim | Finding],
) -> Verification:
    """The verification from everything noted: zero if anything blocks or no claim was checked."""
    claims = sorted(
        (note for note in noted if isinstance(note, CheckedClaim)),
        key=lambda checked: (checked.place, _TURNS[checked.claim]),
    )
    told = [note.finding if isinstance(note, CheckedClaim) else note for note in noted]
    if not claims:
        told.append(finding("claims.empty", ()))
    findings = sorted({f for f in told if f is not None}, key=_rank)
    blocked = any(f.severity is FindingSeverity.BLOCKING for f in findings)
    eligible = Money(0, invoiced.currency) if blocked else supported
    assert 0 <= eligible.minor <= max(0, invoiced.minor), "evidence never adds to an invoice"
    explained = sum(f.effect.minor for f in findings if f.effect)
    assert blocked or explained == max(0, invoiced.minor) - supported.minor, (
        "every fen is explained"
    )
    return Verification(
        eligible, invoiced, tuple(claims), tuple(findings), tuple(v.match for v in verdicts)
    )


def _rank(one: Finding) -> tuple[int, str, str, str]:
    return _SEVERITIES.index(one.severity), one.code, one.message.en, repr(one.evidence)


def _unusable(case: TradeCase, terms: VerificationTerms) -> Verification:
    """An invoice with figures no sum may meet: nothing else about it is worth asking."""
    document = case.invoice.document
    nothing = Money(0, document.currency or terms.currency)
    implausible_figure = finding("amount.implausible", (cite(case.invoice),))
    claim = failed(Claim.PAYABLE, document.place, implausible_figure)
    return conclude(nothing, nothing, (), (claim,))


def _received(matched: Sequence[Matched]) -> Fraction | None:
    """Everything received for the invoice's lines, None where no receipt is known."""
    known = [total(m.demand, m.receipts) for m in matched if m.demand and m.receipts is not None]
    return sum(known, Fraction(0)) if known else None


def _lone_invoice(
    case: TradeCase, evidence: Usable, approved: Approved | None
) -> Iterator[Finding]:
    if not (evidence.orders or evidence.receipts or approved):
        yield finding("evidence.none", (cite(case.invoice),))
