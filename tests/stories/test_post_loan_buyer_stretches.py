"""A buyer pays later and later and then not at all: warned before the due date, chased after it.

Haihe pays Hengchang's first three invoices on their day, 60 days after they were written, the next
two after 74 and 75 days, and the sixth, due on 27 June 2026, not at all. All of it is told by
documents; the bank lives its days, watches, closes and collects.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from tests.stories.trade_papers import BUYER, SUPPLIER, Bank, an_id

from heliu.app.bank import Bank as OpenBank
from heliu.app.finance.run import finance
from heliu.app.post_loan import collect, watch
from heliu.app.samples import bank as bank_messages
from heliu.app.samples.files import entries, trade_files
from heliu.app.samples.firms import GOODS
from heliu.app.samples.information import approval, information, party, price
from heliu.app.samples.plan import Told
from heliu.app.samples.trade import Line, Payment, Trade
from heliu.credit.closing.api import House, close_day, days_up_to
from heliu.credit.collection.api import (
    Law,
    Promise,
    PromiseState,
    Waiting,
    Worked,
    open_cases,
    promise,
    queue,
    shipped,
)
from heliu.credit.products.api import read_programme
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.actor import SYSTEM, Actor
from heliu.ground.money import Money
from heliu.oversight.monitoring.api import (
    Answer,
    Raised,
    WarningEventKind,
    answer,
    by_party,
    standing,
)

PROGRAMME = Path(str(files("heliu"))) / "samples" / "trade" / "programmes" / "haihe-appliances.yaml"
ORDERED = [(1, 5), (1, 19), (2, 2), (3, 9), (3, 23), (4, 20)]
DAYS_LATE = [0, 0, 0, 14, 15, None]
DUE, LAST_OF_GRACE = date(2026, 6, 27), date(2026, 6, 30)
ONE = timedelta(1)
COLLECTOR = Actor("collector")


def trades(days_late: Sequence[int | None]) -> list[Trade]:
    made = []
    for number, ((month, day), late) in enumerate(zip(ORDERED, days_late, strict=True)):
        paid = () if late is None else (Payment(late),)
        lines = (Line.of(GOODS["SHELL"], 1000),)
        on = date(2026, month, day)
        made.append(Trade(900 + number, BUYER, SUPPLIER, on, lines, payments=paid))
    return made


def sends(folder: Path, told: Sequence[Trade]) -> None:
    """Everything both firms and the bank's statement say of these trades."""
    firms = [party(BUYER), party(SUPPLIER)]
    first, last = date(2026, 1, 2), date(2027, 1, 1)
    whole = {
        "parties.json": information(BUYER, first, parties=firms),
        "prices.json": information(
            BUYER, first, prices=[price(BUYER, GOODS["SHELL"], first, last)]
        ),
    }
    for trade in told:
        whole |= {Path(file.path).name: file.data for file in trade_files(Told("clean", trade))}
        name = f"{trade.invoice_no}-approval.json"
        whole[name] = information(BUYER, trade.approved_on, approvals=[approval(trade)])
    for entry in entries(told):
        if entry.payer is BUYER:
            whole[f"{entry.booked_on}.camt.xml"] = bank_messages.notification([entry])
    for name, data in whole.items():
        (folder / name).write_bytes(data)


@dataclass(frozen=True)
class PostLoan:
    """The bank of the story with its folder."""

    bank: Bank
    folder: Path

    def morning_after(self, on: date) -> datetime:
        later = on + ONE
        self.bank.clock.at = datetime(later.year, later.month, later.day, 2, tzinfo=UTC)
        return self.bank.clock.now()

    def lives(self, on: date) -> None:
        """Take in whatever lies in the folder, up to the end of a day."""
        self.morning_after(on)
        bank = OpenBank(self.bank.database, self.bank.ledger, self.bank.clock, SYSTEM)
        finance(bank, [self.folder], [read_programme(PROGRAMME)], on, lambda *_: None)

    def watches(self, on: date) -> list[Raised]:
        now = self.morning_after(on)
        with self.bank.database.transaction() as tx:
            watch(tx, SYSTEM, on, now)
            return standing(tx)

    def closes(self, on: date) -> Worked:
        now = self.morning_after(on)
        bank = self.bank
        house = House(bank.database, bank.ledger, bank.clock, SYSTEM, Profile.STANDARD)
        for day in days_up_to(house, on):
            close_day(house, day, lambda *_: None)
        with bank.database.transaction() as tx:
            return collect(tx, SYSTEM, on, now)

    def queue(self, on: date) -> list[Waiting]:
        with self.bank.database.transaction() as tx:
            return queue(tx, on, by_party(tx))

    def stages(self, on: date) -> list[tuple[int, int]]:
        with self.bank.database.transaction() as tx:
            rows = tx.rows(
                """SELECT tier, stage
                FROM credit.day_position
                WHERE business_date = %s AND principal > 0
                ORDER BY loan""",
                (on,),
            )
        return [(tier, stage) for tier, stage in rows]


@pytest.fixture
def post_loan(bank: Bank, tmp_path: Path) -> PostLoan:
    sends(tmp_path, trades(DAYS_LATE))
    return PostLoan(bank, tmp_path)


def test_a_stretching_buyer_is_warned_of_before_and_chased_after_the_due_date(
    post_loan: PostLoan,
) -> None:
    post_loan.lives(LAST_OF_GRACE)
    # On 31 May one was paid after 74 days and one is a day late; on 10 June that one is 71 days old
    # and the last that was paid on its day has left the window.
    assert post_loan.watches(date(2026, 5, 31)) == []
    (warning,) = post_loan.watches(date(2026, 6, 10))
    assert (warning.rule, warning.subject.party) == ("buyer_stretch", BUYER.uscc)
    assert warning.raised_on < DUE
    assert warning.seen.figures["usual_days"] == "60.0000"
    assert len(warning.seen.evidence) == 2
    with post_loan.bank.database.transaction() as tx:
        said = Answer(warning.id, WarningEventKind.ACKNOWLEDGED, "the treasurer was called")
        (after,) = answer(tx, Actor("risk"), [said], date(2026, 6, 12), warning_time(post_loan))
    assert isinstance(after, Raised)
    assert after.status == "acknowledged"

    # The warning alone moves the loan to stage 2; nothing is late yet.
    assert [one.id for one in post_loan.watches(LAST_OF_GRACE)] == [warning.id]
    assert post_loan.closes(LAST_OF_GRACE).opened == 0
    assert [stage for _, stage in post_loan.stages(LAST_OF_GRACE)] == [2]

    # The day after the allowance both clocks have a case, of themselves.
    first = LAST_OF_GRACE + ONE
    assert post_loan.closes(first).opened == 2
    cases = {one.case.debtor.uscc: one for one in post_loan.queue(first)}
    assert set(cases) == {BUYER.uscc, SUPPLIER.uscc}
    assert cases[BUYER.uscc].warnings == 1
    assert cases[BUYER.uscc].arrears.days_late == (first - DUE).days

    _promise_is_broken(post_loan, cases[BUYER.uscc], first)
    _buyer_pays(post_loan)


def warning_time(post_loan: PostLoan) -> datetime:
    return post_loan.bank.clock.now()


def _promise_is_broken(post_loan: PostLoan, case: Waiting, on: date) -> None:
    said = Promise(an_id("promise"), case.case.id, Money(case.arrears.overdue), on + timedelta(3))
    law = Law(in_force(on, Profile.STANDARD), shipped())
    with post_loan.bank.database.transaction() as tx:
        assert promise(tx, COLLECTOR, [said], law, warning_time(post_loan)) == [said.key]
    (leading, _) = post_loan.queue(on + timedelta(4))
    assert (leading.case.id, leading.promise) == (case.case.id, PromiseState.BROKEN)


def _buyer_pays(post_loan: PostLoan) -> None:
    """On 10 July the money comes after all: cases close by themselves, the warning is over."""
    sends(post_loan.folder, trades([*DAYS_LATE[:5], 13]))
    paid = date(2026, 7, 10)
    assert post_loan.closes(paid - ONE).closed == 0
    post_loan.lives(paid)
    assert post_loan.closes(paid).closed == 2
    assert post_loan.watches(paid) == []
    with post_loan.bank.database.transaction() as tx:
        assert open_cases(tx) == []
        facts = tx.rows(
            """SELECT kind, count(*)
            FROM ground.fact
            WHERE kind LIKE 'oversight.%%' OR kind LIKE 'credit.collection%%'
            GROUP BY kind"""
        )
    assert dict(facts) == {
        "oversight.warning_raised.v1": 1,
        "oversight.warning_cleared.v1": 1,
        "credit.collection_case_moved.v1": 4,
    }
