"""Who sells and who buys: the parties of the invoice against programme and master data."""

from collections.abc import Iterator

from heliu.flows.intake.api import Filed
from heliu.flows.verification.domain.case import TradeCase
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.claims import Bin, CheckedClaim, Claim, failed, passed
from heliu.flows.verification.domain.evidence import same_tax_id, tax_id
from heliu.flows.verification.domain.findings import Finding, cite
from heliu.flows.verification.domain.terms import VerificationTerms


def check_parties(case: TradeCase, terms: VerificationTerms) -> Iterator[CheckedClaim | Finding]:
    """The seller is an enrolled supplier, the buyer the core enterprise, neither is revoked."""
    invoice = case.invoice.document
    place, here = invoice.place, (cite(case.invoice),)
    seller, buyer = tax_id(invoice.seller.tax_id), tax_id(invoice.buyer.tax_id)
    enrolled = {tax_id(supplier) for supplier in terms.suppliers}
    if not seller:
        yield _unidentified(Claim.SELLER, case.invoice, "seller.unidentified")
    elif seller == buyer:
        yield failed(Claim.SELLER, place, finding("parties.same", here))
    elif seller not in enrolled:
        yield failed(Claim.SELLER, place, finding("seller.not_enrolled", here))
    else:
        yield _standing(case, Claim.SELLER, seller, "seller.revoked")
        yield from _account(case, seller)
    if not buyer:
        yield _unidentified(Claim.BUYER, case.invoice, "buyer.unidentified")
    elif not same_tax_id(buyer, terms.core_enterprise):
        yield failed(Claim.BUYER, place, finding("buyer.not_core_enterprise", here))
    else:
        yield _standing(case, Claim.BUYER, buyer, "buyer.revoked")


def _unidentified(claim: Claim, invoice: Filed, code: str) -> CheckedClaim:
    found = finding(code, (cite(invoice),))
    return failed(claim, invoice.document.place, found, into=Bin.UNVERIFIABLE_REQUIRED)


def _standing(case: TradeCase, claim: Claim, code: str, revoked: str) -> CheckedClaim:
    place, here = case.invoice.document.place, cite(case.invoice)
    master = _master(case, code)
    bad = [party for party in master if party.document.attributes.get("status") == "revoked"]
    if bad:
        return failed(claim, place, finding(revoked, (here, *map(cite, bad))))
    return passed(claim, place, (here, *map(cite, master)))


def _account(case: TradeCase, code: str) -> Iterator[Finding]:
    account = tax_id(case.invoice.document.seller.account)
    master = _master(case, code)
    known = {
        tax_id(one)
        for party in master
        for one in party.document.attributes.get("accounts", "").split(",")
    } - {""}
    if account and known and account not in known:
        yield finding("seller.account_differs", (cite(case.invoice), *map(cite, master)))


def _master(case: TradeCase, code: str) -> list[Filed]:
    """The newest master data of a party; several of one day count together."""
    mine = [p for p in case.parties if tax_id(p.document.number) == code and not p.document.void]
    newest = max((str(p.document.issued_on or "") for p in mine), default="")
    return sorted(
        (p for p in mine if str(p.document.issued_on or "") == newest), key=lambda p: p.id
    )
