"""Warehouse-receipt finance: the last product of the shelf, a file and no line of code.

20,000 kg of apples in a cold store at 8.00 are worth 160,000.00; four tenths are cut off in the
first month, so 96,000.00 may be lent. 90,000.00 are drawn on 2 March for 25 days at 7.2 %.
"""

from dataclasses import replace
from datetime import date, timedelta

from tests.stories.borrowing import CLERK, Borrower, Yard, a_lot, assert_sound
from tests.stories.trade_papers import KEEPER, Bank, at

from heliu.app.samples.firms import FIRMS, gs1_check
from heliu.credit.collateral.api import (
    Ask,
    CaseKind,
    InstructionKind,
    Lot,
    Offer,
    appraise,
    cases,
    offer,
    shipped_book,
)
from heliu.credit.engine.api import Status
from heliu.credit.lending.api import Done, Opened
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

FARM, MARKET = FIRMS["BY"], FIRMS["CY"]
DRAWN, DUE = date(2026, 3, 2), date(2026, 3, 27)
APPLES = a_lot(
    FARM, KEEPER, DRAWN,
    receipt_no="LK-0088", goods="APPLE-FUJI", item=gs1_check("0690111122223"), unit="KGM",
    quantity_milli=20_000_000,
)  # fmt: skip


def agreed(bank: Bank, *lots: Lot) -> tuple[Borrower, Yard]:
    """Receipts in store, pledged, held and priced for a loan of 90,000.00."""
    bank.offers(DRAWN, "warehouse_receipt")
    yard = Yard(bank, KEEPER, shipped_book())
    farm = Borrower(bank, FARM, "warehouse-receipt", "apple loan")
    farm.may_owe("100000")
    stored = yard.keeps(DRAWN, *lots)
    opened = farm.opens(
        DRAWN,
        "90000.00",
        "0.072",
        periods=25,
        inputs={"receipt_registered": True, "days_to_expiry": 90},
        evidence={"logistics_event": (stored[0].events[-1].cause,)},
    )
    assert isinstance(opened, Opened), opened
    yard.pledges(DRAWN, farm, "90000.00", *lots)
    yard.prices(DRAWN, MARKET, "APPLE-FUJI", "KGM", "8.00")
    return farm, yard


def test_half_of_the_loan_is_paid_and_the_oldest_receipt_leaves_first(bank: Bank) -> None:
    older, younger = (
        replace(
            APPLES,
            receipt_no=f"LK-009{days}",
            quantity_milli=10_000_000,
            stored_on=DRAWN - timedelta(days),
        )
        for days in (2, 1)
    )
    farm, yard = agreed(bank, younger, older)
    assert isinstance(farm.draws(DRAWN, "90000.00"), Done)
    # 45,000.00 and not a fen of interest: half of twenty tons may go, that is all of the older ten.
    paid = farm.repays(DRAWN, "45000.00")
    assert isinstance(paid, Done)
    assert paid.released is not None
    assert paid.released.quantities == ((older.id, 10_000_000),)
    (told,) = yard.told(farm, InstructionKind.RELEASE)
    assert (told.lot_id, told.quantity_milli) == (older.id, 10_000_000)
    again = farm.repays(DRAWN, "45000.00")
    assert isinstance(again, Done)
    assert (again.again, again.released) == (True, paid.released)
    assert len(yard.told(farm, InstructionKind.RELEASE)) == 1
    named = farm.repays(DRAWN, "1.00", lots=(younger.id,))
    assert isinstance(named, Refusal)
    assert named.code == "lending.lots_not_named"
    assert_sound(bank)


def test_one_receipt_carries_one_loan_to_its_end(bank: Bank) -> None:
    farm, yard = agreed(bank, APPLES)
    assert isinstance(farm.draws(DRAWN, "90000.00"), Done)

    # The same apples under a second receipt, spelled a little differently, are seen at once.
    twin = replace(APPLES, receipt_no="lk 0088", quantity_milli=10_000_000)
    with bank.on(DRAWN) as tx:
        (refused,) = offer(tx, CLERK, [Offer(twin, DRAWN)], yard.book, at(DRAWN))
        assert isinstance(refused, Refusal)
        assert [case.kind for case in cases(tx)] == [CaseKind.RECEIPT_TWICE]

    # Nobody sends a price for more than a week: the old one is cut more, and told.
    later = DRAWN + timedelta(days=9)
    ask = Ask(farm.contract, farm.owes(later))
    with bank.on(later) as tx:
        (found,) = appraise(tx, [ask], yard.book, later, at(later))
        assert not isinstance(found, Refusal)
        assert [event.kind.value for event in found.moved] == ["called", "stopped"]

    bank.gives(DUE, FARM, Money.of("450.00"))
    paid = farm.repays(DUE, "90450.00")
    assert isinstance(paid, Done)
    assert paid.released is not None
    assert paid.released.quantities == ((APPLES.id, 20_000_000),)
    assert farm.standing(DUE).state.status is Status.CLOSED
    assert farm.moved() == {
        ("principal", "clearing"): Money.of("90000.00"),
        ("clearing", "own"): Money.of("90000.00"),
        ("nostro", "own"): Money.of("450.00"),
        ("own", "clearing"): Money.of("90450.00"),
        ("clearing", "principal"): Money.of("90000.00"),
        ("clearing", "interest_receivable"): Money.of("450.00"),
    }
    assert_sound(bank)
