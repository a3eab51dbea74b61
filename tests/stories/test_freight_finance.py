"""Freight finance: a carrier is paid on the road and on delivery, the shipper pays when it is due.

The freight is 12,000.00. On the waybill 40 % may be drawn, on the signed receipt 90 %; at 7.2 % a
day of 1,000.00 costs 0.20. The shipper pays 60 days after delivery.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.stories.borrowing import Borrower, assert_sound
from tests.stories.trade_papers import KEEPER, Bank, a_trade, papers

from heliu.credit.engine.api import Status
from heliu.credit.lending.api import Done, Funds, Opened
from heliu.flows.intake.api import Kind
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

TRADE = a_trade()
LOADED, DELIVERED = TRADE.despatched_on, TRADE.received_on
DUE = DELIVERED + timedelta(days=60)
FREIGHT = "12000.00"
SOUND = {"delivery_signed": True, "track_matches": True}


def agreed(bank: Bank, **changed: bool) -> tuple[Borrower, Opened | Refusal, dict[Kind, UUID]]:
    bank.offers(LOADED, "freight")
    with bank.on(LOADED) as tx:
        known = papers(tx, TRADE)
    driver = Borrower(bank, KEEPER, "freight", "freight loan")
    driver.may_owe("100000")
    opened = driver.opens(
        LOADED,
        "10800.00",
        "0.072",
        periods=(DUE - LOADED).days,
        obligor_uscc=TRADE.supplier.uscc,
        inputs=SOUND | changed,
        evidence={"waybill": (known[Kind.WAYBILL].id,)},
        base_value=Money.of(FREIGHT),
    )
    return driver, opened, {kind: filed.id for kind, filed in known.items()}


def test_freight_is_paid_on_the_road_and_on_delivery_and_repaid_by_the_shipper(bank: Bank) -> None:
    driver, opened, known = agreed(bank)
    assert isinstance(opened, Opened)
    too_much = driver.draws(LOADED, "4800.01")
    assert isinstance(too_much, Refusal)
    assert isinstance(driver.draws(LOADED, "4800.00"), Done)
    receipt = known[Kind.RECEIPT_ADVICE]
    driver.enters(DELIVERED, "delivered", FREIGHT, receipt_advice=receipt)
    assert isinstance(driver.draws(DELIVERED, "6000.00"), Done)
    # 4,800 for 62 days and 6,000 for 60 at 0.02 % a day: 59.52 and 72.00.
    assert driver.owes(DUE) == Money.of("10931.52")
    assert isinstance(driver.repays(DUE, "10931.52", Funds.NOSTRO), Done)
    assert driver.standing(DUE).state.status is Status.CLOSED
    assert driver.moved() == {
        ("principal", "clearing"): Money.of("10800.00"),
        ("clearing", "own"): Money.of("10800.00"),
        ("nostro", "clearing"): Money.of("10931.52"),
        ("clearing", "principal"): Money.of("10800.00"),
        ("clearing", "interest_receivable"): Money.of("131.52"),
    }
    assert_sound(bank)


@pytest.mark.parametrize("missing", list(SOUND))
def test_a_journey_that_does_not_add_up_is_not_financed(bank: Bank, missing: str) -> None:
    _, opened, _ = agreed(bank, **{missing: False})
    assert isinstance(opened, Refusal)
    assert opened.code == "lending.not_eligible"
