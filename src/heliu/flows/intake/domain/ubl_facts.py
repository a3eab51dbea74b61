"""What a UBL document says, JSON-ready and as written: the `facts` of its reading.

A key is left out where the document is silent. Amounts are {"value", "currency"}, quantities
{"value", "unit"}. `checks` tell which of the document's own sums hold.
"""

from typing import Any, Final

from heliu.flows.intake.domain import ubl_names as n
from heliu.flows.intake.domain.reading import Facts
from heliu.flows.intake.domain.ubl_arithmetic import Sums
from heliu.flows.intake.domain.ubl_tree import Amount, LinePart, Party, Tree, text

_LEAVES: Final = (
    ("ubl_version", n.UBL_VERSION),
    ("id", n.ID),
    ("uuid", n.UUID),
    ("issue_date", n.ISSUE_DATE),
    ("document_currency", n.DOCUMENT_CURRENCY),
)
_TOTALS: Final = (
    ("payable", n.PAYABLE),
    ("line_extension_total", n.LINE_EXTENSION),
    ("tax_exclusive", n.TAX_EXCLUSIVE),
    ("rounding", n.PAYABLE_ROUNDING),
    ("allowances", n.ALLOWANCE_TOTAL),
    ("charges", n.CHARGE_TOTAL),
    ("prepaid", n.PREPAID),
    ("tax_inclusive", n.TAX_INCLUSIVE),
)


def facts_of(tree: Tree, sums: Sums) -> Facts:
    """The facts of a document, keys in a fixed order."""
    name, tag = tree.name, tree.root.tag
    facts: Facts = {"type": name, "root": name, "namespace": tag[1 : tag.index("}")]}
    for key, tag in _LEAVES:
        if tag in tree.fields:
            facts[key] = text(tree.fields[tag])
    facts["currency"] = tree.currency
    facts["parties"] = {role: _party(party) for role, party in tree.parties.items()}
    facts["references"] = tree.references
    for key, tag in _TOTALS:
        if tag in tree.totals:
            facts[key] = _money(tree.totals[tag])
    facts["tax_totals"] = [_money(t.amount) for t in tree.tax_totals if t.amount is not None]
    facts["line_count"] = len(tree.lines)
    facts["lines"] = [_line(line) for line in tree.lines]
    facts["signed"] = next(tree.root.iter(n.DS_SIGNATURE), None) is not None
    facts["checks"] = _said(
        {
            "line_amounts_equal_line_total": sums.lines_agree,
            "net_plus_tax_equals_gross": sums.gross_agrees,
            "tax_subtotals_equal_tax_total": sums.subtotals_agree,
        }
    )
    return {key: value for key, value in facts.items() if value or value in (0, False)}


def _party(party: Party) -> dict[str, Any]:
    return _said(
        {
            "name": party.name,
            "registration_name": party.registered,
            "tax_id": text(party.tax.get(n.COMPANY_ID)),
            "legal_id": text(party.legal.get(n.COMPANY_ID)),
            "party_id": party.identification,
            "endpoint": text(party.fields.get(n.ENDPOINT_ID)),
            "country": party.country,
        }
    )


def _line(line: LinePart) -> dict[str, Any]:
    quantities = {name: _quantity(stated) for name, stated in line.quantities.items()}
    return _said(
        {
            "kind": line.kind,
            "id": text(line.fields.get(n.ID)),
            "quantities": quantities or None,
            "amount": None if line.amount is None else _money(line.amount),
            "unit_price": None if line.price is None else _money(line.price),
            "item": text(line.item.get(n.NAME)),
            "references": line.references or None,
        }
    )


def _money(stated: Amount) -> dict[str, str]:
    if stated.unit is None:
        return {"value": stated.text}
    return {"value": stated.text, "currency": stated.unit}


def _quantity(stated: Amount) -> dict[str, str]:
    if stated.unit is None:
        return {"value": stated.text}
    return {"value": stated.text, "unit": stated.unit}


def _said(pairs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pairs.items() if value is not None}
