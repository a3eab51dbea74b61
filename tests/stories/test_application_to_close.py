"""A mill applies for 1,200,000 on its buyer's invoice, and the story ends with a closed loan.

Filed, known, consented; the credit bureau is down once; decided by rules and by a second person;
accepted, signed by both, registered; the contract opened as it was signed; drawn, repaid by the
buyer, closed. The invoice is worth 2,000,000, of which 80 % may be lent. 90 days.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from tests.credit.origination.house import (
    BUYER,
    CLERK,
    MILL,
    RECEIVABLE,
    START,
    Desk,
    desk_on,
    outside_of,
    yuan,
)
from tests.stories.trade_papers import Bank, an_id, at

from heliu.app.laws import examine_laws
from heliu.credit.engine.api import EventKind, Status
from heliu.credit.lending.api import (
    Act,
    Done,
    Funds,
    Moment,
    OpenApplied,
    Opened,
    book,
    glance,
    open_applied,
    standings,
)
from heliu.credit.limits.api import Axis, LineKey, all_lines, set_limits
from heliu.credit.origination.api import (
    Application,
    Decide,
    Odds,
    Outside,
    Property,
    Signer,
    Stage,
    decide,
    find,
)
from heliu.flows.commercial.api import CONNECTORS
from heliu.flows.intake.api import Blob, file_blobs
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

DAY, DUE = START.date(), date(2026, 5, 31)
WANTED = replace(
    RECEIVABLE,
    amount=yuan("1200000"),
    property=Property(yuan("2000000"), BUYER, "INV-2026-0031", DUE),
)
REGISTER = f"""发票号码,开票日期,购方名称,购方税号,销方名称,销方税号,价税合计,发票状态
INV-2026-0031,2026-02-27,买方,{BUYER},余杭纺织有限公司,{MILL},2000000.00,正常
"""


@dataclass
class House:
    """The bank's two desks on one database; every step is committed."""

    bank: Bank
    outside: Outside
    invoice: UUID
    minutes: int = 0
    steps: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def desk(self, day: date = DAY) -> Iterator[Desk]:
        """The desk of origination, for one step; ten minutes pass with each."""
        with self.bank.on(day) as tx:
            self.minutes += 10
            self.bank.clock.advance(timedelta(minutes=self.minutes))
            yield Desk(tx, self.bank.clock, self.outside, steps=self.steps)

    def now(self, application: Application) -> Application:
        """The application as it stands."""
        with self.desk() as desk:
            return find(desk.tx, [application.id])[application.id]

    def gathered(self, name: str) -> Application:
        """Filed with its papers, its checklist and its consent; the bureau is down at first."""
        with self.desk() as desk:
            now = desk.file(WANTED, name)
            desk.papers(now, "licence", "articles", "sales_contract", "invoice")
            desk.know(now)
            desk.consent()
        with self.desk() as desk:
            desk.gather(outside_of(self.bank.clock, Odds(down=1000)))
        assert decided(self, now).code == "origination.incomplete"
        with self.desk() as desk:
            desk.gather()
        return self.now(now)

    def completed(self, name: str) -> Application:
        """From the form to a registered contract."""
        now = self.gathered(name)
        with self.desk() as desk:
            waits = desk.done(asked(desk.tx, desk, now))
            assert waits.stage is Stage.REVIEW
        for step in (Desk.agree, Desk.accept):
            with self.desk() as desk:
                now = step(desk, now)
        for signer in (Signer.BORROWER, Signer.BANK):
            with self.desk() as desk:
                now = desk.sign(now, signer)
        assert now.stage is Stage.SIGNED
        assert opened(self, now).code == "lending.application_not_complete"
        with self.desk() as desk:
            desk.gather()
        return self.now(now)


def asked(tx: Tx, desk: Desk, now: Application) -> list[Application | Refusal]:
    """Ask the rules, with what the loan book has of the borrower."""
    known = standings(tx, {MILL: "CNY"}, DAY)
    return decide(tx, CLERK, [Decide(desk.next_key(now), now.id)], desk.day, known)


def decided(house: House, now: Application) -> Refusal:
    with house.desk() as desk:
        (outcome,) = asked(desk.tx, desk, now)
    assert isinstance(outcome, Refusal)
    return outcome


def opens(house: House, now: Application, on: date = DAY) -> Opened | Refusal:
    with house.bank.on(on) as tx:
        papers = {"invoice": (house.invoice,), "receipt": (an_id("receipt"),)}
        command = OpenApplied(now.id, evidence=papers)
        (outcome,) = open_applied(tx, CLERK, [command], Moment(on, at(on)))
    return outcome


def opened(house: House, now: Application) -> Refusal:
    outcome = opens(house, now)
    assert isinstance(outcome, Refusal)
    return outcome


def books(house: House, contract: UUID, kind: EventKind, on: date, amount: Money | None) -> None:
    funds = Funds.DEPOSIT if kind is EventKind.DISBURSE else Funds.NOSTRO
    act = Act(an_id(f"{kind} {on}"), contract, kind, on, amount, funds=funds)
    with house.bank.on(on) as tx:
        (outcome,) = book(tx, house.bank.ledger, CLERK, [act], Moment(on, at(on)))
    assert isinstance(outcome, Done), outcome


@pytest.fixture
def house(bank: Bank) -> House:
    with bank.on(DAY) as tx:
        desk = desk_on(tx)
        set_limits(tx, [(LineKey(Axis.SUPPLIER, MILL, "CNY"), yuan("3000000"))])
        data = REGISTER.encode()
        blob = Blob("register", "invoices.csv", sha256(data).hexdigest(), data)
        (filed,) = file_blobs(tx, CLERK, CONNECTORS, [blob], at(DAY))
    (invoice,) = filed.documents
    return House(bank, desk.outside, invoice)


def test_an_application_becomes_a_loan_that_is_drawn_repaid_and_closed(house: House) -> None:
    now = house.completed("one")
    assert now.stage is Stage.COMPLETED
    assert now.registration is not None
    first = opens(house, now)
    assert isinstance(first, Opened), first
    assert opens(house, now) == Opened(first.contract_id, again=True)

    books(house, first.contract_id, EventKind.DISBURSE, DAY, yuan("1200000"))
    with house.bank.on(DAY) as tx:
        (line,) = [line for line in all_lines(tx) if line.key.subject == MILL]
        assert line.utilised == yuan("1200000").minor
        owing = standings(tx, {MILL: "CNY"}, DAY)[MILL]
    assert (owing.outstanding, owing.opened) == (yuan("1200000"), frozenset({now.id}))

    # 1,200,000 for 90 days at the rate that was signed; the buyer pays it all.
    assert now.offer is not None
    with house.bank.on(DUE) as tx:
        due = glance(tx, [first.contract_id], DUE)[first.contract_id].plan[-1]
    interest = yuan("1200000").times(now.offer.annual_rate / 4, mode="ROUND_HALF_UP")
    assert (due.due_date, due.interest) == (DUE, interest.minor)
    books(house, first.contract_id, EventKind.REPAY, DUE, yuan("1200000") + interest)
    with house.bank.on(DUE) as tx:
        found = glance(tx, [first.contract_id], DUE)[first.contract_id]
        assert (found.status, found.head.outstanding) == (Status.CLOSED, 0)
        (line,) = [line for line in all_lines(tx) if line.key.subject == MILL]
        assert line.utilised == 0
        assert {law.code: law.broken for law in examine_laws(tx) if law.broken} == {}


def test_a_second_application_on_the_same_invoice_opens_nothing(house: House) -> None:
    assert isinstance(opens(house, house.completed("one")), Opened)
    house.outside = outside_of(house.bank.clock)  # another registry that knows nothing of it
    refused = opened(house, house.completed("two"))
    assert refused.code == "screening.already_claimed"
    with house.bank.on(DAY) as tx:
        assert tx.row("SELECT count(*) FROM credit.contract") == (1,)
        assert {law.code: law.broken for law in examine_laws(tx) if law.broken} == {}
