"""The sums of a UBL document: each says True, False, or None where the document is silent.

Sources: UBL 2.1 section 2.5 (calculation model), CEN BII core invoice rules T10-R010 to R018,
EN 16931-1 rules BR-CO-10 to BR-CO-17. Two customs are both accepted, as both are in the field:
the rounding amount inside the tax inclusive amount (BII) or only in the payable (EN 16931).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from heliu.flows.intake.domain import ubl_names as n
from heliu.flows.intake.domain.ubl_tree import (
    Adjustment,
    Amount,
    LinePart,
    Tree,
    adjustment,
    amount,
)
from heliu.ground.money import exponent

_ZERO, _ONE = Decimal(0), Decimal(1)
_CLAIMED: Final = ("InvoicedQuantity", "CreditedQuantity", "DebitedQuantity", "Quantity")


@dataclass(slots=True)
class Sums:
    """The numbers of a document and what they make. Amounts in the document's currency.

    `net` to `payable` are as stated. `allowances` and `charges` are the stated totals, else the
    sums of those listed. `tax` is that in the document's own currency. `expected_net` is lines
    less allowances plus charges (T10-R012). The last four are verdicts: lines against their
    total (BR-CO-10), subtotals against tax totals (BR-CO-14), net and tax against the gross, or
    the payable where no gross is stated (BR-CO-15), gross against the payable (BR-CO-16).
    """

    unit: Decimal
    lines: Decimal | None
    line_total: Decimal | None
    net: Decimal | None
    gross: Decimal | None
    payable: Decimal | None
    prepaid: Decimal
    rounding: Decimal
    allowances: Decimal | None
    charges: Decimal | None
    tax: Decimal | None
    expected_net: Decimal | None = None
    lines_agree: bool | None = None
    subtotals_agree: bool | None = None
    gross_agrees: bool | None = None
    payable_agrees: bool | None = None

    def equal(self, one: Decimal, other: Decimal) -> bool:
        """Whether two amounts differ by less than one minor unit."""
        return abs(one - other) < self.unit

    def payments(self, amount: Decimal) -> tuple[Decimal, ...]:
        """What may be payable of `amount`, with and without the rounding."""
        left = amount - self.prepaid
        return (left, left + self.rounding) if self.rounding else (left,)


def sums_of(tree: Tree) -> Sums:
    """The sums of a document. What is no number counts as not stated."""
    totals = {tag: total.value for tag, total in tree.totals.items()}
    sums = Sums(
        _ONE.scaleb(-exponent(tree.currency or "")),
        _total(line.amount for line in tree.lines),
        totals.get(n.LINE_EXTENSION),
        totals.get(n.TAX_EXCLUSIVE),
        totals.get(n.TAX_INCLUSIVE),
        totals.get(n.PAYABLE),
        totals.get(n.PREPAID) or _ZERO,
        totals.get(n.PAYABLE_ROUNDING) or _ZERO,
        totals.get(n.ALLOWANCE_TOTAL),
        totals.get(n.CHARGE_TOTAL),
        _tax(tree),
    )
    if tree.adjustments:
        if sums.allowances is None:
            sums.allowances = listed(tree.adjustments, charge=False)
        if sums.charges is None:
            sums.charges = listed(tree.adjustments, charge=True)
    lines = sums.lines if sums.line_total is None else sums.line_total
    if lines is not None:
        sums.expected_net = lines - (sums.allowances or _ZERO) + (sums.charges or _ZERO)
    _judge(sums, tree)
    return sums


def listed(adjustments: Iterable[Adjustment], *, charge: bool) -> Decimal | None:
    """The sum of the charges (or allowances) listed; None if there is none."""
    return _total(each.amount for each in adjustments if each.charge is charge)


def most_payable(tree: Tree, sums: Sums) -> Decimal | None:
    """The most a document can ask by its lines and taxes, where it does not say its gross."""
    net = sums.expected_net if sums.net is None else sums.net
    if net is None:
        return None
    taxes = sums.tax
    if taxes is None:
        taxes = sum((line.tax.value or _ZERO for line in tree.lines if line.tax), _ZERO)
    return max(sums.payments(net + taxes))


def claimed_quantity(line: LinePart) -> Decimal | None:
    """The quantity the line's amount is for."""
    for name in _CLAIMED:
        if name in line.quantities:
            return line.quantities[name].value
    return None


def base_quantity(line: LinePart) -> Decimal | None:
    """The quantity the price is for, 1 if not stated, None if it is no number above zero."""
    if line.base is None:
        return _ONE
    return line.base.value if line.base.value is not None and line.base.value > 0 else None


def line_agrees(line: LinePart, sums: Sums) -> bool | None:
    """Whether quantity x price gives the line amount (BII T10-R018, PEPPOL-EN16931-R120).

    Allowances and charges of the line or of the price may already be inside the price or not:
    any reading that makes the line true is accepted, and so is a price stated for the whole
    line (equal to the line amount). False means that no reading does.
    """
    if line.price is None or line.amount is None:
        return None
    price, paid = line.price.value, line.amount.value
    quantity, base = claimed_quantity(line), base_quantity(line)
    if quantity is None or base is None or price is None or paid is None:
        return None
    times = quantity / base
    if price == abs(paid) or sums.equal(times * price, paid):
        return True
    return any(sums.equal(value, paid) for value in _line_readings(line, price, times))


def _line_readings(line: LinePart, price: Decimal, times: Decimal) -> Iterator[Decimal]:
    inside = line.price_fields.get(n.ALLOWANCE_CHARGE)
    within_price = [] if inside is None else [adjustment(inside)]
    factor = amount(line.fields.get(n.ORDERABLE_UNIT_FACTOR))
    factor = factor or amount(line.price_fields.get(n.ORDERABLE_UNIT_FACTOR))
    scales = (_ONE,) if factor is None or factor.value is None else (_ONE, factor.value)
    for unit_price in (price, price + _balance(within_price)):
        for scale in scales:
            for adjusted in (_ZERO, _balance(line.adjustments)):
                yield times * unit_price * scale + adjusted


def _judge(sums: Sums, tree: Tree) -> None:
    if sums.line_total is not None and sums.lines is not None:
        sums.lines_agree = sums.equal(sums.lines, sums.line_total)
    for total in tree.tax_totals:
        parts = _total(total.parts)
        if parts is not None and total.amount is not None and total.amount.value is not None:
            agree = sums.equal(parts, total.amount.value)
            sums.subtotals_agree = agree and sums.subtotals_agree is not False
    if sums.net is not None and sums.tax is not None:
        taxed = sums.net + sums.tax
        if sums.gross is not None:
            readings = (taxed, taxed + sums.rounding)
            sums.gross_agrees = any(sums.equal(reading, sums.gross) for reading in readings)
        elif sums.payable is not None:
            payable = sums.payable
            sums.gross_agrees = any(sums.equal(p, payable) for p in sums.payments(taxed))
    if sums.gross is not None and sums.payable is not None:
        payable = sums.payable
        sums.payable_agrees = any(sums.equal(p, payable) for p in sums.payments(sums.gross))


def _tax(tree: Tree) -> Decimal | None:
    """A second tax total may be in another currency, for the tax office; it is not added."""
    totals = [t.amount for t in tree.tax_totals if t.amount is not None]
    if len(totals) > 1:
        totals = [a for a in totals if a.unit == tree.currency or a.unit is None]
    return _total(totals)


def _balance(adjustments: Iterable[Adjustment]) -> Decimal:
    adjustments = tuple(adjustments)
    charged, allowed = listed(adjustments, charge=True), listed(adjustments, charge=False)
    return (charged or _ZERO) - (allowed or _ZERO)


def _total(amounts: Iterable[Amount | None]) -> Decimal | None:
    """The sum of the amounts there are; None if there is none, or one is no number."""
    total: Decimal | None = None
    for stated in amounts:
        if stated is not None:
            if stated.value is None:
                return None
            total = stated.value if total is None else total + stated.value
    return total
