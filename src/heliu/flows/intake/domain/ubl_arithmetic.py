"""The sums of a UBL document: each says True, False, or None where the document is silent.

Sources: UBL 2.1 section 2.5 (calculation model), CEN BII core invoice rules T10-R010 to R018,
EN 16931-1 rules BR-CO-10 to BR-CO-17. Two customs are both accepted, as both are in the field:
the rounding amount inside the tax inclusive amount (BII) or only in the payable (EN 16931).
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from heliu.flows.intake.domain import ubl_names as n
from heliu.flows.intake.domain.ubl_tree import Fields, LinePart, Tree, amount, text
from heliu.ground.money import exponent

_ZERO: Final = Decimal(0)
_CLAIMED: Final = ("InvoicedQuantity", "CreditedQuantity", "DebitedQuantity", "Quantity")


def stated(tree: Tree, tag: str) -> Decimal | None:
    """A monetary total of the document as a number."""
    total = tree.totals.get(tag)
    return None if total is None else total.value


def equal(one: Decimal, other: Decimal, currency: str | None) -> bool:
    """Whether two amounts differ by less than one minor unit of `currency`."""
    return abs(one - other) < Decimal(1).scaleb(-exponent(currency or ""))


def line_sum(tree: Tree) -> Decimal | None:
    """The sum of the line amounts; None if no line states one."""
    values = [line.amount.value for line in tree.lines if line.amount is not None]
    return _sum(values) if values else None


def tax(tree: Tree) -> Decimal | None:
    """The tax of the document in its own currency (a second tax total may be in another)."""
    totals = [t.amount for t in tree.tax_totals if t.amount is not None]
    return _sum(
        a.value for a in totals if a.unit == tree.currency or a.unit is None or len(totals) == 1
    )


def adjustment(parts: Iterable[Fields], *, charge: bool) -> Decimal | None:
    """The sum of the charges (or allowances) among `parts`; None if there is none."""
    wanted = ("true", "1") if charge else ("false", "0")
    found = [
        amount(part.get(n.AMOUNT))
        for part in parts
        if text(part.get(n.CHARGE_INDICATOR)) in wanted
    ]
    return _sum(a.value for a in found if a is not None)


def lines_agree(tree: Tree) -> bool | None:
    """Whether the line amounts add up to the line extension total (BR-CO-10)."""
    total, lines = stated(tree, n.LINE_EXTENSION), line_sum(tree)
    return None if total is None or lines is None else equal(lines, total, tree.currency)


def subtotals_agree(tree: Tree) -> bool | None:
    """Whether the tax subtotals add up to their tax total (BII T10-R010, BR-CO-14)."""
    verdicts = []
    for total in tree.tax_totals:
        parts = [amount(part.get(n.TAX_AMOUNT)) for part in total.subtotals]
        values = _sum(a.value for a in parts if a is not None)
        if values is not None and total.amount is not None and total.amount.value is not None:
            verdicts.append(equal(values, total.amount.value, total.amount.unit))
    return all(verdicts) if verdicts else None


def gross_agrees(tree: Tree) -> bool | None:
    """Whether net and tax make the tax inclusive amount, or the payable if that is not stated."""
    net, taxes = stated(tree, n.TAX_EXCLUSIVE), tax(tree)
    if net is None or taxes is None:
        return None
    gross = stated(tree, n.TAX_INCLUSIVE)
    if gross is not None:
        return _any_equal(_rounded(tree, net + taxes), gross, tree.currency)
    payable = stated(tree, n.PAYABLE)
    if payable is None:
        return None
    return _any_equal(_rounded(tree, net + taxes - _prepaid(tree)), payable, tree.currency)


def payable_agrees(tree: Tree) -> bool | None:
    """Whether the payable is the tax inclusive amount less what is prepaid (BR-CO-16)."""
    gross, payable = stated(tree, n.TAX_INCLUSIVE), stated(tree, n.PAYABLE)
    if gross is None or payable is None:
        return None
    return _any_equal(_rounded(tree, gross - _prepaid(tree)), payable, tree.currency)


def most_payable(tree: Tree) -> Decimal | None:
    """The most a document can ask by its lines and taxes, where it does not say its gross."""
    net = stated(tree, n.TAX_EXCLUSIVE)
    if net is None:
        net = expected_net(tree)
    if net is None:
        return None
    taxes = tax(tree)
    if taxes is None:
        taxes = sum(filter(None, map(line_tax, tree.lines)), _ZERO)
    return max(_rounded(tree, net + taxes - _prepaid(tree)))


def expected_net(tree: Tree) -> Decimal | None:
    """Lines less allowances plus charges of the document (BII T10-R012, BR-CO-13)."""
    lines = stated(tree, n.LINE_EXTENSION)
    if lines is None:
        lines = line_sum(tree)
    if lines is None:
        return None
    return lines - (allowances(tree) or _ZERO) + (charges(tree) or _ZERO)


def allowances(tree: Tree) -> Decimal | None:
    """The allowances of the document: the stated total, else the sum of those listed."""
    total = stated(tree, n.ALLOWANCE_TOTAL)
    return adjustment(tree.adjustments, charge=False) if total is None else total


def charges(tree: Tree) -> Decimal | None:
    """The charges of the document: the stated total, else the sum of those listed."""
    total = stated(tree, n.CHARGE_TOTAL)
    return adjustment(tree.adjustments, charge=True) if total is None else total


def claimed_quantity(line: LinePart) -> Decimal | None:
    """The quantity the line's amount is for."""
    found = next((line.quantities[name] for name in _CLAIMED if name in line.quantities), None)
    return None if found is None else found.value


def base_quantity(line: LinePart) -> Decimal | None:
    """The quantity the price is for, 1 if not stated, None if it is no number above zero."""
    found = amount(line.price_fields.get(n.BASE_QUANTITY), "unitCode")
    if found is None:
        return Decimal(1)
    return found.value if found.value is not None and found.value > 0 else None


def line_agrees(line: LinePart, currency: str | None) -> bool | None:
    """Whether quantity x price gives the line amount (BII T10-R018, PEPPOL-EN16931-R120).

    Allowances and charges of the line or of the price may already be inside the price or not:
    any reading that makes the line true is accepted, and so is a price stated for the whole
    line (equal to the line amount). False means that no reading does.
    """
    quantity, base = claimed_quantity(line), base_quantity(line)
    price = None if line.price is None else line.price.value
    paid = None if line.amount is None else line.amount.value
    if quantity is None or base is None or price is None or paid is None:
        return None
    if price == abs(paid) or equal(quantity * price / base, paid, currency):
        return True
    return any(equal(value, paid, currency) for value in _line_readings(line, quantity / base))


def line_tax(line: LinePart) -> Decimal | None:
    """The tax of one line as stated."""
    total = amount(_line_tax_fields(line).get(n.TAX_AMOUNT)) or amount(line.fields.get(n.TOTAL_TAX))
    return None if total is None else total.value


def _line_tax_fields(line: LinePart) -> Fields:
    total = line.fields.get(n.TAX_TOTAL)
    return {} if total is None else {child.tag: child for child in total}


def _line_readings(line: LinePart, times: Decimal) -> Iterator[Decimal]:
    assert line.price is not None
    assert line.price.value is not None
    listed = line.price_fields.get(n.ALLOWANCE_CHARGE)
    inside = [] if listed is None else [{child.tag: child for child in listed}]
    factor = amount(line.fields.get(n.ORDERABLE_UNIT_FACTOR))
    factor = factor or amount(line.price_fields.get(n.ORDERABLE_UNIT_FACTOR))
    for unit_price in (line.price.value, line.price.value + _balance(inside)):
        for scale in (Decimal(1), _ZERO if factor is None else factor.value or _ZERO):
            for adjusted in (_ZERO, _balance(line.adjustments)):
                yield times * unit_price * scale + adjusted


def _balance(parts: Iterable[Fields]) -> Decimal:
    parts = tuple(parts)
    charged, allowed = adjustment(parts, charge=True), adjustment(parts, charge=False)
    return (charged or _ZERO) - (allowed or _ZERO)


def _prepaid(tree: Tree) -> Decimal:
    return stated(tree, n.PREPAID) or _ZERO


def _rounded(tree: Tree, value: Decimal) -> tuple[Decimal, ...]:
    rounding = stated(tree, n.PAYABLE_ROUNDING)
    return (value,) if not rounding else (value, value + rounding)


def _any_equal(readings: Iterable[Decimal], value: Decimal, currency: str | None) -> bool:
    return any(equal(reading, value, currency) for reading in readings)


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = list(values)
    return None if not known or None in known else sum(filter(None, known), _ZERO)
