"""A bank that has financed invoices: three programmes, four loans on each, days that are closed.

Each loan is on an invoice of 10,000.00 (and a fen more each), drawn on 1 June, due on 30
August, with three days of grace.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from heliu.app.bench.instants_plant import Planted, plant
from heliu.books.ledger.api import Ledger, trial_balance, verify_ledger
from heliu.credit.applications.api import Policy
from heliu.credit.closing.api import (
    House,
    close_day,
    closing_violations,
    days_up_to,
    movement_table,
    tie_out,
)
from heliu.credit.instants.api import ActKind, Ask, Till, answer
from heliu.credit.limits.api import all_lines
from heliu.credit.limits.api import violations as limit_violations
from heliu.credit.loans.api import (
    CashIn,
    Debt,
    Loan,
    LoanAct,
    Serviced,
    Settled,
    debt_on,
    events_of,
    loan_violations,
    loans_by_id,
    service,
    settle_cash,
)
from heliu.credit.products.api import ProductKind, Programme, Recourse, release_programmes
from heliu.credit.regulation.api import in_force
from heliu.decisions.verdicts.api import Profile
from heliu.ground.actor import SYSTEM, Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

OPENED, DUE = date(2026, 6, 1), date(2026, 8, 30)
LATE = DUE + timedelta(4)
OFFICER, SECOND = Actor("officer"), Actor("second officer")
DISCOUNT, BULLET, OUTRIGHT = range(3)  # loans 0, 3, 6, 9; 1, 4, 7, 10; 2, 5, 8, 11


def at(on: date, hour: int = 3) -> datetime:
    return datetime(on.year, on.month, on.day, hour, tzinfo=UTC)


@dataclass
class Receivables:
    """The bank, its clock, and what it has financed."""

    database: Database
    ledger: Ledger
    clock: FixedClock
    planted: Planted
    profile: Profile = Profile.STANDARD
    day: date = OPENED

    def lend(self, number: int) -> Loan:
        """Finance the invoice of that number on the day all are."""
        receivable, _ = self.planted.receivables[number]
        key = derived_id("lend", str(number))
        asked = Ask(key, ActKind.FINANCING, bytes(32), None, receivable)
        till = Till(self.ledger, Policy("scf-receivable-2", Profile.STANDARD), Actor("teller"))
        with self.database.transaction() as tx:
            (done,) = answer(tx, till, [asked], self.day, at(self.day))
        assert done.refusal is None, done.refusal
        return self.loan(UUID(msgspec.json.decode(done.body)["drawdown"]))

    def loan(self, id_: UUID) -> Loan:
        with self.database.transaction() as tx:
            return loans_by_id(tx, [id_])[id_]

    def debt(self, loan: Loan, on: date) -> Debt:
        with self.database.transaction() as tx:
            events = [one.event for one in events_of(tx, [loan.id])[loan.id]]
        return debt_on(loan, events, on)

    def does(self, on: date, *acts: LoanAct, by: Actor = SECOND) -> Sequence[Serviced | Refusal]:
        """Acts on a business date, in one committed batch."""
        now = self.clock.at = max(self.clock.at, at(on))
        with self.database.transaction() as tx:
            return service(tx, self.ledger, by, acts, (in_force(on, self.profile), now))

    def receives(self, on: date, loan: Loan, fen: int, payer: str | None = None) -> Settled:
        """Cash that names the loan's invoice, from the buyer's own account unless another."""
        accounts = {p.buyer_uscc: p.buyer_account for p in self.planted.programmes}
        identity = derived_id("cash", loan.id.hex, on.isoformat(), str(fen))
        sender = payer or accounts[loan.buyer_uscc]
        cash = CashIn(identity, identity, Money(fen), sender, loan.invoice_no, on)
        now = self.clock.at = max(self.clock.at, at(on))
        with self.database.transaction() as tx:
            (settled,) = settle_cash(tx, self.ledger, [cash], accounts, now)
        return settled

    def close(self, until: date) -> None:
        """Close all days up to `until`; every law holds and every account ties on each."""
        self.clock.at = max(self.clock.at, at(until + timedelta(1), 1))
        house = House(self.database, self.ledger, self.clock, Actor("night"), Profile.STANDARD)
        for day in days_up_to(house, until):
            close_day(house, day, lambda *_: None)
        self.sound()
        with self.database.transaction() as tx:
            assert [line for line in tie_out(tx, until) if not line.ties] == []

    def sound(self) -> None:
        with self.database.transaction() as tx:
            assert [*verify_ledger(tx), *loan_violations(tx), *limit_violations(tx)] == []
            assert closing_violations(tx) == []

    def position(self, loan: Loan, day: date) -> dict[str, int]:
        """The loan's row of a closed day; empty where it has none."""
        with self.database.transaction() as tx:
            rows = tx.rows(
                "SELECT to_jsonb(p) FROM credit.day_position p"
                " JOIN credit.closing_loan l ON l.no = p.loan"
                " WHERE p.business_date = %s AND l.loan_id = %s",
                (day, loan.id),
            )
        return rows[0][0] if rows else {}

    def balance(self, kind: str) -> int:
        """What accounts of a type hold, debits less credits, in fen."""
        with self.database.transaction() as tx:
            lines = trial_balance(tx)
        return sum(n.debits.minor - n.credits.minor for n in lines if n.type == kind)

    def movements(self, start: date, until: date) -> dict[str, int]:
        """What moved the allowance besides profit and loss, by cause, in fen."""
        moved: Counter[str] = Counter()
        with self.database.transaction() as tx:
            for table in movement_table(tx, start, until):
                moved.update({cause.name: amount for cause, amount in table.moved.items()})
        return {name: moved[name] for name in ("WRITTEN_OFF", "RECOVERED")}

    def in_use(self, loan: Loan) -> int:
        """What the programme's limit has in use, in fen."""
        with self.database.transaction() as tx:
            lines = all_lines(tx)
        return sum(n.utilised for n in lines if n.key.subject == loan.programme)


def opened(database: Database, ledger: Ledger, clock: FixedClock, on: date = OPENED) -> Receivables:
    """Programme 0 lends at a discount, 1 and 2 in arrears, 2 without recourse."""
    now = at(on, 1)
    planted = plant(database, 12, on, now, suppliers=6)
    first, *others = planted.programmes
    programmes = (first, *(_raised(one, n) for n, one in enumerate(others)))
    with database.transaction() as tx:
        release_programmes(tx, SYSTEM, programmes[1:], now)
    ready = Planted(programmes, planted.receivables)
    return Receivables(database, ledger, clock, ready, day=on)


def _raised(programme: Programme, number: int) -> Programme:
    recourse = (Recourse.FULL, Recourse.NONE)[number]
    product = replace(programme.product, kind=ProductKind.BULLET, recourse=recourse)
    return replace(programme, version=2, product=product)
