"""A UBL document as a canonical trade document.

Line quantities: ordered, invoiced, credited, delivered; for a receipt what was received less
what was rejected. A document's `attributes` may hold: type (the UBL root), uuid, copy ("true"),
currency_source ("amounts" where no document currency is declared), payee (the party to be paid
where the seller names one), payment_reference, reason (of a cancellation, rejection or
discrepancy). `references` add "contract" to the relations of the facts and gather those of the
lines. The seller's `account` is the payee account of the first payment means. A tax id that stands
as a legal registration (18 characters: a USCC) counts as tax id.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.flows.intake.domain import ubl_names as n
from heliu.flows.intake.domain.trade import Kind, Line, PartyRef, Totals, TradeDocument
from heliu.flows.intake.domain.ubl_arithmetic import Sums, base_quantity
from heliu.flows.intake.domain.ubl_dates import parse_date
from heliu.flows.intake.domain.ubl_names import ROLES, DocumentType
from heliu.flows.intake.domain.ubl_tree import (
    Element,
    Fields,
    LinePart,
    Party,
    Tree,
    decimal,
    fields,
    first,
    leaf,
    line_of,
    text,
)

_USCC: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_SELLERS: Final = (
    "SellerSupplierParty",
    "DespatchSupplierParty",
    "AccountingSupplierParty",
    "ConsignorParty",
)
_BUYERS: Final = (
    "BuyerCustomerParty",
    "DeliveryCustomerParty",
    "AccountingCustomerParty",
    "ConsigneeParty",
    "OriginatorCustomerParty",
)
_QUANTITIES: Final = (
    "InvoicedQuantity",
    "CreditedQuantity",
    "DebitedQuantity",
    "DeliveredQuantity",
    "ReceivedQuantity",
    "Quantity",
)
_ITEM_KEYS: Final = (
    ("buyer", n.BUYERS_ITEM),
    ("seller", n.SELLERS_ITEM),
    ("standard", n.STANDARD_ITEM),
)
_REASONS: Final = (n.CANCELLATION_NOTE, n.REJECTION_NOTE)
# UN/EDIFACT 1225 as used by OpenPeppol order responses, and the plain codes beside it.
_ANSWERS: Final = {"AP": True, "29": True, "RE": False, "27": False}
# UN/EDIFACT 1001 document codes of what transport documents refer to.
_REFERRED: Final = {"220": "order", "351": "despatch", "632": "receipt", "380": "invoice"}


def document_of(tree: Tree, sums: Sums, form: DocumentType) -> TradeDocument:
    """The canonical document of a tree that passed the rules, so that its number is there."""
    number = text(tree.fields.get(n.ID))
    assert number is not None, "a document without its number is refused"
    seller, buyer = _sides(tree, form)
    lines = tuple(_lines(tree, form))
    return TradeDocument(
        kind=form.kind,
        number=number,
        place="/",
        issued_on=parse_date(text(tree.fields.get(n.ISSUE_DATE))),
        currency=tree.currency,
        seller=_party(seller, _account(tree)),
        buyer=_party(buyer, None),
        due_on=_due(tree),
        accepted=_accepted(tree, form),
        references=_references(tree),
        lines=lines,
        totals=_totals(tree, sums),
        attributes=_attributes(tree),
    )


def _sides(tree: Tree, form: DocumentType) -> tuple[Party | None, Party | None]:
    found = tree.parties
    if form.bills:
        return found.get(ROLES["supplier"]), found.get(ROLES["customer"])
    seller = next((found[role] for role in _SELLERS if role in found), None)
    return seller, next((found[role] for role in _BUYERS if role in found), None)


def _party(party: Party | None, account: str | None) -> PartyRef:
    if party is None:
        return PartyRef(account=account)
    return PartyRef(
        name=party.name or party.registered or party.identification,
        tax_id=_tax_id(party),
        account=account,
        address=_address(party.fields.get(n.POSTAL_ADDRESS)),
        phone=leaf(party.fields.get(n.CONTACT), n.TELEPHONE),
    )


def _tax_id(party: Party) -> str | None:
    stated = text(party.tax.get(n.COMPANY_ID))
    if stated is None:
        legal = text(party.legal.get(n.COMPANY_ID)) or ""
        stated = legal if _USCC.fullmatch(legal) else None
    return "".join(stated.split()) if stated else None


def _address(address: Element | None) -> str | None:
    if address is None:
        return None
    words: list[str | None] = []
    for part in address:
        words += map(text, part) if len(part) else (text(part),)
    return ", ".join(filter(None, words)) or None


def _account(tree: Tree) -> str | None:
    for means in tree.payment_means:
        account = leaf(means.get(n.PAYEE_ACCOUNT), n.ID)
        if account:
            return "".join(account.split())
    return None


def _due(tree: Tree) -> date | None:
    """The due date stated; of several, the last: the buyer may wait for it."""
    stated = parse_date(text(tree.fields.get(n.DUE_DATE)))
    if stated:
        return stated
    terms = fields(tree.fields.get(n.PAYMENT_TERMS))
    elements = [means.get(n.PAYMENT_DUE_DATE) for means in tree.payment_means]
    dues = [parse_date(text(element)) for element in (*elements, terms.get(n.PAYMENT_DUE_DATE))]
    return max((due for due in dues if due), default=None)


def _accepted(tree: Tree, form: DocumentType) -> bool | None:
    if form.kind is not Kind.ORDER_RESPONSE:
        return None
    if tree.name == "OrderCancellation":
        return False
    indicator = text(tree.fields.get(n.ACCEPTED_INDICATOR))
    if indicator is not None:
        return indicator in ("true", "1")
    return _ANSWERS.get(text(tree.fields.get(n.ORDER_RESPONSE_CODE)) or "")


def _lines(tree: Tree, form: DocumentType) -> Iterator[Line]:
    parts = tree.lines
    if form.kind is Kind.WAYBILL and not parts:
        goods = tree.root.iterfind(f"{n.SHIPMENT}/{n.GOODS_ITEM}")
        parts = [line_of(element) for element in goods]
    several = len(parts) > 1
    for position, part in enumerate(parts, start=1):
        step = f"[{position}]" if several else ""
        place = f"/{tree.name}/{part.kind}{step} (line {part.element.sourceline})"
        yield _line(part, position, place)


def _line(part: LinePart, position: int, place: str) -> Line:
    quantities = part.quantities
    main = next((quantities[name] for name in _QUANTITIES if name in quantities), None)
    quantity = None if main is None else main.value
    rejected = _quantity(part, "RejectedQuantity")
    if "ReceivedQuantity" in quantities and quantity is not None and rejected is not None:
        quantity = max(quantity - rejected, Decimal(0))
    percent = _percent(part)
    return Line(
        id=part.number or str(position),
        place=place,
        item_keys=_item_keys(part),
        unit=None if main is None else main.unit,
        quantity=quantity,
        short=_quantity(part, "ShortQuantity"),
        rejected=rejected,
        oversupplied=_quantity(part, "OversupplyQuantity"),
        price=None if part.price is None else part.price.value,
        price_base=base_quantity(part) or Decimal(1),
        net=None if part.amount is None else part.amount.value,
        tax=None if part.tax is None else part.tax.value,
        tax_rate=None if percent is None else percent / 100,
        order_id=part.references.get("order"),
        order_line=part.references.get("order_line"),
    )


def _quantity(part: LinePart, name: str) -> Decimal | None:
    found = part.quantities.get(name)
    return None if found is None else found.value


def _percent(part: LinePart) -> Decimal | None:
    subtotal = first(part.fields.get(n.TAX_TOTAL), n.TAX_SUBTOTAL)
    stated = leaf(first(subtotal, n.TAX_CATEGORY), n.PERCENT)
    stated = stated or leaf(part.item.get(n.CLASSIFIED_TAX), n.PERCENT)
    return None if stated is None else decimal(stated)


def _item_keys(part: LinePart) -> dict[str, str]:
    keys = {}
    for key, tag in _ITEM_KEYS:
        if tag in part.item:
            keys[key] = leaf(part.item[tag], n.ID)
    keys["name"] = part.name or text(part.item.get(n.DESCRIPTION))
    return {key: value for key, value in keys.items() if value}


def _references(tree: Tree) -> dict[str, tuple[str, ...]]:
    found = {relation: list(numbers) for relation, numbers in tree.references.items()}
    for part in tree.lines:
        for relation, number in part.references.items():
            if not relation.endswith("_line"):
                found.setdefault(relation, []).append(number)
    contract = leaf(tree.fields.get(n.CONTRACT_DOCUMENT), n.ID)
    if contract:
        found["contract"] = [contract]
    referring = [t for t in (n.DOCUMENT_REFERENCE, n.ADDITIONAL_DOCUMENT) if t in tree.fields]
    for tag in referring:
        for element in tree.root.iterchildren(tag):
            reference = fields(element)
            named = _REFERRED.get(text(reference.get(n.DOCUMENT_TYPE_CODE)) or "", "")
            cited = text(reference.get(n.ID))
            if named and cited:
                found.setdefault(named, []).append(cited)
    return {relation: tuple(dict.fromkeys(numbers)) for relation, numbers in found.items()}


def _totals(tree: Tree, sums: Sums) -> Totals:
    payable = sums.payable
    if payable is None and n.TOTAL_PAYMENT in tree.fields:
        payable = decimal(text(tree.fields[n.TOTAL_PAYMENT]) or "")
    return Totals(
        sums.net,
        sums.line_total,
        sums.allowances,
        sums.charges,
        sums.tax,
        sums.gross,
        payable,
        sums.prepaid if n.PREPAID in tree.totals else None,
    )


def _attributes(tree: Tree) -> dict[str, str]:
    payee = tree.parties.get("PayeeParty")
    reasons = (text(tree.fields.get(tag)) for tag in _REASONS)
    discrepancy = fields(tree.fields.get(n.DISCREPANCY_RESPONSE))
    declared = text(tree.fields.get(n.DOCUMENT_CURRENCY))
    copied = text(tree.fields.get(n.COPY_INDICATOR)) in ("true", "1")
    found = {
        "type": tree.name,
        "uuid": text(tree.fields.get(n.UUID)),
        "copy": "true" if copied else None,
        "currency_source": "amounts" if tree.currency and not declared else None,
        "payee": None if payee is None else payee.name or payee.identification,
        "payment_reference": next(filter(None, map(_payment_id, tree.payment_means)), None),
        "reason": next(filter(None, reasons), text(discrepancy.get(n.DESCRIPTION))),
    }
    return {key: value for key, value in found.items() if value}


def _payment_id(means: Fields) -> str | None:
    return text(means.get(n.PAYMENT_ID))
