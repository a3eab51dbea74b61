"""Texts of the desk from the templates that travel with it: contracts, registry descriptions."""

from functools import cache
from importlib import resources

from heliu.credit.origination.domain.application import Application
from heliu.credit.origination.domain.contract import Filled, fill
from heliu.credit.origination.domain.filing import Manner, Offer
from heliu.credit.origination.domain.requirements import Requirements
from heliu.ground.errors import Fault
from heliu.parties.party.api import Party

_MANNERS = {
    Manner.SELF: ("自主支付", "to the borrower"),
    Manner.ENTRUSTED: ("受托支付", "by the lender to the payee"),
}


def contract(asked: Requirements, now: Application, offer: Offer, party: Party | None) -> Filled:
    """The contract on that offer; a person is named by the customer number alone."""
    filing = now.filing
    zh, en = _MANNERS[offer.manner]
    words = {
        "application": str(now.id),
        "borrower_name": party.profile.name_zh if party else filing.borrower,
        "borrower": filing.borrower,
        "product": filing.product_code,
        "version": str(filing.product_version),
        "amount": str(offer.amount),
        "annual_rate": f"{offer.annual_rate:.4%}",
        "tenor_days": str(offer.tenor_days),
        "purpose": filing.purpose,
        "manner_zh": zh,
        "manner_en": en,
        "payee": f"{filing.payee.name} {filing.payee.account}" if filing.payee else "-",
    }
    return fill(asked.contract_template, _text(asked.contract_template), words)


def description(asked: Requirements, now: Application) -> str:
    """What is registered, in the registry's form: it describes the property by its documents."""
    held = now.filing.property
    assert held is not None and asked.description_template is not None, "it is secured"  # noqa: PT018 - one thought
    words = {
        "application": str(now.id),
        "borrower": now.filing.borrower,
        "debtor": held.debtor,
        "reference": held.reference,
        "value": str(held.value),
        "due_on": held.due_on.isoformat() if held.due_on else "-",
    }
    return fill(asked.description_template, _text(asked.description_template), words).text


@cache
def _text(name: str) -> str:
    file = resources.files("heliu.credit.origination") / "templates" / f"{name}.txt"
    if not file.is_file():
        raise Fault(f"there is no template {name}")
    return file.read_text(encoding="utf-8")
