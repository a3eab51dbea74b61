"""Working capital at LPR plus a spread: agreed, drawn, set anew by night, paid off to the fen."""

from datetime import date, timedelta
from decimal import Decimal

from tests.stories.borrowing import CLERK, Borrower
from tests.stories.trade_papers import SUPPLIER, Bank, at

from heliu.app.bank import Bank as AppBank
from heliu.app.laws import examine_laws
from heliu.app.night import Night, nights
from heliu.books.ledger.api import trial_balance
from heliu.credit.benchmarks.api import Moment, Publication, take_in
from heliu.credit.closing.api import tie_out
from heliu.credit.engine.api import EventKind, Status
from heliu.credit.lending.api import Done, Funds, Opened
from heliu.credit.regulation.api import Profile
from heliu.ground.actor import SYSTEM
from heliu.ground.money import Money
from heliu.ground.text import Text

OPENED, BEFORE, SET, PAID = (
    *(date(2026, 3, 10), date(2026, 3, 30), date(2026, 4, 1), date(2026, 4, 10)),
)
INPUTS = {"months_trading": 24, "purpose_stated": True}
# 1,200,000.00 for 22 days at 3.10 + 0.90 % and 9 days at 3.00 + 0.90 %, over 360
INTEREST = Money.of("4103.33")


def published(bank: Bank, on: date, rate: str) -> None:
    one = Publication("LPR", on, {"1Y": Decimal(rate)}, Text("公告", "Publication"), "site")
    with bank.on(max(on, OPENED)) as tx:
        take_in(tx, CLERK, [one], Moment(PAID, at(on), Profile.STANDARD))


def lived(bank: Bank, until: date) -> list[Night]:
    bank.clock.at = at(until + timedelta(days=1))
    house = AppBank(bank.database, bank.ledger, bank.clock, SYSTEM)
    return list(nights(house, until, lambda *_: None))


def test_the_night_sets_the_rate_and_the_loan_is_paid_off_to_the_fen(bank: Bank) -> None:
    bank.offers(OPENED, "working_capital_floating")
    published(bank, date(2026, 2, 24), "0.0310")
    loan = Borrower(bank, SUPPLIER, "working-capital-floating", "floating")
    loan.may_owe("5000000")
    assert isinstance(loan.opens(OPENED, "1200000.00", "0.04", periods=6, inputs=INPUTS), Opened)
    assert isinstance(loan.draws(OPENED, "1200000.00"), Done)
    published(bank, date(2026, 3, 20), "0.0300")

    lived(bank, BEFORE)
    _, night = lived(bank, SET)
    (change,) = night.repriced.changes
    assert (change.due.on, change.rate) == (SET, Decimal("0.039"))
    (again,) = lived(bank, SET)
    assert (again.repriced.changes, again.closed.again) == ((), True)

    lived(bank, PAID - timedelta(days=1))
    assert loan.owes(PAID) == Money.of("1200000.00") + INTEREST
    assert isinstance(loan.acts(PAID, EventKind.PAY_OFF, None, funds=Funds.NOSTRO), Done)
    assert loan.standing(PAID).state.status is Status.CLOSED
    (last,) = lived(bank, PAID)
    assert last.closed.loans == 1
    with bank.database.transaction() as tx:
        earned = {line.type: line.credits for line in trial_balance(tx)}["interest_income"]
        assert earned == INTEREST
        assert [line for line in tie_out(tx, PAID) if not line.ties] == []
        assert [law.code for law in examine_laws(tx) if law.broken] == []
