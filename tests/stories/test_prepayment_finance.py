"""Prepayment finance (保兑仓): cars leave the maker's yard as the dealer pays, the rest goes back.

A dealer orders ten cars for 1,130,000.00 and pays more than a fifth himself; the bank pays
800,000.00 to the maker on 2 March at 6 %, due in 90 days. After 30 days the dealer pays 400,000.00;
at the end he has nothing left, and the maker buys back what he never handed over.
"""

from datetime import date, timedelta
from decimal import Decimal

from tests.stories.borrowing import CLERK, Borrower, Yard, a_lot, assert_sound
from tests.stories.trade_papers import Bank, an_id, at, filed

from heliu.app.finance.parties import party_commands
from heliu.app.samples import ubl_documents
from heliu.app.samples.firms import FIRMS, Good
from heliu.app.samples.information import information, party
from heliu.app.samples.trade import Line, Trade
from heliu.credit.collateral.api import (
    EndPledge,
    InstructionKind,
    call_buy_back,
    shipped_book,
)
from heliu.credit.engine.api import Status
from heliu.credit.lending.api import Done, Funds, Opened
from heliu.flows.intake.api import Filed
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after
from heliu.parties.party.api import record_parties
from heliu.payments.orders.api import Payee

DEALER, MAKER, EXCHANGE = FIRMS["AT"], FIRMS["HH"], FIRMS["BL"]
OPENED = date(2026, 3, 2)
CALLED, DUE = OPENED + timedelta(days=30), OPENED + timedelta(days=90)
CAR = Good(
    "CAR", "轿车", "Sedan", "机动车", "EA", "辆", Decimal("100000.00"), 10, "S-1"
)  # fmt: skip
TRADE = Trade(901, DEALER, MAKER, OPENED, (Line.of(CAR, 10),))
LOT = a_lot(
    DEALER, MAKER, OPENED,
    receipt_no="HH-YARD-0901", goods="CAR-SEDAN", item=CAR.gtin, unit="EA",
    quantity_milli=10_000, cost=Money.of("1130000.00"),
)  # fmt: skip
PAYEE = Payee(MAKER.zh, MAKER.account, MAKER.uscc)


def agreed(bank: Bank) -> tuple[Borrower, Yard]:
    """Order, register entry of the maker, cars in his yard, pledged and held, priced."""
    bank.offers(OPENED, "prepayment")
    with bank.on(OPENED) as tx:
        known: list[Filed] = filed(
            tx,
            OPENED,
            ubl_documents.order(TRADE),
            information(MAKER, OPENED, parties=[party(MAKER)]),
        )
        commands = [command for _, command in party_commands(known, OPENED, at(OPENED))]
        record_parties(tx, CLERK, commands)
    yard = Yard(bank, MAKER, shipped_book())
    dealer = Borrower(bank, DEALER, "prepayment", "dealer loan")
    dealer.may_owe("2000000")
    opened = dealer.opens(
        OPENED,
        "800000.00",
        "0.06",
        periods=90,
        inputs={"buy_back_agreement": True, "own_share": "0.292"},
        evidence={"order": (known[0].id,)},
        base_value=Money.of("1130000.00"),
    )
    assert isinstance(opened, Opened), opened
    yard.keeps(OPENED, LOT)
    yard.pledges(OPENED, dealer, "800000.00", LOT)
    yard.prices(OPENED, EXCHANGE, "CAR-SEDAN", "EA", "113000.00")
    return dealer, yard


def test_the_bank_pays_the_maker_and_nobody_else(bank: Bank) -> None:
    dealer, _ = agreed(bank)
    codes = []
    for payee in (None, Payee(DEALER.zh, DEALER.account, DEALER.uscc), PAYEE):
        done = dealer.draws(OPENED, "800000.00", **({"payee": payee} if payee else {}))
        codes.append(done.code if isinstance(done, Refusal) else "paid")
    assert codes == ["lending.payee_needed", "entrusted.payee_is_borrower", "paid"]


def test_cars_leave_as_the_dealer_pays_and_the_maker_buys_back_the_rest(bank: Bank) -> None:
    dealer, yard = agreed(bank)
    assert isinstance(dealer.draws(OPENED, "800000.00", payee=PAYEE), Done)

    # 400,000 after 30 days: 4,000 interest, 396,000 principal - 49.5 % of ten cars are four cars.
    bank.gives(CALLED, DEALER, Money.of("400000.00"))
    yard.prices(CALLED, EXCHANGE, "CAR-SEDAN", "EA", "113000.00")
    unknown = dealer.repays(CALLED, "400000.00", lots=(an_id("another's"),))
    assert isinstance(unknown, Refusal)
    assert unknown.code == "collateral.lot_not_pledged"
    found = dealer.repays(CALLED, "400000.00", lots=(LOT.id,))
    assert isinstance(found, Done)
    assert found.released is not None
    assert found.released.quantities == ((LOT.id, 4_000),)
    assert dealer.owes(CALLED) == Money.of("404000.00")
    (told,) = yard.told(dealer, InstructionKind.RELEASE)
    assert (told.custodian_uscc, told.quantity_milli) == (MAKER.uscc, 4_000)
    yard.answers(CALLED, told)

    # The due date passes: 404,000 and 60 days' interest; six cars cost 678,000.
    owed = dealer.owes(DUE)
    assert owed == Money.of("408040.00")
    with bank.on(DUE) as tx:
        end = EndPledge(an_id("buy back"), dealer.contract, owed, DUE)
        assert call_buy_back(tx, [end], at(DUE)) == [owed]
        kinds = [fact.kind for fact in facts_after(tx, 0, 1000)]
    assert kinds.count("credit.buy_back_called.v1") == 1
    (call,) = yard.told(dealer, InstructionKind.BUY_BACK)
    assert (call.amount, call.quantity_milli) == (owed, 6_000)
    dealer.enters(DUE, "bought_back", buy_back_call=call.id)
    bought = dealer.repays(DUE, "408040.00", Funds.NOSTRO)
    assert isinstance(bought, Done)
    assert bought.released is not None
    assert bought.released.quantities == ((LOT.id, 6_000),)
    assert dealer.standing(DUE).state.status is Status.CLOSED
    assert dealer.moved() == {
        ("principal", "clearing"): Money.of("800000.00"),
        ("clearing", "own"): Money.of("800000.00"),
        ("own", "rail_clearing"): Money.of("800000.00"),
        ("nostro", "own"): Money.of("400000.00"),
        ("own", "clearing"): Money.of("400000.00"),
        ("nostro", "clearing"): Money.of("408040.00"),
        ("clearing", "principal"): Money.of("800000.00"),
        ("clearing", "interest_receivable"): Money.of("8040.00"),
    }
    assert_sound(bank)
