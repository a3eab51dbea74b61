"""Dates of the invoice: when it was issued, when it falls due, and how long that is."""

from collections.abc import Iterator, Sequence
from datetime import date

from heliu.flows.intake.api import Filed
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.claims import Bin, CheckedClaim, Claim, failed, passed
from heliu.flows.verification.domain.findings import Finding, cite
from heliu.flows.verification.domain.terms import VerificationTerms


def check_dates(
    invoice: Filed, approvals: Sequence[Filed], terms: VerificationTerms
) -> Iterator[CheckedClaim | Finding]:
    """Issued by today, due from today on, within the programme's tenor.

    Where invoice and approval name different due dates the later one counts: it is the longer risk.
    """
    document, place, here = invoice.document, invoice.document.place, (cite(invoice),)
    if document.issued_on is None:
        missing = finding("invoice.date_missing", here)
        yield failed(Claim.ISSUE_DATE, place, missing, into=Bin.UNVERIFIABLE_REQUIRED)
    elif document.issued_on > terms.as_of:
        facts = {"issued_on": document.issued_on, "as_of": terms.as_of}
        yield failed(Claim.ISSUE_DATE, place, finding("invoice.future_dated", here, facts))
    else:
        yield passed(Claim.ISSUE_DATE, place, here)
    approved = [a for a in approvals if a.document.due_on is not None]
    evidence = (*here, *map(cite, approved))
    dates = [d for d in (document.due_on, *(a.document.due_on for a in approved)) if d]
    if not dates:
        missing = finding("due_date.missing", here)
        yield failed(Claim.DUE_DATE, place, missing, into=Bin.UNVERIFIABLE_REQUIRED)
        yield failed(Claim.TENOR, place, missing, into=Bin.UNVERIFIABLE_REQUIRED)
        return
    due = max(dates)
    yield from _due(invoice, due, terms)
    days = (due - terms.as_of).days
    if days > terms.max_tenor_days:
        long = finding("tenor.too_long", evidence, {"days": days, "limit": terms.max_tenor_days})
        yield failed(Claim.TENOR, place, long)
    else:
        yield passed(Claim.TENOR, place, evidence)
    if document.due_on and min(dates) < due:
        other = due if due != document.due_on else min(dates)
        facts = {"invoice": document.due_on, "approval": other}
        yield finding("due_date.differs_from_approval", evidence, facts)


def _due(invoice: Filed, due: date, terms: VerificationTerms) -> Iterator[CheckedClaim]:
    document, here = invoice.document, (cite(invoice),)
    facts = {"due_on": due, "issued_on": document.issued_on}
    if due < terms.as_of:
        yield failed(Claim.DUE_DATE, document.place, finding("due_date.past", here, facts))
    elif document.issued_on and due < document.issued_on:
        before = finding("due_date.before_issue", here, facts)
        yield failed(Claim.DUE_DATE, document.place, before)
    else:
        yield passed(Claim.DUE_DATE, document.place, here)
