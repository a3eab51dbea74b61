"""What must hold in every UBL document, whatever profile it follows.

A document that claims money (invoices, credit and debit notes) must not contradict itself; in
other documents the same sums are not asked. Where a document is silent no sum is made up for it,
with one exception: it may not ask for more than its lines and taxes make.
Rules of a profile (CEN BII, EN 16931) stand in `ubl_profiles`.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from heliu.flows.intake.domain import ubl_arithmetic as sums
from heliu.flows.intake.domain import ubl_names as n
from heliu.flows.intake.domain.reading import Complaint
from heliu.flows.intake.domain.trade import Kind
from heliu.flows.intake.domain.ubl_codes import CURRENCIES, UNIT_FORM
from heliu.flows.intake.domain.ubl_dates import parse_date
from heliu.flows.intake.domain.ubl_faults import fault
from heliu.flows.intake.domain.ubl_names import ROLES, DocumentType
from heliu.flows.intake.domain.ubl_tree import (
    Amount,
    Element,
    LinePart,
    Party,
    Tree,
    fields,
    local_name,
    text,
)

_INDICATORS: Final = {"true", "false", "1", "0"}
_GOODS: Final = (Kind.DESPATCH_ADVICE, Kind.RECEIPT_ADVICE)


def faults(tree: Tree, form: DocumentType) -> Iterator[Complaint]:
    """Everything wrong with a document of type `form` by the standard itself."""
    yield from _demanded(tree, form)
    yield from _dates(tree, form)
    yield from _numbers(tree)
    yield from _currencies(tree, form)
    for line in tree.lines:
        yield from _line(line, tree, form)
    if form.bills:
        yield from _parties(tree)
        yield from _lists(tree)
        yield from _sums(tree)


def _demanded(tree: Tree, form: DocumentType) -> Iterator[Complaint]:
    present = {tag for tag in form.demands if tag in tree.fields}
    for tag in form.demands:
        empty = tag.startswith(n.CBC) and text(tree.fields.get(tag)) is None
        if tag not in present or empty:
            yield fault("field.missing", tree.root, name=local_name(tag))
    for element in tree.repeated:
        yield fault("field.repeated", element, name=local_name(element.tag))
    accepted = tree.fields.get(n.ACCEPTED_INDICATOR)
    if accepted is not None and text(accepted) not in (*_INDICATORS, None):
        yield fault("indicator.invalid", accepted, name=local_name(accepted.tag))
    if form.bills and n.PAYABLE not in tree.totals:
        yield fault("field.missing", tree.root, name="PayableAmount")


def _dates(tree: Tree, form: DocumentType) -> Iterator[Complaint]:
    issue = tree.fields.get(n.ISSUE_DATE)
    issued = parse_date(text(issue))
    if issue is not None and issued is None and text(issue):
        yield fault("date.invalid", issue, name="IssueDate", value=text(issue))
    period = fields(tree.fields.get(n.INVOICE_PERIOD))
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
    stated: list[Amount | None] = [*tree.totals.values(), *(t.amount for t in tree.tax_totals)]
    for line in tree.lines:
        stated += [line.amount, line.price, *line.quantities.values()]
    for number in stated:
        if number is not None and number.value is None:
            name = local_name(number.element.tag)
            yield fault("number.invalid", number.element, name=name, value=number.text[:40])


def _currencies(tree: Tree, form: DocumentType) -> Iterator[Complaint]:
    declared = tree.fields.get(n.DOCUMENT_CURRENCY)
    if declared is not None and text(declared) not in CURRENCIES:
        yield fault("currency.unknown", declared, value=text(declared))
    claimed = [a for a in _claimed(tree) if a is not None]
    seen: set[str | None] = {tree.currency}
    for money in claimed:
        if money.unit in seen and money.unit is not None:
            continue
        seen.add(money.unit)
        if money.unit is None:
            if form.bills and tree.currency is None:
                yield fault("currency.missing", money.element)
        elif money.unit not in CURRENCIES:
            yield fault("currency.unknown", money.element, value=money.unit)
        elif form.bills:
            currency = tree.currency
            yield fault("currency.mixed", money.element, value=money.unit, currency=currency)
    if tree.currency and declared is None and tree.currency not in CURRENCIES:
        yield fault("currency.unknown", _first_in(claimed, tree), value=tree.currency)


def _claimed(tree: Tree) -> Iterator[Amount | None]:
    yield from tree.totals.values()
    yield from (line.amount for line in tree.lines)
    if n.PRICING_CURRENCY not in tree.fields:
        yield from (line.price for line in tree.lines)


def _first_in(amounts: list[Amount], tree: Tree) -> Element:
    return next((a.element for a in amounts if a.unit == tree.currency), tree.root)


def _line(line: LinePart, tree: Tree, form: DocumentType) -> Iterator[Complaint]:
    number = text(line.fields.get(n.ID))
    if form.bills:
        if number is None:
            yield fault("field.missing", line.element, name=f"{line.kind}/ID")
        if line.amount is None:
            yield fault("field.missing", line.element, name=f"{line.kind}/LineExtensionAmount")
        if n.ITEM not in line.fields:
            yield fault("field.missing", line.element, name=f"{line.kind}/Item")
    elif form.kind in (*_GOODS, Kind.ORDER):
        for name, quantity in line.quantities.items():
            if quantity.value is not None and quantity.value < 0:
                facts = {"line": number, "name": name, "value": quantity.text}
                yield fault("line.quantity_negative", quantity.element, **facts)
    if line.price is not None and sums.base_quantity(line) is None and _worth(line):
        yield fault("line.base_quantity", line.price.element, line=number)
    if form.bills and sums.line_agrees(line, tree.currency) is False:
        assert line.amount is not None
        yield fault("line.amount_differs", line.amount.element, line=number, value=line.amount.text)


def _worth(line: LinePart) -> bool:
    return any(a is not None and a.value != 0 for a in (line.price, line.amount))


def _parties(tree: Tree) -> Iterator[Complaint]:
    for who, role in ROLES.items():
        party = tree.parties.get(role)
        if party is not None and not _named(party):
            yield fault("party.name_missing", party.element, who=who)


def _named(party: Party) -> bool:
    leaves = (*party.tax.values(), *party.legal.values(), party.fields.get(n.ENDPOINT_ID))
    return any((party.name, party.identification, *map(text, leaves)))


def _lists(tree: Tree) -> Iterator[Complaint]:
    for line in tree.lines:
        for quantity in line.quantities.values():
            listed = quantity.element.get("unitCodeListID") is None
            if quantity.unit and listed and not UNIT_FORM.fullmatch(quantity.unit):
                yield fault("unit.unknown", quantity.element, value=quantity.unit)


def _sums(tree: Tree) -> Iterator[Complaint]:
    yield from _totals_of_parts(tree)
    if sums.subtotals_agree(tree) is False:
        total = tree.tax_totals[0]
        written = total.amount.text if total.amount else None
        yield fault("tax.subtotals_differ", total.element, value=written)
    if n.TAX_INCLUSIVE in tree.totals:
        gross = tree.totals[n.TAX_INCLUSIVE]
        if sums.gross_agrees(tree) is False:
            yield fault("total.gross_differs", gross.element, value=gross.text)
        if sums.payable_agrees(tree) is False:
            payable = tree.totals[n.PAYABLE]
            yield fault("total.payable_differs", payable.element, value=payable.text)
    elif n.PAYABLE in tree.totals:
        yield from _payable_without_gross(tree, tree.totals[n.PAYABLE])


def _payable_without_gross(tree: Tree, payable: Amount) -> Iterator[Complaint]:
    if sums.gross_agrees(tree) is False:
        yield fault("total.payable_differs", payable.element, value=payable.text)
        return
    most = sums.most_payable(tree)
    if most is None or payable.value is None or payable.value <= most:
        return
    if not sums.equal(payable.value, most, tree.currency):
        yield fault("total.payable_exceeds", payable.element, value=payable.text, sum=most)


def _totals_of_parts(tree: Tree) -> Iterator[Complaint]:
    if sums.lines_agree(tree) is False:
        total = tree.totals[n.LINE_EXTENSION]
        facts = {"value": total.text, "sum": sums.line_sum(tree)}
        yield fault("total.lines_differ", total.element, **facts)
    for charge, tag, code in (
        (False, n.ALLOWANCE_TOTAL, "total.allowances_differ"),
        (True, n.CHARGE_TOTAL, "total.charges_differ"),
    ):
        total_stated = sums.stated(tree, tag)
        listed = sums.adjustment(tree.adjustments, charge=charge)
        if total_stated is None or listed is None:
            continue
        if not sums.equal(total_stated, listed, tree.currency):
            total = tree.totals[tag]
            yield fault(code, total.element, value=total.text, sum=listed)
    yield from _net(tree)


def _net(tree: Tree) -> Iterator[Complaint]:
    net, expected = sums.stated(tree, n.TAX_EXCLUSIVE), sums.expected_net(tree)
    if net is None or expected is None or sums.equal(net, expected, tree.currency):
        return
    # A deduction that is not itemised lowers the claim and is let pass; an addition is not.
    itemised = (sums.allowances(tree) or Decimal(0)) != 0 or (sums.charges(tree) or 0) != 0
    if itemised or net > expected:
        total = tree.totals[n.TAX_EXCLUSIVE]
        yield fault("total.net_differs", total.element, value=total.text, sum=expected)
