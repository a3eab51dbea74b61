"""Every finding with the trade that brings it about, and what stays eligible of CNY 1,130.00."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from tests.flows.verification.trades import (
    BUYER,
    INVOICED,
    OPTIONAL,
    OTHER,
    REQUIRED,
    SELLER,
    TERMS,
    TODAY,
    D,
    approval,
    credit_note,
    despatch,
    event,
    goods,
    invoice,
    line,
    order,
    party,
    receipt,
    remittance,
    response,
    terms,
    totals,
    trade,
    warning,
)

from heliu.flows.intake.api import Kind, PartyRef, Totals
from heliu.flows.verification.api import (
    CATALOG,
    FindingSeverity,
    LineKey,
    TradeCase,
    VerificationTerms,
    verify,
)
from heliu.flows.verification.domain.catalog import Rule
from heliu.flows.verification.domain.verify import conclude
from heliu.ground.money import Money


class Told(NamedTuple):
    """A trade, the finding it must tell, and what is eligible then."""

    code: str
    case: TradeCase
    eligible: str
    terms: VerificationTerms = TERMS


TOMORROW, YESTERDAY, LATE = TODAY + timedelta(1), TODAY - timedelta(1), INVOICED + timedelta(4)
UNPROVEN = terms(OPTIONAL, OPTIONAL, OPTIONAL)
STRICT = terms(quantity_under=D("0.05"))
UNTAXED = line(tax=None, tax_rate=None)
PALLET = {"buyer": "B-2", "name": "托盘"}
SECOND = line(40, id="2", place="/line/2", item_keys=PALLET, order_line="2")
NO_LINES = invoice(lines=(), totals=totals([line()]))
HOT = event(alarms=("Temperature HIGH",))
NAMELESS = line(item_keys={"name": "家电一批"}, order_line=None)
UNIT_PRICE_PER_LOT = line(price="1000", net=D(1000), tax=D(130))
USED = {LineKey(Kind.RECEIPT_ADVICE, "GR-1", "1"): D(40)}


def summed(**said: str) -> TradeCase:
    """The trade with other totals on the invoice."""
    return trade(invoice=invoice(sums={name: D(amount) for name, amount in said.items()}))


def invoiced(**said: Any) -> TradeCase:
    """The trade with an invoice that says something else."""
    return trade(invoice=invoice(**said))


BLOCKED = [
    Told("invoice.void", invoiced(void=True), "0"),
    Told("invoice.red_letter", summed(payable="-1130"), "0"),
    Told("invoice.red_letter", trade(invoice=credit_note("1130", line())), "0"),
    Told("invoice.number_missing", invoiced(number=" "), "0"),
    Told("invoice.date_missing", invoiced(issued_on=None), "0"),
    Told("invoice.future_dated", invoiced(issued_on=TOMORROW), "0"),
    Told("invoice.no_lines", trade(invoice=NO_LINES), "0"),
    Told("amount.implausible", trade(invoice=invoice(line(price="NaN", net=D(1000)))), "0"),
    Told("amount.implausible", trade(invoice=invoice(line(tax_rate=D(13)))), "0"),
    Told("amount.implausible", summed(payable="1E+13"), "0"),
    Told("amount.implausible", summed(payable="1E-13"), "0"),
    Told("seller.unidentified", invoiced(seller=PartyRef("海河冰箱厂")), "0"),
    Told("seller.not_enrolled", invoiced(seller=PartyRef(tax_id=OTHER)), "0"),
    Told("seller.revoked", trade(parties=(party(SELLER, status="revoked"),)), "0"),
    Told("buyer.unidentified", invoiced(buyer=PartyRef("津门家电")), "0"),
    Told("buyer.not_core_enterprise", invoiced(buyer=PartyRef(tax_id=OTHER)), "0"),
    Told("buyer.revoked", trade(parties=(party(BUYER, status="revoked"),)), "0"),
    Told("parties.same", invoiced(buyer=PartyRef(tax_id=SELLER.lower())), "0"),
    Told("due_date.missing", invoiced(due_on=None), "0"),
    Told("due_date.past", invoiced(due_on=YESTERDAY), "0"),
    Told("due_date.before_issue", invoiced(issued_on=TOMORROW, due_on=TODAY), "0"),
    Told("tenor.too_long", invoiced(due_on=date(2026, 12, 1)), "0"),
    Told("evidence.none", trade(orders=(), receipts=()), "0", UNPROVEN),
    Told("order.missing", trade(orders=()), "0"),
    Told("order.rejected", trade(responses=(response(accepted=False),)), "0"),
    Told("receipt.missing", trade(receipts=()), "0"),
    Told("receipt.missing", trade(receipts=(), despatches=(despatch(),)), "0"),
    Told("delivery.below_order", trade(receipts=(receipt(goods(94)),)), "0", STRICT),
    Told("goods.sensor_alarm", trade(receipts=(), observations=(HOT,)), "0"),
    Told("approval.missing", trade(), "0", terms(approval=REQUIRED)),
    Told("approval.rejected", trade(approvals=(approval(accepted=False),)), "0"),
    Told("warning.stop", trade(warnings=(warning("stop"),)), "0"),
    Told("warning.stop", trade(warnings=(warning("?"),)), "0"),
    Told("currency.missing", invoiced(currency=None), "0"),
    Told("currency.not_programme", invoiced(currency="USD"), "0"),
    Told("payable.missing", invoiced(lines=(), totals=Totals()), "0"),
    Told("line.amount_missing", trade(invoice=invoice(goods(), sums={"payable": D(1130)})), "0"),
    Told("credit_note.no_amount", trade(credit_notes=(credit_note(None),)), "0"),
    Told(
        "credit_note.other_currency", trade(credit_notes=(credit_note("1", currency="USD"),)), "0"
    ),
]

REDUCED = [
    Told("payable.exceeds_lines", summed(payable="1200"), "1130"),
    Told("charges.unsupported", summed(payable="1180", charges="50", net="1050"), "1130"),
    Told("prepaid.not_deducted", summed(prepaid="200"), "930"),
    Told("tax.exceeds_base", summed(tax="200", gross="1200", payable="1200"), "1130"),
    Told(
        "tax.unverifiable",
        trade(
            invoice=invoice(UNTAXED, sums={"tax": D(130), "payable": D(1130)}),
            orders=(order(UNTAXED),),
        ),
        "1000",
    ),
    Told("line.not_ordered", trade(invoice=invoice(line(60), SECOND)), "678"),
    Told(
        "line.not_received",
        trade(invoice=invoice(line(60), SECOND), orders=(order(line(60), SECOND),)),
        "678",
    ),
    Told("quantity.missing", trade(invoice=invoice(line(None, net=D(1000)))), "0"),
    Told("quantity.exceeds_order", trade(orders=(order(line(50)),)), "576.30"),
    Told("quantity.exceeds_receipt", trade(receipts=(receipt(goods(90)),)), "1017"),
    Told("quantity.already_used", trade(consumed=USED), "678"),
    Told("price.exceeds_order", trade(invoice=invoice(line(price="12.50"))), "1141.30"),
    Told("price.unverifiable", trade(orders=(order(goods()),)), "0"),
    Told(
        "net.exceeds_price",
        trade(invoice=invoice(line(net=D(2000), tax=D(260))), orders=()),
        "1130",
        terms(OPTIONAL),
    ),
    Told("credit_note.reduces", trade(credit_notes=(credit_note("130"),)), "1000"),
    Told("approval.lower", trade(approvals=(approval("500"),)), "500"),
]

NOTICED = [
    Told(
        "seller.account_differs",
        trade(
            invoice=invoice(seller=PartyRef(tax_id=SELLER, account="62 99")),
            parties=(party(SELLER, status="active", accounts="6211, 6222"),),
        ),
        "1130",
    ),
    Told(
        "due_date.differs_from_approval",
        trade(approvals=(approval(due_on=date(2026, 9, 1)),)),
        "1130",
    ),
    Told("evidence.void", trade(receipts=(receipt(), receipt(number="GR-2", void=True))), "1130"),
    Told("evidence.undated", trade(orders=(order(), order(number="PO-2", issued_on=None))), "1130"),
    Told("evidence.future_dated", trade(approvals=(approval("1", issued_on=TOMORROW),)), "1130"),
    Told(
        "evidence.other_parties",
        trade(approvals=(approval("1", buyer=PartyRef(tax_id=OTHER)),)),
        "1130",
    ),
    Told("evidence.other_currency", trade(approvals=(approval("1", currency="USD"),)), "1130"),
    Told(
        "evidence.other_invoice",
        trade(approvals=(approval("1", references={"invoice": ("INV-9",)}),)),
        "1130",
    ),
    Told("evidence.implausible", trade(approvals=(approval("Infinity"),)), "1130"),
    Told(
        "evidence.versions_differ",
        trade(orders=(order(), order(line(5), number="PO-2"), order(number="PO-2"))),
        "1130",
    ),
    Told(
        "order.after_invoice",
        trade(orders=(order(), order(number="PO-2", issued_on=TODAY))),
        "1130",
    ),
    Told(
        "order.payable_without_tax", trade(orders=(order(totals=Totals(payable=D(1000))),)), "1130"
    ),
    Told(
        "receipt.after_invoice",
        trade(receipts=(receipt(), receipt(number="GR-2", issued_on=LATE))),
        "1130",
    ),
    Told(
        "receipt.line_without_order_line",
        trade(receipts=(receipt(goods(order_line=None)),)),
        "1130",
    ),
    Told("receipt.short_or_rejected", trade(receipts=(receipt(goods(short=D(10))),)), "1130"),
    Told("receipt.exceeds_despatch", trade(despatches=(despatch(goods(90)),)), "1130"),
    Told("goods.sensor_alarm_accepted", trade(observations=(HOT,)), "1130"),
    Told("approval.no_amount", trade(approvals=(approval(None),)), "1130"),
    Told("warning.raised", trade(warnings=(warning("warn"),)), "1130"),
    Told("remittance.announced", trade(remittances=(remittance(),)), "1130"),
    Told("currency.from_amounts", invoiced(attributes={"currency_source": "amounts"}), "1130"),
    Told("payable.derived", trade(invoice=invoice(sums={"payable": None})), "1130"),
    Told("payable.below_lines", summed(payable="1000"), "1000"),
    Told("allowance.implied", summed(net="900", tax="117", gross="1017", payable="1017"), "1017"),
    Told("tax.below_base", summed(tax="100", gross="1100", payable="1100"), "1100"),
    Told(
        "tax.line_differs",
        trade(invoice=invoice(line(tax=D(100)), sums={"tax": D(130), "payable": D(1130)})),
        "1130",
    ),
    Told("line.linked_by_exclusion", trade(invoice=invoice(NAMELESS)), "1130"),
    Told("unit.not_comparable", trade(receipts=(receipt(goods(unit="KGM")),)), "0"),
    Told("price.below_order", trade(orders=(order(line(price="11")),)), "1130"),
    Told("price.stated_differs", trade(orders=(order(UNIT_PRICE_PER_LOT),)), "1130"),
    Told(
        "credit_note.settles_shortage",
        trade(
            receipts=(receipt(goods(90)),),
            credit_notes=(credit_note("113", references={"receipt": ("GR-1",)}),),
        ),
        "1017",
    ),
    Told(
        "credit_note.exceeds_receipt", trade(credit_notes=(credit_note("130", line(101)),)), "1000"
    ),
    Told("credit_note.exceeds_invoice", trade(credit_notes=(credit_note("1200"),)), "0"),
    Told(
        "credit_note.after_remittance",
        trade(credit_notes=(credit_note("130"),), remittances=(remittance(),)),
        "1000",
    ),
    Told(
        "credit_note.allowance_unstated",
        trade(
            credit_notes=(credit_note("130", line(12), totals=Totals(net=D(115), payable=D(130))),)
        ),
        "1000",
    ),
]
TABLE = [*BLOCKED, *REDUCED, *NOTICED]


@pytest.mark.parametrize("told", TABLE, ids=lambda told: told.code)
def test_each_finding_is_told_with_its_severity_and_its_effect(told: Told) -> None:
    verification = verify(told.case, told.terms)
    found = [f for f in verification.findings if f.code == told.code]
    assert found, [f.code for f in verification.findings]
    assert verification.eligible.amount == Decimal(told.eligible)
    assert {f.severity for f in found} == {CATALOG[told.code].severity}
    assert all(f.evidence for f in found)


@pytest.mark.parametrize(
    ("table", "severity"),
    [
        (BLOCKED, FindingSeverity.BLOCKING),
        (REDUCED, FindingSeverity.REDUCING),
        (NOTICED, FindingSeverity.NOTICE),
    ],
)
def test_the_tables_name_every_finding_there_is(
    table: list[Told], severity: FindingSeverity
) -> None:
    known = {code for code, rule in CATALOG.items() if rule.severity is severity}
    assert {told.code for told in table} | (known & {"claims.empty"}) == known


def test_a_trade_in_good_order_is_eligible_in_full_and_tells_nothing() -> None:
    verification = verify(trade(), TERMS)
    assert (verification.eligible, verification.findings) == (Money(113000), ())


def test_no_claims_at_all_make_nothing_eligible() -> None:
    verification = conclude(Money(113000), Money(113000), (), ())
    assert verification.eligible == Money(0)
    assert [f.code for f in verification.findings] == ["claims.empty"]


@pytest.mark.parametrize("rule", CATALOG.values(), ids=lambda rule: rule.code)
def test_a_finding_says_reason_and_cure_in_both_languages(rule: Rule) -> None:
    texts = (*rule.message, *rule.cure)
    assert all(texts)
    facts = [set(re.findall(r"{(\w+)}", text)) for text in rule.message]
    assert facts[0] == facts[1] or rule.code.startswith("warning.")
