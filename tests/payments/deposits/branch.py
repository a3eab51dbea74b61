"""A branch with three customers of its own for each test of deposits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from heliu.books.ledger.api import Balance, Ledger
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    Enrol,
    Enrolled,
    Person,
    Session,
    accept_guardianship,
    enrol,
    invite_guardian,
    open_session,
    session_of,
)
from heliu.payments.deposits.api import (
    Account,
    Biller,
    Holder,
    MakeTransfer,
    NewBill,
    OpenAccount,
    PayIn,
    Purpose,
    To,
    Transfer,
    When,
    deposit_violations,
    file_bills,
    holder_of_firm,
    holder_of_person,
    make_transfers,
    open_accounts,
    pay_due,
    pay_in,
    recall_transfers,
    register_billers,
    rule_transfer,
)

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
OUTSIDE = To("Zhang Wei", "6222000011112222", "102100099996")
FUNDS = 10_000_000
_runs = count(1)


@dataclass(slots=True)
class Branch:
    """The bank of one test: an elder, his daughter, a shop, and an elder's second account."""

    database: Database
    ledger: Ledger
    clock: FixedClock
    run: int
    elder: Account
    savings: Account
    daughter: Account
    shop: Account
    people: tuple[Person, Person]

    @property
    def me(self) -> Actor:
        """The elder acts."""
        return self.people[0].actor

    @property
    def when(self) -> When:
        """The time on people's clock and the business date."""
        return When(self.clock.now(), self.clock.today())

    def asks(
        self, name: str, fen: int = 10_000, to: To | None = None, payer: Account | None = None
    ) -> MakeTransfer:
        """A transfer of the elder (or of `payer`) under a key of this test's own."""
        account = payer or self.elder
        key = derived_id("test transfer", str(self.run), name)
        return MakeTransfer(key, account.holder, account.id, to or self.to_shop, Money(fen))

    @property
    def to_shop(self) -> To:
        """The shop as a payee."""
        return To("Corner Shop", self.shop.number)

    @property
    def to_daughter(self) -> To:
        """The daughter as a payee."""
        return To("Li Na", self.daughter.number)

    def make(self, *asked: MakeTransfer) -> list[Transfer | Refusal]:
        """Make transfers in a transaction of their own."""
        with self.database.transaction() as tx:
            return make_transfers(tx, self.ledger, self.me, asked, self.when)

    def made(self, *asked: MakeTransfer) -> list[Transfer]:
        """Make transfers that must not be refused."""
        outcomes = self.make(*asked)
        refused = [one for one in outcomes if isinstance(one, Refusal)]
        assert refused == []
        return [one for one in outcomes if isinstance(one, Transfer)]

    def code(self, asked: MakeTransfer) -> str:
        """Why a transfer is refused; its state if it is not."""
        (outcome,) = self.make(asked)
        return outcome.code if isinstance(outcome, Refusal) else outcome.state.value

    def recall(self, *transfers: Transfer) -> list[Transfer | Refusal]:
        """The elder takes transfers back."""
        ids = [one.id for one in transfers]
        with self.database.transaction() as tx:
            return recall_transfers(tx, self.ledger, self.me, self.elder.holder, ids, self.when)

    def turn(self) -> list[Transfer]:
        """One turn of the loop that pays."""
        with self.database.transaction() as tx:
            return pay_due(tx, self.ledger, self.when)

    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(minutes=minutes))

    def balance(self, account: Account) -> Balance:
        """Posted and available, in fen."""
        return self.ledger.balance(account.ledger_account)

    def violations(self) -> list[str]:
        """What does not agree in deposits, orders and books."""
        with self.database.transaction() as tx:
            return deposit_violations(tx)

    def session(self, person: Person) -> Session:
        """A person at the door."""
        with self.database.transaction() as tx:
            token = open_session(tx, person, None, "phone", self.clock.now())
            found = session_of(tx, token, self.clock.now())
        assert found is not None
        return found

    def guard(self, limit: int = 30_000) -> UUID:
        """The daughter guards the elder, and agrees to what is above `limit` fen."""
        elder, daughter = self.people
        now = self.clock.now()
        mine, hers = self.session(elder), self.session(daughter)
        with self.database.transaction() as tx:
            bond = invite_guardian(tx, mine, daughter.login, Money(limit), now)
            accept_guardianship(tx, hers, bond.id, now)
        return bond.id

    def rule(self, transfer: Transfer, *, approved: bool) -> Transfer | str:
        """The daughter says yes or no; the code of the refusal if she may not."""
        hers = self.session(self.people[1])
        try:
            with self.database.transaction() as tx:
                made = rule_transfer(
                    tx, self.ledger, hers, transfer.id, self.when, approved=approved
                )
        except Refusal as refused:
            return refused.code
        return made.code if isinstance(made, Refusal) else made

    def bill(self, fen: int, purpose: Purpose = Purpose.POWER, month: int = 10) -> UUID:
        """A bill of the elder from the power company (or another), due this month."""
        biller = Biller(
            f"{purpose.value}_{self.run}",
            Text("京能供电", "Capital Power"),
            purpose,
            OUTSIDE.account,
            OUTSIDE.bank,
        )
        key = derived_id("test bill", str(self.run), purpose.value, str(month))
        asked = NewBill(
            *(key, biller.code, self.elder.holder, "0012345", Money(fen)),
            *(date(2026, month, 1), date(2026, 11, 30)),
        )
        with self.database.transaction() as tx:
            register_billers(tx, [biller], self.when)
            (filed,) = file_bills(tx, [asked], self.when)
        assert not isinstance(filed, Refusal)
        return filed.id


def branch(database: Database, ledger: Ledger, clock: FixedClock) -> Branch:
    """A branch whose elder has 100,000 yuan; one database may hold many."""
    run = next(_runs)
    with database.transaction() as tx:
        asked_in = [
            Enrol(f"137{run:07d}1", "Li Jianguo"),
            Enrol(f"138{run:07d}1", "Li Na"),
        ]
        known = enrol(tx, Actor("staff"), asked_in, clock.now())
    he, she = (one.person for one in known if isinstance(one, Enrolled))
    elder = Holder(holder_of_person(he.id), he.name, date(1956, 11, 24))
    daughter = Holder(holder_of_person(she.id), she.name, date(1988, 2, 29))
    shop = Holder(holder_of_firm(f"91110000MA00{run:06d}"), "Corner Shop")
    when = When(clock.now(), clock.today())
    with database.transaction() as tx:
        asked = [
            OpenAccount(elder),
            OpenAccount(elder, 2),
            OpenAccount(daughter),
            OpenAccount(shop),
        ]
        accounts = open_accounts(tx, ledger, asked, when)
        funds = [
            PayIn(derived_id("funds", str(run), str(n)), account.id, Money(FUNDS), "cash")
            for n, account in enumerate((accounts[0], accounts[2]))
        ]
        paid: Sequence[Account | Refusal] = pay_in(tx, ledger, funds, when)
        assert paid == [accounts[0], accounts[2]]
    mine, savings, hers, firms = accounts
    return Branch(database, ledger, clock, run, mine, savings, hers, firms, (he, she))
