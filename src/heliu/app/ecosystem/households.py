"""The households of the demonstration: accounts, months of pay and bills, a family that looks out.

What is told here is what the people's own acts would have been: money in on its day, bills filed
and paid on theirs, payees kept, a lock set, and a guardian asked and accepting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Final

from heliu.app.ecosystem.residents import RESIDENTS
from heliu.books.ledger.api import Ledger
from heliu.ground.clock import BANK_ZONE
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    Membership,
    Person,
    Role,
    Session,
    accept_guardianship,
    close_session,
    invite_guardian,
    open_session,
    person_of_login,
    session_of,
)
from heliu.payments.deposits.api import (
    Account,
    AddPayee,
    Biller,
    Holder,
    MakeTransfer,
    NewBill,
    OpenAccount,
    PayBill,
    PayIn,
    Purpose,
    To,
    When,
    add_payee,
    bills_of,
    file_bills,
    holder_of_person,
    make_transfers,
    open_accounts,
    pay_bills,
    pay_due,
    pay_in,
    register_billers,
)

MONTHS: Final = 3
GUARDED_ABOVE: Final = Money(500_000)
_TEN: Final = time_of_day(10, 0, tzinfo=BANK_ZONE)
_HOUR: Final = timedelta(hours=1)
_BORN: Final[Mapping[str, date]] = {
    "retail": date(1988, 5, 2),
    "elder": date(1951, 3, 9),
    "guardian": date(1979, 11, 20),
}
_BILLED_ON: Final = 2
_PAID_ON: Final = 20
_Income = tuple[str, int, Purpose, str, int]
# What comes in each month: who, how much (fen), what for, from whom, on which day.
_INCOME: Final[tuple[_Income, ...]] = (
    ("retail", 1_592_000, Purpose.SALARY, "海河家电股份有限公司", 5),
    ("elder", 386_000, Purpose.PENSION, "养老金发放", 8),
    ("guardian", 1_240_000, Purpose.SALARY, "胶州恒泽电机有限公司", 5),
)
_ABROAD: Final = "RIVRCNBQ"
_STRANGER: Final = To("益寿理疗器械有限公司", "3702140909", _ABROAD)
_BILLERS: Final = (
    Biller("power", Text("海州供电", "Haizhou Power"), Purpose.POWER, "3702140001", _ABROAD),
    Biller("water", Text("海州供水", "Haizhou Water"), Purpose.WATER, "3702140002", _ABROAD),
    Biller("phone", Text("海州通信", "Haizhou Telecom"), Purpose.PHONE, "3702140003", _ABROAD),
)  # fmt: skip
# Who is billed by whom, how much in the first month and how much more in each one after it.
_BILLED: Final = (
    ("retail", "power", 21_235, 1_740),
    ("retail", "water", 6_480, -310),
    ("retail", "phone", 9_900, 0),
    ("elder", "power", 12_860, 905),
    ("elder", "water", 4_120, 150),
)


@dataclass(frozen=True, slots=True)
class _Home:
    """Somebody with his account."""

    person: Person
    account: Account

    @property
    def holder(self) -> str:
        return self.account.holder

    @property
    def to(self) -> To:
        """As others pay him."""
        return To(self.person.name, self.account.number)


class Households:
    """Lives along with the story: what falls on a day is done when that day has come."""

    def __init__(self, database: Database, days: Sequence[date]) -> None:
        self._database, self._last = database, days[-1]
        # A bill is paid over the rail, which is not there before the story begins.
        self._rail_since = days[0].replace(day=1)
        self._homes: dict[str, _Home] = {}
        self._done: date = date.min

    def live(self, ledger: Ledger, day: date) -> None:
        """Do all that fell on a day after the last one that was lived, up to `day`."""
        with self._database.transaction() as tx:
            ledger.hold(tx)
            months = [_months_before(self._last, n) for n in range(MONTHS, -1, -1)]
            if not self._homes:
                self._homes = _open(tx, ledger, _ten(months[0]))
                register_billers(tx, _BILLERS, _ten(months[0]))
            for number, month in enumerate(months):
                billed = month >= self._rail_since
                if billed and self._falls(month.replace(day=_BILLED_ON), day):
                    _bill(tx, self._homes, month, number)
                for income in _INCOME:
                    if self._falls(month.replace(day=income[-1]), day):
                        _earn(tx, ledger, self._homes, income, month)
                if billed and number < MONTHS and self._falls(month.replace(day=_PAID_ON), day):
                    _pay(tx, ledger, self._homes, month)
        self._done = day

    def settle_down(self, ledger: Ledger, today: date, now: datetime) -> None:
        """What visitors find under way at the end of the story; `now` is the wall clock's."""
        self.live(ledger, today)
        homes = self._homes
        with self._database.transaction() as tx:
            ledger.hold(tx)
            for one, other in (("retail", "elder"), ("elder", "retail"), ("elder", "guardian")):
                add_payee(tx, AddPayee(homes[one].holder, homes[other].to), When(now, today))
            _send(tx, ledger, homes, When(now, today))
            _look_out(tx, homes, now)
            _ask(tx, ledger, homes, When(now, today))

    def _falls(self, on: date, day: date) -> bool:
        return self._done < on <= day


def _open(tx: Tx, ledger: Ledger, when: When) -> dict[str, _Home]:
    people = {key: _person(tx, key) for key in _BORN}
    commands = [
        OpenAccount(Holder(holder_of_person(person.id), person.name, _BORN[key]))
        for key, person in people.items()
    ]
    accounts = open_accounts(tx, ledger, commands, when)
    return {
        key: _Home(person, account)
        for (key, person), account in zip(people.items(), accounts, strict=True)
    }


def _earn(tx: Tx, ledger: Ledger, homes: Mapping[str, _Home], income: _Income, month: date) -> None:
    who, fen, purpose, payer, day = income
    key = derived_id("income", who, month.isoformat())
    asked = PayIn(key, homes[who].account.id, Money(fen), payer, purpose)
    _well(pay_in(tx, ledger, [asked], _ten(month.replace(day=day))))


def _bill(tx: Tx, homes: Mapping[str, _Home], month: date, number: int) -> None:
    for who, biller, first, more in _BILLED:
        asked = NewBill(
            derived_id("bill", who, biller, month.isoformat()), biller, homes[who].holder,
            f"10{len(who)}{len(biller)}88", Money(first + number * more), month,
            month.replace(day=26),
        )  # fmt: skip
        _well(file_bills(tx, [asked], _ten(month.replace(day=_BILLED_ON))))


def _pay(tx: Tx, ledger: Ledger, homes: Mapping[str, _Home], month: date) -> None:
    """The bills of a month are paid on its twentieth, and an hour later nobody took it back."""
    at = _ten(month.replace(day=_PAID_ON))
    for home in homes.values():
        asked = [
            PayBill(derived_id("paid", bill.id.hex), home.holder, home.account.id, bill.id)
            for bill in bills_of(tx, home.holder)
            if bill.period == month
        ]
        _well(pay_bills(tx, ledger, home.person.actor, asked, at))
    pay_due(tx, ledger, When(at.at + _HOUR, at.on))


def _send(tx: Tx, ledger: Ledger, homes: Mapping[str, _Home], when: When) -> None:
    """A gift on its way: it can be taken back while a visitor looks."""
    home = homes["retail"]
    asked = MakeTransfer(
        derived_id("gift", home.holder),
        home.holder,
        home.account.id,
        homes["elder"].to,
        Money(20_000),
        memo="买菜",
    )
    _well(make_transfers(tx, ledger, home.person.actor, [asked], when))


def _look_out(tx: Tx, homes: Mapping[str, _Home], now: datetime) -> None:
    """The elder asks her son to look out for her, and he accepts."""
    ward, guardian = homes["elder"].person, homes["guardian"].person
    with_her = _here(tx, ward, Membership(Role.RETAIL), now)
    bond = invite_guardian(tx, with_her, guardian.login, GUARDED_ABOVE, now)
    with_him = _here(tx, guardian, Membership(Role.GUARDIAN), now)
    accept_guardianship(tx, with_him, bond.id, now)
    for session in (with_her, with_him):
        close_session(tx, session, now)


def _ask(tx: Tx, ledger: Ledger, homes: Mapping[str, _Home], when: When) -> None:
    """She pays more than they agreed on, and a stranger: one waits for her son, one a whole day."""
    home = homes["elder"]
    wanted = (
        ("above", homes["guardian"].to, GUARDED_ABOVE + Money(100_000), "修房"),
        ("strange", _STRANGER, GUARDED_ABOVE, "理疗套餐"),
    )
    asked = [
        MakeTransfer(
            derived_id(name, home.holder), home.holder, home.account.id, to, amount, memo=memo
        )
        for name, to, amount, memo in wanted
    ]
    _well(make_transfers(tx, ledger, home.person.actor, asked, when))


def _here(tx: Tx, person: Person, membership: Membership, now: datetime) -> Session:
    session = session_of(tx, open_session(tx, person, membership, "", now), now)
    assert session is not None, "it was opened now"
    return session


def _person(tx: Tx, key: str) -> Person:
    login = next(one.login for one in RESIDENTS if one.key == key)
    person = person_of_login(tx, login)
    assert person is not None, "residents move in first"
    return person


def _well(outcomes: Sequence[object]) -> None:
    """What the house's own people ask is never refused."""
    refused = [one for one in outcomes if isinstance(one, Refusal)]
    assert not refused, refused


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _ten(day: date) -> When:
    return When(datetime.combine(day, _TEN).astimezone(UTC), day)
