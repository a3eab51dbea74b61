"""What a UBL document says, JSON-ready and as written: the `facts` of its reading.

A key is left out where the document is silent. Amounts are {"value", "currency"}, quantities
{"value", "unit"}. `checks` tell which of the document's own sums hold.
"""

from typing import Any, Final

from lxml import etree

from heliu.flows.intake.domain import ubl_arithmetic as sums
from heliu.flows.intake.domain import ubl_names as n
from heliu.flows.intake.domain.reading import Facts
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


def facts_of(tree: Tree) -> Facts:
    """The facts of a document, keys in a fixed order."""
    root = tree.root
    facts: Facts = {
        "type": tree.name,
        "root": tree.name,
        "namespace": etree.QName(root).namespace,
    }
    facts |= {key: text(tree.fields.get(tag)) for key, tag in _LEAVES}
    facts["currency"] = tree.currency
    facts["parties"] = {role: _party(party) for role, party in tree.parties.items()}
    facts["references"] = dict(tree.references)
    facts |= {key: _money(tree.totals[tag]) for key, tag in _TOTALS if tag in tree.totals}
    facts["tax_totals"] = [_money(t.amount) for t in tree.tax_totals if t.amount is not None]
    facts["line_count"] = len(tree.lines)
    facts["lines"] = [_line(line) for line in tree.lines]
    facts["signed"] = next(root.iter(n.DS_SIGNATURE), None) is not None
    facts["checks"] = _said(
        {
            "line_amounts_equal_line_total": sums.lines_agree(tree),
            "net_plus_tax_equals_gross": sums.gross_agrees(tree),
            "tax_subtotals_equal_tax_total": sums.subtotals_agree(tree),
        }
    )
    return {key: value for key, value in facts.items() if value not in (None, {}, [])}


def _party(party: Party) -> dict[str, str]:
    registered = text(party.legal.get(n.REGISTRATION_NAME))
    return _said(
        {
            "name": party.name,
            "registration_name": registered or text(party.tax.get(n.REGISTRATION_NAME)),
            "tax_id": text(party.tax.get(n.COMPANY_ID)),
            "legal_id": text(party.legal.get(n.COMPANY_ID)),
            "party_id": party.identification,
            "endpoint": text(party.fields.get(n.ENDPOINT_ID)),
            "country": party.country,
        }
    )


def _line(line: LinePart) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": line.kind, "id": text(line.fields.get(n.ID))}
    if line.quantities:
        said["quantities"] = {
            name: _said({"value": q.text, "unit": q.unit}) for name, q in line.quantities.items()
        }
    said["amount"] = None if line.amount is None else _money(line.amount)
    said["unit_price"] = None if line.price is None else _money(line.price)
    said["item"] = text(line.item.get(n.NAME))
    said["references"] = line.references or None
    return _said(said)


def _money(amount: Amount) -> dict[str, Any]:
    return _said({"value": amount.text, "currency": amount.unit})


def _said(pairs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pairs.items() if value is not None}


