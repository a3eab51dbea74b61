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
    facts = _header(tree)
    facts |= {key: _money(tree.totals[tag]) for key, tag in _TOTALS if tag in tree.totals}
    taxes = [_money(t.amount) for t in tree.tax_totals if t.amount is not None]
    if taxes:
        facts["tax_totals"] = taxes
    facts["line_count"] = len(tree.lines)
    if tree.lines:
        facts["lines"] = [_line(line) for line in tree.lines]
    facts["signed"] = next(tree.root.iter(n.DS_SIGNATURE), None) is not None
    checks = {key: held for key, held in _checks(sums) if held is not None}
    if checks:
        facts["checks"] = checks
    return facts


def _header(tree: Tree) -> Facts:
    name, tag = tree.name, tree.root.tag
    facts: Facts = {"type": name, "root": name, "namespace": tag[1 : tag.index("}")]}
    for key, leaf in _LEAVES:
        written = text(tree.fields.get(leaf))
        if written is not None:
            facts[key] = written
    if tree.currency is not None:
        facts["currency"] = tree.currency
    if tree.parties:
        facts["parties"] = {role: _party(party) for role, party in tree.parties.items()}
    if tree.references:
        facts["references"] = tree.references
    return facts


def _checks(sums: Sums) -> tuple[tuple[str, bool | None], ...]:
    return (
        ("line_amounts_equal_line_total", sums.lines_agree),
        ("net_plus_tax_equals_gross", sums.gross_agrees),
        ("tax_subtotals_equal_tax_total", sums.subtotals_agree),
    )


def _party(party: Party) -> dict[str, Any]:
    said = {
        "name": party.name,
        "registration_name": party.registered,
        "tax_id": text(party.tax.get(n.COMPANY_ID)),
        "legal_id": text(party.legal.get(n.COMPANY_ID)),
        "party_id": party.identification,
        "endpoint": text(party.fields.get(n.ENDPOINT_ID)),
        "country": party.country,
    }
    return {key: value for key, value in said.items() if value is not None}


def _line(line: LinePart) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": line.kind}
    if line.number is not None:
        said["id"] = line.number
    if line.quantities:
        said["quantities"] = {name: _quantity(q) for name, q in line.quantities.items()}
    if line.amount is not None:
        said["amount"] = _money(line.amount)
    if line.price is not None:
        said["unit_price"] = _money(line.price)
    if line.name is not None:
        said["item"] = line.name
    if line.references:
        said["references"] = line.references
    return said


def _money(stated: Amount) -> dict[str, str]:
    if stated.unit is None:
        return {"value": stated.text}
    return {"value": stated.text, "currency": stated.unit}


def _quantity(stated: Amount) -> dict[str, str]:
    if stated.unit is None:
        return {"value": stated.text}
    return {"value": stated.text, "unit": stated.unit}
