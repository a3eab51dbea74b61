"""Inventory finance: coils in a keeper's store stand for a loan and leave it as it is repaid.

100 t of hot-rolled coil at 3,900.00 are worth 390,000.00; a quarter is cut off, so 292,500.00 may
be lent on them. 280,000.00 are drawn on 2 March for three months at 6 %, interest every month.
"""

from datetime import date

from tests.stories.borrowing import CLERK, Borrower, Yard, a_lot, assert_sound
from tests.stories.trade_papers import (
    KEEPER,
    Bank,
    an_id,
    at,
    filed,
    seen,
)

from heliu.app.samples.firms import FIRMS, gs1_check
from heliu.credit.collateral.api import (
    Appraised,
    Ask,
    InstructionKind,
    MarginKind,
    Release,
    Released,
    Resume,
    appraise,
    release,
    resume,
    shipped_book,
    watch,
)
from heliu.credit.engine.api import Status
from heliu.credit.lending.api import Cancel, Done, Moment, Opened, cancel
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

OWNER, EXCHANGE = FIRMS["KD"], FIRMS["BL"]
DRAWN = date(2026, 3, 2)
COIL = gs1_check("0690123456789")
LOT = a_lot(
    OWNER, KEEPER, DRAWN,
    receipt_no="CK-2603-001", goods="STEEL-HRC", item=COIL, unit="TNE", quantity_milli=100_000,
)  # fmt: skip
INPUTS = {"custodian_agreement": True, "goods_insured": True}


def secured(bank: Bank) -> tuple[Borrower, Yard]:
    """The contract is agreed, the coils are in store, pledged, held and priced."""
    bank.offers(DRAWN, "inventory")
    yard = Yard(bank, KEEPER, shipped_book())
    borrower = Borrower(bank, OWNER, "inventory", "inventory loan")
    borrower.may_owe("1000000")
    (coils,) = yard.keeps(DRAWN, LOT)
    opened = borrower.opens(
        DRAWN,
        "280000.00",
        "0.06",
        periods=3,
        inputs=INPUTS,
        evidence={"logistics_event": (coils.events[-1].cause,)},
    )
    assert isinstance(opened, Opened), opened
    yard.prices(DRAWN, EXCHANGE, "STEEL-HRC", "TNE", "3900.00")
    return borrower, yard


def appraised(bank: Bank, borrower: Borrower, on: date, debt: str) -> Appraised:
    with bank.on(on) as tx:
        ask = Ask(borrower.contract, Money.of(debt))
        (found,) = appraise(tx, [ask], shipped_book(), on, at(on))
    assert isinstance(found, Appraised), found
    return found


def freed(bank: Bank, borrower: Borrower, on: date, paid: str) -> Released:
    """What a person sets free once a stop is over: the debt is what closes the loan that day."""
    debt = borrower.owes(on)
    with bank.on(on) as tx:
        command = Release(an_id(f"release {on}"), borrower.contract, Money.of(paid), debt, on)
        (found,) = release(tx, CLERK, [command], shipped_book(), at(on))
    assert isinstance(found, Released), found
    return found


def test_nothing_is_drawn_before_the_keeper_holds_the_goods(bank: Bank) -> None:
    borrower, yard = secured(bank)
    refused = borrower.draws(DRAWN, "280000.00")
    assert isinstance(refused, Refusal)
    assert refused.code == "collateral.nothing_pledged"
    yard.pledges(DRAWN, borrower, "280000.00", LOT)
    assert isinstance(borrower.draws(DRAWN, "280000.00"), Done)


def test_a_contract_that_is_cancelled_undrawn_lets_go_of_its_goods(bank: Bank) -> None:
    borrower, yard = secured(bank)
    yard.pledges(DRAWN, borrower, "280000.00", LOT)
    with bank.on(DRAWN) as tx:
        command = Cancel(an_id("cancel"), borrower.contract, "the owner found money elsewhere")
        cancel(tx, CLERK, [command], Moment(DRAWN, at(DRAWN)))
    (told,) = yard.told(borrower, InstructionKind.RELEASE)
    assert (told.lot_id, told.quantity_milli) == (LOT.id, 100_000)
    refused = borrower.draws(DRAWN, "280000.00")
    assert isinstance(refused, Refusal)
    assert refused.code == "lending.cancelled"
    assert_sound(bank)


def test_goods_that_are_worth_too_little_carry_no_draw(bank: Bank) -> None:
    borrower, yard = secured(bank)
    yard.pledges(DRAWN, borrower, "280000.00", LOT)
    yard.prices(date(2026, 3, 3), EXCHANGE, "STEEL-HRC", "TNE", "3700.00")
    refused = borrower.draws(date(2026, 3, 3), "280000.00")
    assert isinstance(refused, Refusal)
    assert refused.code == "lending.collateral_short"
    assert bank.journal() == []


def falls_and_recovers(bank: Bank, borrower: Borrower, yard: Yard) -> None:
    """The price falls: a call. The keeper ships without asking: a stop. The price recovers."""
    fallen, better = date(2026, 3, 4), date(2026, 3, 5)
    yard.prices(fallen, EXCHANGE, "STEEL-HRC", "TNE", "3500.00")
    moved = appraised(bank, borrower, fallen, "280000.00").moved
    assert [event.kind for event in moved] == [MarginKind.CALLED]
    with bank.on(fallen) as tx:
        events = filed(tx, fallen, seen(KEEPER, "shipping", COIL, 5, "TNE", fallen))
        (cases,) = watch(tx, CLERK, events, fallen, at(fallen))
    assert [case.kind.value for case in cases] == ["unreleased_departure"]
    assert len(yard.told(borrower, InstructionKind.STOP_SHIP)) == 1
    yard.prices(better, EXCHANGE, "STEEL-HRC", "TNE", "3900.00")
    moved = appraised(bank, borrower, better, "280000.00").moved
    assert [event.kind for event in moved] == [MarginKind.CURED]


def test_coils_leave_as_the_loan_is_repaid_and_the_last_payment_frees_the_rest(bank: Bank) -> None:
    borrower, yard = secured(bank)
    yard.pledges(DRAWN, borrower, "280000.00", LOT)
    assert isinstance(borrower.draws(DRAWN, "280000.00"), Done)
    assert appraised(bank, borrower, DRAWN, "280000.00").coverage.ratio_bp == 10_446
    falls_and_recovers(bank, borrower, yard)

    # Interest of the first month; half the principal with the second month's.
    first, second, last = date(2026, 4, 2), date(2026, 5, 2), date(2026, 6, 2)
    assert isinstance(borrower.repays(first, "1446.67"), Done)
    yard.prices(second, EXCHANGE, "STEEL-HRC", "TNE", "3900.00")
    stopped = borrower.repays(second, "141400.00")
    assert isinstance(stopped, Done)
    assert stopped.released is not None
    assert (stopped.released.quantities, stopped.released.withheld) == ((), "stopped")
    explained = date(2026, 5, 3)
    with bank.on(explained) as tx:
        asked = [Resume(borrower.contract, explained)]
        assert resume(tx, CLERK, asked, at(explained)) == [True]
    half = freed(bank, borrower, explained, "140000.00")
    assert half.quantities == ((LOT.id, 50_000),)
    bank.gives(last, OWNER, Money.of("10000.00"))
    paid = borrower.repays(last, "140723.33")
    assert isinstance(paid, Done)
    assert paid.released is not None
    assert paid.released.quantities == ((LOT.id, 50_000),)
    for told in yard.told(borrower, InstructionKind.RELEASE):
        yard.answers(last, told)

    assert borrower.standing(last).state.status is Status.CLOSED
    # The end of day accrues the interest that stands on the receivable here.
    assert borrower.moved() == {
        ("principal", "clearing"): Money.of("280000.00"),
        ("clearing", "own"): Money.of("280000.00"),
        ("nostro", "own"): Money.of("10000.00"),
        ("own", "clearing"): Money.of("283570.00"),
        ("clearing", "principal"): Money.of("280000.00"),
        ("clearing", "interest_receivable"): Money.of("3570.00"),
    }
    assert_sound(bank)
