"""A buyer does not pay a financed receivable: the loan is restructured by two, observed, and paid.

2,000 housings invoiced at 105,768.00, due on 9 May 2026, are financed with recourse; the allowance
is five days.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.stories.borrowing import Borrower, assert_sound
from tests.stories.trade_papers import BUYER, SUPPLIER, Bank, a_trade, an_id, at, papers

from heliu.app.post_loan import collect, watch
from heliu.credit.closing.api import House, close_day, closing_violations, days_up_to
from heliu.credit.collection.api import (
    Case,
    Propose,
    Remedy,
    Rule,
    case_file,
    open_cases,
    propose,
    release,
    shipped,
    violations,
)
from heliu.credit.engine.api import EventKind, Status
from heliu.credit.lending.api import Done, Funds, Moment, Opened
from heliu.credit.regulation.api import Profile, in_force
from heliu.decisions.features.api import observe
from heliu.flows.intake.api import Kind
from heliu.ground.actor import SYSTEM, Actor
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.oversight.monitoring.api import Covenant, agree_covenants, standing

TRADE = a_trade()
OPENED, DUE = TRADE.approved_on, TRADE.due_on
LATE = DUE + timedelta(6)
COLLECTOR, OFFICER = Actor("collector"), Actor("recovery officer")
COVENANT = Covenant(
    an_id("covenant"), an_id("x"), "n_inv_90", Decimal(2), None, OPENED, date(2027, 1, 1)
)


@pytest.fixture
def borrower(bank: Bank) -> Borrower:
    """The supplier has drawn on the buyer's invoice."""
    bank.offers(OPENED, "receivable_with_recourse")
    with bank.on(OPENED) as tx:
        known = papers(tx, TRADE)
        observe(tx, list(known.values()), at(OPENED))
    loan = Borrower(bank, SUPPLIER, "receivable-with-recourse", "receivable loan")
    loan.may_owe("500000")
    days = (DUE - OPENED).days
    opened = loan.opens(
        OPENED,
        "80000.00",
        "0.072",
        periods=days,
        obligor_uscc=BUYER.uscc,
        inputs={"assignment_notified": True, "days_to_due": days},
        evidence={
            "invoice": (known[Kind.INVOICE].id,),
            "receipt": (known[Kind.RECEIPT_ADVICE].id,),
        },
        base_value=Money.of("105768.00"),
    )
    assert isinstance(opened, Opened), opened
    assert isinstance(loan.draws(OPENED, "80000.00"), Done)
    return loan


def evening(bank: Bank, on: date) -> list[Case]:
    """Watch, close and collect a day on the morning after it; the cases that are open then."""
    later = on + timedelta(1)
    now = bank.clock.at = datetime(later.year, later.month, later.day, 3, tzinfo=UTC)
    with bank.database.transaction() as tx:
        watch(tx, SYSTEM, on, now)
    house = House(bank.database, bank.ledger, bank.clock, SYSTEM, Profile.STANDARD)
    for day in days_up_to(house, on):
        close_day(house, day, lambda *_: None)
    with bank.database.transaction() as tx:
        collect(tx, SYSTEM, on, now)
        assert violations(tx) == []
        assert closing_violations(tx) == []
        return open_cases(tx)


def covenants(bank: Bank, *said: Covenant) -> list[str]:
    """Codes of what was refused, empty where it was recorded."""
    with bank.on(OPENED) as tx:
        found = agree_covenants(tx, COLLECTOR, said, at(OPENED))
    return [one.code if isinstance(one, Refusal) else "" for one in found]


def test_a_covenant_is_agreed_on_a_live_loan_and_warned_of_when_it_breaks(
    bank: Bank, borrower: Borrower
) -> None:
    sound = COVENANT._replace(loan_id=borrower.contract)
    assert covenants(
        bank,
        sound,
        sound,
        sound._replace(at_least=Decimal(3)),
        sound._replace(key=an_id("1"), feature="mood"),
        sound._replace(key=an_id("2"), loan_id=an_id("x")),
        sound._replace(key=an_id("3"), at_most=Decimal(9)),
        sound._replace(key=an_id("4"), until=OPENED),
    ) == [
        *("", "", "monitoring.key_reused", "monitoring.feature_unknown"),
        *("monitoring.loan_unknown", "monitoring.covenant_unsound", "monitoring.covenant_unsound"),
    ]
    evening(bank, OPENED)
    with bank.database.transaction() as tx:
        (warning,) = standing(tx)
    assert warning.rule == "covenant_breach"
    assert dict(warning.seen.figures) == {"n_inv_90": "1"}
    assert warning.loans == (borrower.contract,)


def test_a_late_receivable_is_restructured_by_two_observed_and_paid(
    bank: Bank, borrower: Borrower
) -> None:
    assert evening(bank, LATE - timedelta(1)) == []
    cases = {case.debtor.uscc: case for case in evening(bank, LATE)}
    assert set(cases) == {BUYER.uscc, SUPPLIER.uscc}

    # The policy restructures nothing in the first days; an extension it would.
    own = cases[SUPPLIER.uscc]
    command = Propose(
        *(an_id("anew"), own.id, borrower.contract, Remedy.RESTRUCTURE, "orders are back"),
        *(60, Decimal("0.06")),
    )
    demanded = LATE + timedelta(17)
    with bank.on(LATE) as tx:
        (early,) = propose(tx, COLLECTOR, [command], shipped(), Moment(LATE, at(LATE)))
    assert isinstance(early, Refusal)
    assert early.code == "collection.remedy_not_here"
    evening(bank, demanded)
    agreed = demanded + timedelta(1)
    with bank.on(agreed) as tx:
        moment = Moment(agreed, at(agreed))
        assert propose(tx, COLLECTOR, [command], shipped(), moment) == [command.key]
    with bank.on(agreed) as tx:
        rules = in_force(agreed, Profile.STANDARD)
        said = Rule(command.key, "confirmed by the buyer")
        release(tx, bank.ledger, OFFICER, said, rules, at(agreed))

    # Nothing is late any more. The buyer's case is over; the borrower's waits under observation.
    open_ = evening(bank, agreed)
    assert {case.last.kind.value for case in open_} == {"observed"}
    paid = agreed + timedelta(10)
    done = borrower.acts(paid, EventKind.PAY_OFF, None, funds=Funds.NOSTRO)
    assert isinstance(done, Done), done
    assert borrower.standing(paid).state.status is Status.CLOSED
    assert evening(bank, paid) == []
    with bank.database.transaction() as tx:
        kinds = [event.kind.value for event in case_file(tx, own.id, paid).events]
    assert kinds == ["opened", "escalated", "observed", "closed"]
    assert_sound(bank)
