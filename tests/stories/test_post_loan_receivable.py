"""A buyer never pays a financed invoice: with recourse the supplier does, without the bank loses.

Invoices of 10,000.00, financed on 1 June, due on 30 August, three days of grace.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.credit.loans.receivables import (
    BULLET,
    DUE,
    LATE,
    OFFICER,
    OPENED,
    OUTRIGHT,
    SECOND,
    Receivables,
    at,
    opened,
)

from heliu.app.post_loan import collect
from heliu.books.ledger.api import Ledger
from heliu.credit.collection.api import (
    Case,
    Clock,
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
from heliu.credit.lending.api import Moment
from heliu.credit.loans.api import ActKind, LoanAct, Serviced, Source, loan_file
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.actor import SYSTEM
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

DAY = timedelta(1)


@pytest.fixture
def bank(fresh: Database) -> Iterator[Receivables]:
    clock = FixedClock(at(OPENED, 1))
    with Ledger.open(fresh, clock) as ledger:
        yield opened(fresh, ledger, clock)


def evening(bank: Receivables, on: date) -> dict[Clock, Case]:
    """Close a day and take it into cases; the open ones by clock."""
    bank.close(on)
    with bank.database.transaction() as tx:
        collect(tx, SYSTEM, on, bank.clock.now())
        assert violations(tx) == []
        return {case.debtor.clock: case for case in open_cases(tx)}


def proposed(bank: Receivables, on: date, said: Propose) -> UUID | str:
    """The proposal, or the code of its refusal."""
    bank.clock.at = at(on)
    with bank.database.transaction() as tx:
        (done,) = propose(tx, OFFICER, [said], shipped(), Moment(on, at(on)))
    return done.code if isinstance(done, Refusal) else done


def released(bank: Receivables, on: date, proposal: UUID) -> int | None:
    """The number of the event it became."""
    rules = in_force(on, Profile.STANDARD)
    with bank.database.transaction() as tx:
        said = Rule(proposal, "confirmed")
        return release(tx, bank.ledger, SECOND, said, rules, at(on)).event_no


def remedy(case: Case, loan: UUID, what: Remedy, **said: object) -> Propose:
    key = derived_id("story", case.id.hex, what.value)
    return Propose(key, case.id, loan, what, "the buyer does not pay", **said)  # type: ignore[arg-type]


def test_a_late_receivable_is_extended_once_observed_and_bought_back(bank: Receivables) -> None:
    loan = bank.lend(BULLET)
    assert evening(bank, LATE - DAY) == {}
    assert set(evening(bank, LATE)) == {Clock.OWN, Clock.BUYER}
    own = evening(bank, LATE)[Clock.OWN]
    assert own.debtor.uscc == loan.supplier_uscc

    # A financed invoice is due in one sum: it is extended until a day, never restructured.
    late = LATE + DAY
    wrong = remedy(own, loan.id, Remedy.EXTEND, instalments=2)
    assert proposed(bank, late, wrong) == "collection.book_has_no_remedy"
    until = DUE + 60 * DAY
    extend = remedy(own, loan.id, Remedy.EXTEND, until=until)
    assert proposed(bank, late, extend) == extend.key
    assert released(bank, late, extend.key) == 2
    assert {case.last.kind.value for case in evening(bank, late).values()} == {"observed"}

    # The new due date passes, too: late again, and no second extension.
    again = until + 4 * DAY
    cases = evening(bank, again)
    assert {case.last.kind.value for case in cases.values()} == {"opened", "escalated"}
    more = remedy(cases[Clock.BUYER], loan.id, Remedy.EXTEND, until=again + 20 * DAY)
    assert proposed(bank, again + DAY, more) == more.key
    with pytest.raises(Refusal, match="extended_already"):
        released(bank, again + DAY, more.key)

    # The supplier answers: his wire, set aside because it is not the buyer's, buys back.
    owed = bank.debt(loan, again + DAY).total
    wire = bank.receives(again + DAY, loan, owed.minor + 700, payer="SUPPLIER'S BANK")
    key = derived_id("story", "buy back")
    said = {"source": Source.RECEIPT, "receipt": wire.cash.id}
    buy = LoanAct(key, loan.id, ActKind.BUY_BACK, "recourse after 60 days", **said)  # type: ignore[arg-type]
    (done,) = bank.does(again + DAY, buy)
    assert isinstance(done, Serviced), done
    assert evening(bank, again + DAY) == {}
    assert (bank.balance("loan"), bank.balance("loss"), bank.in_use(loan)) == (0, 0, 0)
    assert bank.balance("suspense") == -700

    # The buyer pays after all: the money is the supplier's.
    paid = bank.receives(again + 9 * DAY, loan, 1_000_000)
    assert paid.repaid[0].allocation.residual == Money(1_000_000)
    evening(bank, again + 9 * DAY)
    with bank.database.transaction() as tx:
        kinds = [one.event.kind.value for one in loan_file(tx, loan.id).booked]
        told = [event.kind.value for event in case_file(tx, own.id, again).events]
    assert kinds == ["disbursed", "extended", "bought_back", "repaid"]
    assert told == ["opened", "observed", "escalated", "closed"]


def test_without_recourse_the_bank_bears_the_loss_and_keeps_on_recovering(
    bank: Receivables,
) -> None:
    loan = bank.lend(OUTRIGHT)
    cases = evening(bank, LATE)
    assert {clock: case.debtor.uscc for clock, case in cases.items()} == {
        Clock.BUYER: loan.buyer_uscc
    }
    case = cases[Clock.BUYER]
    off = remedy(case, loan.id, Remedy.WRITE_OFF)
    assert proposed(bank, LATE + DAY, off) == "collection.remedy_not_here"
    day = DUE + 120 * DAY
    evening(bank, day)
    lost = bank.debt(loan, day + DAY).total.minor
    assert proposed(bank, day + DAY, off) == off.key
    assert released(bank, day + DAY, off.key) == 2
    assert evening(bank, day + DAY) == {}
    assert (bank.balance("loan"), bank.balance("loss")) == (0, lost)

    # It was the wrong loan: undone by two, and given up again when it is right.
    undo = remedy(case, loan.id, Remedy.REVERSE_WRITE_OFF)
    assert proposed(bank, day + 2 * DAY, undo) == undo.key
    assert released(bank, day + 2 * DAY, undo.key) == 3
    (back,) = evening(bank, day + 2 * DAY).values()
    assert (back.debtor.clock, back.last.arrears.principal >= 0) == (Clock.BUYER, True)
    final = remedy(back, loan.id, Remedy.WRITE_OFF)
    assert proposed(bank, day + 3 * DAY, final) == final.key
    assert released(bank, day + 3 * DAY, final.key) == 4
    assert evening(bank, day + 3 * DAY) == {}
    lost = bank.balance("loss")

    # A court pays a part, the buyer the rest: what is beyond the loss is the supplier's.
    court = remedy(back, loan.id, Remedy.RECOVER, amount=Money(300_000))
    assert proposed(bank, day + 30 * DAY, court) == court.key
    assert released(bank, day + 30 * DAY, court.key) == 5
    evening(bank, day + 30 * DAY)
    assert bank.balance("loss") == lost - 300_000
    paid = bank.receives(day + 40 * DAY, loan, 1_000_000).repaid[0]
    assert paid.event.principal + paid.event.interest == lost - 300_000
    assert paid.allocation.residual.minor == 1_000_000 - (lost - 300_000)
    assert evening(bank, day + 40 * DAY) == {}
    assert (bank.balance("loss"), bank.balance("provision"), bank.in_use(loan)) == (0, 0, 0)
