"""Rules that hold only where a document says which profile it follows (CustomizationID).

CEN BII core data model, invoices and credit notes (CWA 16073, biicoretrdm010/014/015): rules
T10-R001 to R052; BII2 keeps its sums. EN 16931-1 and Peppol BIS Billing: BR-08 to BR-11, BR-27,
BR-CO-09, BR-CO-13. What these rules call fatal for an amount is refused, the rest is flagged.
"""

from collections.abc import Callable, Iterator
from typing import Final

from heliu.flows.intake.domain import ubl_names as n
from heliu.flows.intake.domain.reading import Complaint
from heliu.flows.intake.domain.ubl_arithmetic import Sums
from heliu.flows.intake.domain.ubl_codes import COUNTRIES, VAT_PREFIXES
from heliu.flows.intake.domain.ubl_faults import fault
from heliu.flows.intake.domain.ubl_names import ROLES, DocumentType
from heliu.flows.intake.domain.ubl_tree import Element, LinePart, Party, Tree, fields, leaf, text

_FUNDS_TRANSFER: Final = "31"
_LONGEST_ITEM_NAME: Final = 50
_BII_DEMANDS: Final = (n.PROFILE_ID, n.UBL_VERSION, n.DOCUMENT_CURRENCY, n.TAX_TOTAL)
_BII_TOTALS: Final = (n.LINE_EXTENSION, n.TAX_EXCLUSIVE, n.TAX_INCLUSIVE)


def profile_faults(tree: Tree, sums: Sums, form: DocumentType) -> Iterator[Complaint]:
    """What is wrong with a document by the profile it claims to follow."""
    if not form.bills:
        return
    customization = text(tree.fields.get(n.CUSTOMIZATION_ID)) or ""
    if "cenbii.eu:transaction:biicoretrdm" in customization:
        yield from _bii(tree, sums)
    elif "cenbii.eu:transaction:biitrns" in customization:
        yield from _strict_sums(tree, sums)
    elif "urn:cen.eu:en16931" in customization:
        yield from _en16931(tree, sums)


def _bii(tree: Tree, sums: Sums) -> Iterator[Complaint]:
    for tag in (*_BII_DEMANDS, *_BII_TOTALS):
        if tag not in tree.fields and tag not in tree.totals:
            yield fault("field.expected", tree.root, name=_named(tag))
    for who, role in ROLES.items():
        if role in tree.parties:
            yield from _bii_party(tree.parties[role], who)
    yield from _vat_numbers(tree, _own_country)
    yield from _bii_tax(tree)
    yield from _bii_payment(tree)
    yield from _strict_sums(tree, sums)
    gross = tree.totals.get(n.TAX_INCLUSIVE)
    if gross is not None and gross.value is not None and gross.value < 0:
        yield fault("total.negative", gross.element, name="TaxInclusiveAmount", value=gross.text)
    for line in tree.lines:
        yield from _bii_line(line)


def _bii_party(party: Party, who: str) -> Iterator[Complaint]:
    if party.name is None:
        yield fault("field.expected", party.element, name="PartyName/Name")
    if n.POSTAL_ADDRESS not in party.fields:
        yield fault("party.address_missing", party.element, who=who)
    elif text(party.address.get(n.ID)) is None:
        for tag, name in ((n.CITY_NAME, "city name"), (n.POSTAL_ZONE, "postal zone")):
            if text(party.address.get(tag)) is None:
                address = party.fields[n.POSTAL_ADDRESS]
                yield fault("party.address_incomplete", address, who=who, name=name)
    yield from _country(party)


def _country(party: Party) -> Iterator[Complaint]:
    if n.COUNTRY in party.address and party.country is None:
        yield fault("field.expected", party.address[n.COUNTRY], name="IdentificationCode")
    elif party.country and party.country not in COUNTRIES:
        yield fault("country.unknown", party.address[n.COUNTRY], value=party.country)


def _bii_tax(tree: Tree) -> Iterator[Complaint]:
    for total in tree.tax_totals:
        schemes = set()
        for subtotal in total.subtotals:
            part = fields(subtotal)
            category = fields(part.get(n.TAX_CATEGORY))
            scheme = fields(category.get(n.TAX_SCHEME))
            schemes.add(text(scheme.get(n.ID)))
            if category and text(category.get(n.ID)) is None:
                yield fault("field.expected", part[n.TAX_CATEGORY], name="TaxCategory/ID")
            if category and text(scheme.get(n.ID)) is None:
                yield fault("field.expected", part[n.TAX_CATEGORY], name="TaxScheme/ID")
        if len(schemes) > 1 and "VAT" in schemes:
            yield fault("tax.schemes_mixed", total.element)
        if not total.subtotals and total.amount is not None and total.amount.value:
            yield fault("tax.subtotals_missing", total.element, value=total.amount.text)


def _bii_payment(tree: Tree) -> Iterator[Complaint]:
    for means in tree.payment_means:
        code = means.get(n.PAYMENT_MEANS_CODE)
        account = fields(means.get(n.PAYEE_ACCOUNT))
        number = account.get(n.ID)
        if code is None:
            yield fault("field.expected", _first(means), name="PaymentMeansCode")
        elif text(code) == _FUNDS_TRANSFER and text(number) is None:
            yield fault("payment.account_missing", code)
        bank = fields(account.get(n.FINANCIAL_BRANCH))
        if number is not None and number.get("schemeID") == "IBAN" and not bank:
            yield fault("payment.bank_missing", number)


def _bii_line(line: LinePart) -> Iterator[Complaint]:
    number, name = line.number, line.name
    if name is None:
        yield fault("field.expected", line.element, name="Item/Name")
    elif len(name) > _LONGEST_ITEM_NAME:
        yield fault("item.name_too_long", line.item[n.NAME], line=number)
    if line.price is None:
        yield fault("field.expected", line.element, name="Price/PriceAmount")
    coded = (
        (fields(line.item.get(n.STANDARD_ITEM)).get(n.ID), "schemeID"),
        (fields(line.item.get(n.COMMODITY)).get(n.ITEM_CLASSIFICATION_CODE), "listID"),
    )
    for element, attribute in coded:
        if element is not None and not element.get(attribute):
            yield fault("item.scheme_missing", element, line=number)


def _en16931(tree: Tree, sums: Sums) -> Iterator[Complaint]:
    if n.DOCUMENT_CURRENCY not in tree.fields:
        yield fault("field.expected", tree.root, name=_named(n.DOCUMENT_CURRENCY))
    for who, role in ROLES.items():
        party = tree.parties.get(role)
        if party is None:
            continue
        if n.POSTAL_ADDRESS not in party.fields:
            yield fault("party.address_missing", party.element, who=who)
        elif n.COUNTRY not in party.address:
            address = party.fields[n.POSTAL_ADDRESS]
            yield fault("party.address_incomplete", address, who=who, name="country")
        yield from _country(party)
    yield from _vat_numbers(tree, _any_country)
    yield from _strict_sums(tree, sums)


def _strict_sums(tree: Tree, sums: Sums) -> Iterator[Complaint]:
    """Sums that these profiles demand and the standard leaves open."""
    net, expected = sums.net, sums.expected_net
    itemised = sums.allowances or sums.charges
    if net is not None and expected is not None and not itemised and expected - net >= sums.unit:
        total = tree.totals[n.TAX_EXCLUSIVE]
        yield fault("total.net_differs", total.element, value=total.text, sum=expected)
    for line in tree.lines:
        if line.price is not None and line.price.value is not None and line.price.value < 0:
            facts = {"line": line.number, "value": line.price.text}
            yield fault("line.price_negative", line.price.element, **facts)


def _vat_numbers(tree: Tree, right: Callable[[str, str], bool]) -> Iterator[Complaint]:
    """In trade across a border a VAT number begins with the country of its holder."""
    parties = {who: tree.parties[role] for who, role in ROLES.items() if role in tree.parties}
    countries = {party.country for party in parties.values()}
    across = len(parties) == len(ROLES) == len(countries) and None not in countries
    for who, party in parties.items():
        number = text(party.tax.get(n.COMPANY_ID))
        scheme = leaf(party.tax.get(n.TAX_SCHEME), n.ID)
        if number is None or scheme != "VAT" or party.country is None:
            continue
        if (across or right is _any_country) and not right(number, party.country):
            kind = "wrong" if number[:2].isalpha() else "missing"
            facts = {"who": who, "value": number, "country": party.country}
            yield fault(f"party.vat_prefix_{kind}", party.tax[n.COMPANY_ID], **facts)


def _own_country(number: str, country: str) -> bool:
    return number.startswith(VAT_PREFIXES.get(country, (country,)))


def _any_country(number: str, country: str) -> bool:
    del country
    return number[:2] in COUNTRIES or number[:2] in {"EL", "XI"}


def _named(tag: str) -> str:
    return tag[tag.rfind("}") + 1 :]


def _first(means: dict[str, Element]) -> Element:
    return next(reversed(means.values()))
