"""One pass over a UBL document: its parts by name, numbers parsed once, nothing judged.

The facts, the canonical document and the rules are made from what is gathered here, so the tree
is walked once. Elements are kept for the sake of places; a place is made only for a complaint.
The parts are slotted but not frozen: they live for one reading, and freezing would double the
time it takes to make them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from heliu.flows.intake.domain import ubl_names as n

Element = etree._Element  # noqa: SLF001 - lxml has no public name for its element type
Fields = dict[str, Element]
_NOT_IN_A_NUMBER: Final = re.compile(r"[^0-9.+-]")
_LONGEST_NUMBER: Final = 36
_TRUE: Final = ("true", "1")


@dataclass(slots=True)
class Amount:
    """A number with its currency or unit as written; `value` is None if it is no number."""

    element: Element
    text: str
    unit: str | None
    value: Decimal | None


@dataclass(slots=True)
class Party:
    """A party in its role. `address`, `tax` and `legal` are the first of each."""

    element: Element
    fields: Fields
    address: Fields
    tax: Fields
    legal: Fields
    name: str | None
    identification: str | None
    country: str | None

    @property
    def registered(self) -> str | None:
        """The name it is registered under, as a legal entity or for tax."""
        legal = self.legal.get(n.REGISTRATION_NAME)
        return text(self.tax.get(n.REGISTRATION_NAME) if legal is None else legal)


@dataclass(slots=True)
class TaxTotal:
    """A tax total, its subtotals and their amounts."""

    element: Element
    amount: Amount | None
    subtotals: list[Element]
    parts: list[Amount | None]


@dataclass(slots=True)
class Adjustment:
    """An allowance or a charge; `charge` is None if it does not say which."""

    charge: bool | None
    amount: Amount | None


@dataclass(slots=True)
class LinePart:
    """A document line, or the LineItem inside it, which says the same of orders and quotations."""

    element: Element
    kind: str
    number: str | None
    name: str | None
    fields: Fields
    quantities: dict[str, Amount]
    amount: Amount | None
    price: Amount | None
    price_fields: Fields
    base: Amount | None
    tax: Amount | None
    item: Fields
    adjustments: list[Adjustment]
    references: dict[str, str]


@dataclass(slots=True)
class Tree:
    """A UBL document taken apart. `fields` are the root's first children by name."""

    root: Element
    name: str
    fields: Fields = field(default_factory=dict)
    repeated: list[Element] = field(default_factory=list)
    parties: dict[str, Party] = field(default_factory=dict)
    totals: dict[str, Amount] = field(default_factory=dict)
    tax_totals: list[TaxTotal] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    lines: list[LinePart] = field(default_factory=list)
    payment_means: list[Fields] = field(default_factory=list)
    references: dict[str, list[str]] = field(default_factory=dict)
    currency: str | None = None


def take_apart(root: Element) -> Tree:
    """Gather the parts of the document under `root` (a UBL root)."""
    tree = Tree(root, local_name(root.tag))
    own = tree.fields
    for child in root:
        tag = child.tag
        if tag in own:
            if tag in _ONCE or tag.endswith("MonetaryTotal"):
                tree.repeated.append(child)
        else:
            own[tag] = child
        if tag.startswith(n.CBC):
            continue
        take = _TAKE.get(tag)
        if take is not None:
            take(tree, child)
        elif tag.endswith("Party"):
            tree.parties.setdefault(local_name(tag), _party(child))
        elif tag.endswith("Line"):
            tree.lines.append(line_of(child))
        elif tag.endswith("MonetaryTotal") and not tree.totals:
            _totals(tree, child)
    tree.currency = _currency(tree)
    return tree


def fields(element: Element | None) -> Fields:
    """The first child of each name (in reverse order)."""
    return {} if element is None else {child.tag: child for child in reversed(element)}


def first(parent: Element | None, tag: str) -> Element | None:
    """The first child of that name."""
    if parent is not None:
        for child in parent:
            if child.tag == tag:
                return child
    return None


def leaf(parent: Element | None, tag: str) -> str | None:
    """The text of the first child of that name."""
    return text(first(parent, tag))


def text(element: Element | None) -> str | None:
    """The text of a leaf without surrounding blanks; None if missing or empty."""
    return None if element is None else (element.text or "").strip() or None


def amount(element: Element | None, attribute: str = "currencyID") -> Amount | None:
    """A number with its unit; None if the element is missing."""
    if element is None:
        return None
    written = (element.text or "").strip()
    return Amount(element, written, element.get(attribute), decimal(written))


def decimal(written: str) -> Decimal | None:
    """The xsd:decimal written; None if it is none, or longer than any amount can be."""
    if len(written) > _LONGEST_NUMBER or _NOT_IN_A_NUMBER.search(written):
        return None
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def local_name(tag: str) -> str:
    """The name without its namespace."""
    return tag[tag.rfind("}") + 1 :]


def place_of(element: Element) -> str:
    """Where an element stands: its path with positions where names repeat, and its line."""
    steps: list[str] = []
    step: Element | None = element
    while step is not None:
        parent = step.getparent()
        twins = [step] if parent is None else list(parent.iterchildren(step.tag))
        position = f"[{twins.index(step) + 1}]" if len(twins) > 1 else ""
        steps.append(local_name(step.tag) + position)
        step = parent
    return f"/{'/'.join(reversed(steps))} (line {element.sourceline})"


def adjustment(element: Element) -> Adjustment:
    """An AllowanceCharge: its direction and its amount."""
    own = fields(element)
    indicator = text(own.get(n.CHARGE_INDICATOR))
    return Adjustment(None if indicator is None else indicator in _TRUE, amount(own.get(n.AMOUNT)))


def line_of(element: Element) -> LinePart:
    """The parts of one document line (or of a goods item, which is shaped like one)."""
    own = fields(element)
    inner = own.get(n.LINE_ITEM, element)
    if inner is not element:
        own = fields(inner)
    quantities: dict[str, Amount] = {}
    for tag in reversed(own):
        if tag.endswith("Quantity"):
            stated = amount(own[tag], "unitCode")
            assert stated is not None
            quantities[local_name(tag)] = stated
    adjustments: list[Adjustment] = []
    if n.ALLOWANCE_CHARGE in own:
        adjustments = [adjustment(e) for e in inner.iterchildren(n.ALLOWANCE_CHARGE)]
    price = fields(own.get(n.PRICE))
    item = fields(own.get(n.ITEM))
    return LinePart(
        element,
        local_name(element.tag),
        text(own.get(n.ID)),
        text(item.get(n.NAME)),
        own,
        quantities,
        next((amount(own[tag]) for tag in n.LINE_AMOUNTS if tag in own), None),
        amount(price.get(n.PRICE_AMOUNT)),
        price,
        amount(price.get(n.BASE_QUANTITY), "unitCode"),
        _line_tax(own),
        item,
        adjustments,
        _line_references(own),
    )


def _party(element: Element) -> Party:
    own = fields(element)
    if n.PARTY in own:
        own = fields(own[n.PARTY])
    address = fields(own.get(n.POSTAL_ADDRESS))
    return Party(
        element,
        own,
        address,
        fields(own.get(n.PARTY_TAX_SCHEME)),
        fields(own.get(n.PARTY_LEGAL_ENTITY)),
        leaf(own.get(n.PARTY_NAME), n.NAME),
        leaf(own.get(n.PARTY_IDENTIFICATION), n.ID),
        leaf(address.get(n.COUNTRY), n.IDENTIFICATION_CODE),
    )


def _totals(tree: Tree, element: Element) -> None:
    for child in element:
        stated = amount(child)
        assert stated is not None
        if child.tag in tree.totals:
            tree.repeated.append(child)
        else:
            tree.totals[child.tag] = stated


def _tax_total(tree: Tree, element: Element) -> None:
    total: Amount | None = None
    subtotals = []
    for child in element:
        if child.tag == n.TAX_SUBTOTAL:
            subtotals.append(child)
        elif child.tag == n.TAX_AMOUNT:
            total = amount(child)
    parts = [amount(first(part, n.TAX_AMOUNT)) for part in subtotals]
    tree.tax_totals.append(TaxTotal(element, total, subtotals, parts))


def _line_tax(own: Fields) -> Amount | None:
    if n.TAX_TOTAL in own:
        return amount(first(own[n.TAX_TOTAL], n.TAX_AMOUNT))
    return amount(own.get(n.TOTAL_TAX))


def _line_references(own: Fields) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag, relation, document in _LINE_REFERENCES:
        if tag in own:
            reference = fields(own[tag])
            _note(found, f"{relation}_line", text(reference.get(n.LINE_ID)))
            _note(found, relation, leaf(reference.get(document), n.ID))
    if n.BILLING_REFERENCE in own:
        _note(found, "invoice", _billed(own[n.BILLING_REFERENCE]))
    return found


def _note(found: dict[str, str], key: str, value: str | None) -> None:
    if value:
        found[key] = value


def _billed(reference: Element) -> str | None:
    return leaf(first(reference, n.INVOICE_DOCUMENT), n.ID)


def _refer(tree: Tree, relation: str, number: str | None) -> None:
    if number:
        tree.references.setdefault(relation, []).append(number)


def _by_id(relation: str) -> Callable[[Tree, Element], None]:
    return lambda tree, element: _refer(tree, relation, leaf(element, n.ID))


def _currency(tree: Tree) -> str | None:
    """The document's currency: as declared, else that of what is payable, else of its lines."""
    declared = text(tree.fields.get(n.DOCUMENT_CURRENCY))
    if declared:
        return declared
    amounts = (tree.totals.get(n.PAYABLE), *(line.amount for line in tree.lines))
    return next((a.unit for a in amounts if a is not None and a.unit), None)


_ONCE: Final = frozenset({n.ID, n.ISSUE_DATE, n.DOCUMENT_CURRENCY, n.ACCEPTED_INDICATOR})
_LINE_REFERENCES: Final = (
    (n.ORDER_LINE_REFERENCE, "order", n.ORDER_REFERENCE),
    (n.DESPATCH_LINE_REFERENCE, "despatch", n.DOCUMENT_REFERENCE),
    (n.RECEIPT_LINE_REFERENCE, "receipt", n.DOCUMENT_REFERENCE),
)
_TAKE: Final[dict[str, Callable[[Tree, Element], None]]] = {
    n.TAX_TOTAL: _tax_total,
    n.ALLOWANCE_CHARGE: lambda tree, e: tree.adjustments.append(adjustment(e)),
    n.PAYMENT_MEANS: lambda tree, e: tree.payment_means.append(fields(e)),
    n.ORDER_REFERENCE: _by_id("order"),
    n.DESPATCH_DOCUMENT: _by_id("despatch"),
    n.RECEIPT_DOCUMENT: _by_id("receipt"),
    n.BILLING_REFERENCE: lambda tree, e: _refer(tree, "invoice", _billed(e)),
}
