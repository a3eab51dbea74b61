"""One pass over a UBL document: its parts by name, numbers parsed once, nothing judged.

The facts, the canonical document and the rules are made from what is gathered here, so the tree
is walked once. Elements are kept for the sake of places; a place is made only for a complaint.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from lxml import etree

from heliu.flows.intake.domain import ubl_names as n

Element = etree._Element  # noqa: SLF001 - lxml has no public name for its element type
Fields = dict[str, Element]
# xsd:decimal, bounded: a longer number than this is no amount of anything.
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]{1,24}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")


class Amount(NamedTuple):
    """A number with its currency or unit as written; `value` is None if it is no number."""

    element: Element
    text: str
    unit: str | None
    value: Decimal | None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """A tax total and its subtotals (their own fields)."""

    element: Element
    amount: Amount | None
    subtotals: tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class LinePart:
    """A document line, or the LineItem inside it, which says the same of orders and quotations."""

    element: Element
    kind: str
    fields: Fields
    quantities: dict[str, Amount]
    amount: Amount | None
    price: Amount | None
    price_fields: Fields
    item: Fields
    adjustments: tuple[Fields, ...]
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
    adjustments: list[Fields] = field(default_factory=list)
    lines: list[LinePart] = field(default_factory=list)
    payment_means: list[Fields] = field(default_factory=list)
    references: dict[str, list[str]] = field(default_factory=dict)
    currency: str | None = None


def take_apart(root: Element) -> Tree:
    """Gather the parts of the document under `root` (a UBL root)."""
    tree = Tree(root, local_name(root.tag))
    for child in root:
        tag = child.tag
        take = _TAKE.get(tag)
        if take is not None:
            take(tree, child)
        elif tag.endswith("Party"):
            tree.parties.setdefault(local_name(tag), _party(child))
        elif tag.endswith("Line") and tag.startswith(n.CAC):
            tree.lines.append(line_of(child))
        elif tag.endswith("MonetaryTotal"):
            _totals(tree, child)
        elif tag in _ONCE and tag in tree.fields:
            tree.repeated.append(child)
        tree.fields.setdefault(tag, child)
    tree.currency = _currency(tree)
    return tree


def fields(element: Element | None) -> Fields:
    """The first child of each name."""
    return {} if element is None else {child.tag: child for child in element[::-1]}


def leaf(parent: Element | None, tag: str) -> str | None:
    """The text of the first child of that name."""
    if parent is not None:
        for child in parent:
            if child.tag == tag:
                return text(child)
    return None


def text(element: Element | None) -> str | None:
    """The text of a leaf without surrounding blanks; None if missing or empty."""
    return None if element is None else (element.text or "").strip() or None


def amount(element: Element | None, attribute: str = "currencyID") -> Amount | None:
    """A number with its unit; None if the element is missing."""
    if element is None:
        return None
    written = (element.text or "").strip()
    value = Decimal(written) if _DECIMAL.fullmatch(written) else None
    return Amount(element, written, element.get(attribute), value)


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
        steps.append(local_name(str(step.tag)) + position)
        step = parent
    return f"/{'/'.join(reversed(steps))} (line {element.sourceline})"


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
    if tree.totals:
        tree.repeated.append(element)
        return
    for child in element:
        stated = amount(child)
        if child.tag in tree.totals:
            tree.repeated.append(child)
        elif stated is not None:
            tree.totals[child.tag] = stated


def _tax_total(tree: Tree, element: Element) -> None:
    own, subtotals = {}, []
    for child in element:
        if child.tag == n.TAX_SUBTOTAL:
            subtotals.append(fields(child))
        else:
            own[child.tag] = child
    tree.tax_totals.append(TaxTotal(element, amount(own.get(n.TAX_AMOUNT)), tuple(subtotals)))


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
    adjustments: tuple[Fields, ...] = ()
    if n.ALLOWANCE_CHARGE in own:
        adjustments = tuple(fields(e) for e in inner.iterchildren(n.ALLOWANCE_CHARGE))
    price_fields = fields(own.get(n.PRICE))
    paid = next((own[tag] for tag in n.LINE_AMOUNTS if tag in own), None)
    return LinePart(
        element,
        local_name(element.tag),
        own,
        quantities,
        amount(paid),
        amount(price_fields.get(n.PRICE_AMOUNT)),
        price_fields,
        fields(own.get(n.ITEM)),
        adjustments,
        _line_references(own),
    )


def _line_references(own: Fields) -> dict[str, str]:
    found: dict[str, str | None] = {}
    for tag, relation, document in _LINE_REFERENCES:
        if tag in own:
            reference = fields(own[tag])
            found[f"{relation}_line"] = text(reference.get(n.LINE_ID))
            found[relation] = leaf(reference.get(document), n.ID)
    if n.BILLING_REFERENCE in own:
        found["invoice"] = _billed(own[n.BILLING_REFERENCE])
    return {key: value for key, value in found.items() if value}


def _billed(reference: Element) -> str | None:
    return leaf(fields(reference).get(n.INVOICE_DOCUMENT), n.ID)


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
    n.ALLOWANCE_CHARGE: lambda tree, e: tree.adjustments.append(fields(e)),
    n.PAYMENT_MEANS: lambda tree, e: tree.payment_means.append(fields(e)),
    n.ORDER_REFERENCE: _by_id("order"),
    n.DESPATCH_DOCUMENT: _by_id("despatch"),
    n.RECEIPT_DOCUMENT: _by_id("receipt"),
    n.BILLING_REFERENCE: lambda tree, e: _refer(tree, "invoice", _billed(e)),
}
