"""Purchase-order finance: from the order to the invoice more is lent, and the risk falls.

2,000 housings are ordered for 105,768.00 on 2 March and invoiced on 10 March, due 60 days later.
Each paper lets the supplier draw more: 30 % of the order, 50 % when despatched, 70 % when received,
85 % when invoiced and confirmed. At 7.2 % a day of 1,000.00 costs 0.20.
"""

from datetime import date, timedelta
from decimal import Decimal

from tests.stories.borrowing import Borrower, assert_sound
from tests.stories.trade_papers import SUPPLIER, Bank, a_trade, papers

from heliu.app.samples.firms import GOODS
from heliu.app.samples.trade import Line
from heliu.credit.engine.api import Status
from heliu.credit.lending.api import Done, Funds, Opened
from heliu.flows.intake.api import Filed, Kind
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

TRADE = a_trade()
OPENED, DUE = TRADE.ordered_on, TRADE.due_on
FACE = "105768.00"
INPUTS = {"order_accepted": True, "months_of_supply": 24}


def agreed(bank: Bank) -> tuple[Borrower, dict[Kind, Filed]]:
    bank.offers(OPENED, "purchase_order")
    with bank.on(OPENED) as tx:
        known = papers(tx, TRADE)
    borrower = Borrower(bank, SUPPLIER, "purchase-order", "order loan")
    borrower.may_owe("500000")
    opened = borrower.opens(
        OPENED,
        "90000.00",
        "0.072",
        periods=(DUE - OPENED).days,
        obligor_uscc=TRADE.buyer.uscc,
        inputs=INPUTS,
        evidence={"order": (known[Kind.ORDER].id,)},
        base_value=Money.of(FACE),
    )
    assert isinstance(opened, Opened), opened
    return borrower, known


def weight(bank: Bank, borrower: Borrower, on: date) -> Decimal:
    """The risk weight of the stage the papers are in."""
    with bank.on(on) as tx:
        (row,) = tx.rows(
            """SELECT p.body -> 'stages'
            FROM credit.loan_product p
            WHERE p.code = 'purchase-order'"""
        )
    stage = borrower.standing(on).papers.stage
    (found,) = [s["risk_weight"] for s in row[0] if s["stage"] == stage]
    return Decimal(found)


def test_an_order_is_financed_paper_by_paper_and_repaid_by_the_buyer(bank: Bank) -> None:
    borrower, known = agreed(bank)
    steps = [
        (OPENED, None, "31000.00", "1.00"),
        (TRADE.despatched_on, Kind.DESPATCH_ADVICE, "21000.00", "0.85"),
        (TRADE.received_on, Kind.RECEIPT_ADVICE, "22000.00", "0.75"),
    ]
    for on, kind, amount, expected in steps:
        if kind:
            stage = {"despatch_advice": "despatched", "receipt_advice": "received"}[kind.value]
            borrower.enters(on, stage, FACE, **{kind.value: known[kind].id})
        refused = borrower.draws(on, "25000.00" if kind else "40000.00")
        assert isinstance(refused, Refusal)
        assert isinstance(borrower.draws(on, amount), Done)
        assert weight(bank, borrower, on) == Decimal(expected)
    confirmed = TRADE.approved_on
    borrower.enters(
        confirmed,
        "invoiced",
        FACE,
        invoice=known[Kind.INVOICE].id,
        approval=known[Kind.APPROVAL].id,
    )
    assert isinstance(borrower.draws(confirmed, "15000.00"), Done)
    assert weight(bank, borrower, confirmed) == Decimal("0.50")

    # 31,000 for 68 days, 21,000 for 64, 22,000 for 62, 15,000 for 58 at 0.02 % a day: 1,137.20.
    assert borrower.owes(DUE) == Money.of("90137.20")
    assert isinstance(borrower.repays(DUE, "90137.20", Funds.NOSTRO), Done)
    standing = borrower.standing(DUE)
    assert standing.state.status is Status.CLOSED
    assert borrower.moved() == {
        ("principal", "clearing"): Money.of("89000.00"),
        ("clearing", "own"): Money.of("89000.00"),
        ("nostro", "clearing"): Money.of("90137.20"),
        ("clearing", "principal"): Money.of("89000.00"),
        ("clearing", "interest_receivable"): Money.of("1137.20"),
    }
    assert_sound(bank)


def test_goods_received_short_carry_less_and_nothing_more_is_drawn(bank: Bank) -> None:
    borrower, known = agreed(bank)
    assert isinstance(borrower.draws(OPENED, "31000.00"), Done)
    short = Line.of(GOODS["SHELL"], 800)
    worth = f"{short.net + short.tax:.2f}"
    borrower.enters(
        TRADE.despatched_on, "despatched", worth, despatch_advice=known[Kind.DESPATCH_ADVICE].id
    )
    entered = borrower.enters(
        TRADE.received_on, "received", worth, receipt_advice=known[Kind.RECEIPT_ADVICE].id
    )
    assert entered.short == Money.of("31000.00").minor - Money.of("29615.04").minor
    refused = borrower.draws(TRADE.received_on + timedelta(days=1), "1000.00")
    assert isinstance(refused, Refusal)
