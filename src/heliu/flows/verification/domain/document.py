"""What the invoice says of itself, and what warnings and announcements say around it."""

from collections.abc import Iterator

from heliu.flows.intake.api import Kind
from heliu.flows.verification.domain.case import TradeCase
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.claims import Bin, CheckedClaim, Claim, failed, passed
from heliu.flows.verification.domain.findings import Finding, cite
from heliu.flows.verification.domain.terms import Presence, VerificationTerms
from heliu.ground.money import Money


def check_document(
    case: TradeCase, terms: VerificationTerms, invoiced: Money
) -> Iterator[CheckedClaim | Finding]:
    """Status, number and currency; whether the number was used before is screening's to say."""
    document, place, here = (
        case.invoice.document,
        case.invoice.document.place,
        (cite(case.invoice),),
    )
    red = document.kind is Kind.CREDIT_NOTE or invoiced.minor < 0
    if document.void:
        yield failed(Claim.STATUS, place, finding("invoice.void", here))
    elif red:
        yield failed(Claim.STATUS, place, finding("invoice.red_letter", here))
    elif not document.lines and _matched_by_line(terms):
        yield failed(Claim.STATUS, place, finding("invoice.no_lines", here))
    else:
        yield passed(Claim.STATUS, place, here)
    if document.number.strip():
        yield passed(Claim.NUMBER, place, here, into=Bin.PREVERIFIED)
    else:
        no_number = finding("invoice.number_missing", here)
        yield failed(Claim.NUMBER, place, no_number, into=Bin.UNVERIFIABLE_REQUIRED)
    if document.currency is None:
        no_currency = finding("currency.missing", here)
        yield failed(Claim.CURRENCY, place, no_currency, into=Bin.UNVERIFIABLE_REQUIRED)
    elif document.currency != terms.currency:
        facts = {"currency": document.currency, "programme": terms.currency}
        yield failed(Claim.CURRENCY, place, finding("currency.not_programme", here, facts))
    else:
        yield passed(Claim.CURRENCY, place, here)
        if document.attributes.get("currency_source") == "amounts":
            yield finding("currency.from_amounts", here, {"currency": document.currency})


def _matched_by_line(terms: VerificationTerms) -> bool:
    return Presence.REQUIRED in {terms.requirements.order, terms.requirements.receipt}


def remarks_around(case: TradeCase) -> Iterator[Finding]:
    """Warnings, by their severity, and announced payments, which are not cash.

    A warning of unknown severity stops: fail closed.
    """
    for warning in case.warnings:
        said = warning.document.attributes
        facts = {"text_zh": said.get("text_zh", "-"), "text_en": said.get("text_en", "-")}
        mild = said.get("severity") in {"info", "warn"}
        yield finding("warning.raised" if mild else "warning.stop", (cite(warning),), facts)
    for advice in case.remittances:
        amount, currency = advice.document.totals.payable, advice.document.currency or ""
        if not advice.document.void:
            facts = {"amount": "-" if amount is None else f"{amount} {currency}".strip()}
            yield finding("remittance.announced", (cite(advice),), facts)
