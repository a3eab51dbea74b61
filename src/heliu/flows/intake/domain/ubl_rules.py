"""What must hold in every UBL document, whatever profile it follows.

A document that claims money (invoices, credit and debit notes) must not contradict itself; in
other documents the same sums are not asked. Where a document is silent no sum is made up for it,
with one exception: it may not ask for more than its lines and taxes make.
Rules of a profile (CEN BII, EN 16931) stand in `ubl_profiles`.
"""

from collections.abc import Iterator
from typing import Final

from heliu.flows.intake.domain import ubl_names as n
from heliu.flows.intake.domain.reading import Complaint
from heliu.flows.intake.domain.trade import Kind
from heliu.flows.intake.domain.ubl_arithmetic import (
    Sums,
    base_quantity,
    line_agrees,
    listed,
    most_payable,
)
from heliu.flows.intake.domain.ubl_codes import CURRENCIES, UNIT_FORM
from heliu.flows.intake.domain.ubl_dates import parse_date
from heliu.flows.intake.domain.ubl_faults import fault
from heliu.flows.intake.domain.ubl_names import ROLES, DocumentType
from heliu.flows.intake.domain.ubl_tree import (
    Amount,
    LinePart,
    Party,
    Tree,
    fields,
    local_name,
    text,
)

_INDICATORS: Final = ("true", "false", "1", "0", None)
_COUNTED: Final = (Kind.ORDER, Kind.DESPATCH_ADVICE, Kind.RECEIPT_ADVICE)


def faults(tree: Tree, sums: Sums, form: DocumentType) -> Iterator[Complaint]:
    """Everything wrong with a document of type `form` by the standard itself."""
    yield from _demanded(tree, form)
    yield from _dates(tree, form)
    yield from _numbers(tree)
    yield from _currencies(tree, form)
    if form.bills:
        for who, role in ROLES.items():
            party = tree.parties.get(role)
            if party is not None and not _named(party):
                yield fault("party.name_missing", party.element, who=who)
        for line in tree.lines:
            yield from _billed_line(line, sums)
        yield from _parts(tree, sums)
        yield from _sums(tree, sums)
    elif form.kind in _COUNTED:
        for line in tree.lines:
            yield from _counted_line(line)


def _demanded(tree: Tree, form: DocumentType) -> Iterator[Complaint]:
    for tag in form.demands:
        element = tree.fields.get(tag)
        if element is None or (tag.startswith(n.CBC) and text(element) is None):
            yield fault("field.missing", tree.root, name=local_name(tag))
    for element in tree.repeated:
        yield fault("field.repeated", element, name=local_name(element.tag))
    if form.bills and n.PAYABLE not in tree.totals:
        yield fault("field.missing", tree.root, name="PayableAmount")
    accepted = tree.fields.get(n.ACCEPTED_INDICATOR)
    if accepted is not None and text(accepted) not in _INDICATORS:
        yield fault("indicator.invalid", accepted, name=local_name(accepted.tag))


def _dates(tree: Tree, form: DocumentType) -> Iterator[Complaint]:
    issue = tree.fields.get(n.ISSUE_DATE)
    issued = parse_date(text(issue))
    if issue is not None and issued is None and text(issue):
        yield fault("date.invalid", issue, name="IssueDate", value=text(issue))
    if n.INVOICE_PERIOD in tree.fields:
        period = fields(tree.fields[n.INVOICE_PERIOD])
        start, end = (parse_date(text(period.get(tag))) for tag in (n.START_DATE, n.END_DATE))
        if start and end and end < start:
            yield fault("date.period_reversed", period[n.END_DATE], start=start, end=end)
    if form.kind is not Kind.INVOICE:
        return
    dues = [tree.fields.get(n.DUE_DATE), *(m.get(n.PAYMENT_DUE_DATE) for m in tree.payment_means)]
    for element in dues:
        if element is None:
            continue
        due = parse_date(text(element))
        if due is None:
            name = local_name(element.tag)
            yield fault("date.unreadable", element, name=name, value=text(element))
        elif issued and due < issued:
            yield fault("date.due_before_issue", element, due=due, issued=issued)


def _numbers(tree: Tree) -> Iterator[Complaint]:
    stated: list[Amount | None] = [*tree.totals.values()]
    for total in tree.tax_totals:
        stated += [total.amount, *total.parts]
    stated += [each.amount for each in tree.adjustments]
    for line in tree.lines:
        stated += [line.amount, line.price, line.tax, line.base, *line.quantities.values()]
    for number in stated:
        if number is not None and number.value is None:
            name = local_name(number.element.tag)
            yield fault("number.invalid", number.element, name=name, value=number.text[:40])


def _currencies(tree: Tree, form: DocumentType) -> Iterator[Complaint]:
    currency = tree.currency
    if currency is not None and currency not in CURRENCIES:
        declared = tree.fields.get(n.DOCUMENT_CURRENCY)
        element = tree.root if declared is None else declared
        yield fault("currency.unknown", element, value=currency)
    claimed = [*tree.totals.values(), *(line.amount for line in tree.lines)]
    if n.PRICING_CURRENCY not in tree.fields:
        claimed += [line.price for line in tree.lines]
    seen = {currency}
    for money in claimed:
        if money is None or (money.unit in seen and (money.unit or not form.bills)):
            continue
        seen.add(money.unit)
        if money.unit is None:
            if currency is None:
                yield fault("currency.missing", money.element)
                return
        elif money.unit not in CURRENCIES:
            yield fault("currency.unknown", money.element, value=money.unit)
        elif form.bills:
            yield fault("currency.mixed", money.element, value=money.unit, currency=currency)


def _billed_line(line: LinePart, sums: Sums) -> Iterator[Complaint]:
    number = line.number
    demanded = ((number, "ID"), (line.amount, "LineExtensionAmount"), (line.item, "Item"))
    for part, name in demanded:
        if not part:
            yield fault("field.missing", line.element, name=f"{line.kind}/{name}")
    for quantity in line.quantities.values():
        unit = quantity.unit
        if unit and not UNIT_FORM.fullmatch(unit) and not quantity.element.get("unitCodeListID"):
            yield fault("unit.unknown", quantity.element, value=unit)
    if line.price is not None and base_quantity(line) is None and _worth(line):
        yield fault("line.base_quantity", line.price.element, line=number)
    if line.amount is not None and line_agrees(line, sums) is False:
        yield fault("line.amount_differs", line.amount.element, line=number, value=line.amount.text)


def _worth(line: LinePart) -> bool:
    return any(a is not None and a.value != 0 for a in (line.price, line.amount))


def _counted_line(line: LinePart) -> Iterator[Complaint]:
    for name, quantity in line.quantities.items():
        if quantity.value is not None and quantity.value < 0:
            facts = {"line": line.number, "name": name, "value": quantity.text}
            yield fault("line.quantity_negative", quantity.element, **facts)


def _named(party: Party) -> bool:
    if party.name or party.identification:
        return True
    leaves = (*party.tax.values(), *party.legal.values(), party.fields.get(n.ENDPOINT_ID))
    return any(map(text, leaves))


def _parts(tree: Tree, sums: Sums) -> Iterator[Complaint]:
    """The parts of each total: lines, allowances, charges, tax subtotals, and the net of them."""
    if sums.lines_agree is False:
        total = tree.totals[n.LINE_EXTENSION]
        yield fault("total.lines_differ", total.element, value=total.text, sum=sums.lines)
    if tree.adjustments:
        yield from _adjustments(tree, sums)
    if sums.subtotals_agree is False:
        total = next(t.amount for t in tree.tax_totals if t.amount is not None and t.subtotals)
        yield fault("tax.subtotals_differ", total.element, value=total.text)
    net, expected = sums.net, sums.expected_net
    if net is None or expected is None or sums.equal(net, expected):
        return
    # A deduction that is not itemised lowers the claim and is let pass; an addition is not.
    if net > expected or sums.allowances or sums.charges:
        total = tree.totals[n.TAX_EXCLUSIVE]
        yield fault("total.net_differs", total.element, value=total.text, sum=expected)


def _adjustments(tree: Tree, sums: Sums) -> Iterator[Complaint]:
    for charge, tag, code in (
        (False, n.ALLOWANCE_TOTAL, "total.allowances_differ"),
        (True, n.CHARGE_TOTAL, "total.charges_differ"),
    ):
        stated = tree.totals.get(tag)
        parts = listed(tree.adjustments, charge=charge)
        if stated is None or stated.value is None or parts is None:
            continue
        if not sums.equal(stated.value, parts):
            yield fault(code, stated.element, value=stated.text, sum=parts)


def _sums(tree: Tree, sums: Sums) -> Iterator[Complaint]:
    payable = tree.totals.get(n.PAYABLE)
    if sums.gross is not None:
        gross = tree.totals[n.TAX_INCLUSIVE]
        if sums.gross_agrees is False:
            yield fault("total.gross_differs", gross.element, value=gross.text)
        if payable is not None and sums.payable_agrees is False:
            yield fault("total.payable_differs", payable.element, value=payable.text)
    elif payable is not None and payable.value is not None:
        if sums.gross_agrees is False:
            yield fault("total.payable_differs", payable.element, value=payable.text)
        elif sums.gross_agrees is None:
            most = most_payable(tree, sums)
            if most is not None and payable.value - most >= sums.unit:
                yield fault("total.payable_exceeds", payable.element, value=payable.text, sum=most)
