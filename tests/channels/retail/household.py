"""A family of retail customers: an elder and his daughter, some months lived.

Everything comes in by the deposits desk's own doors, on business dates of the past; what a clock
of the machine sees of it is as old.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.ground.actor import Actor
from heliu.ground.clock import BANK_ZONE
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import Person
from heliu.parties.party.api import complete_uscc
from heliu.payments.deposits.api import (
    RECALL_WINDOW,
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
    file_bills,
    holder_of_firm,
    holder_of_person,
    make_transfers,
    open_accounts,
    pay_bills,
    pay_due,
    pay_in,
    register_billers,
)

MONTHS: Final = 4
_MARKET: Final = Holder(holder_of_firm(complete_uscc("91110105MA01MKT3")), "福满多菜市场")
_LANDLORD: Final = To("赵敏", "6217000010008765432", "105100000017")
# Code, names, what for, USCC without its check digit, fen of a month, and how they change.
_BILLS: Final = (
    ("power", Text("京能供电", "Capital Power"), Purpose.POWER, "91110000MA01PWR1", 18_640, 2_310),
    ("water", Text("首都自来水", "Capital Water"), Purpose.WATER, "91110000MA01WTR2", 6_500, 420),
    ("gas", Text("蓝焰燃气", "Blue Flame Gas"), Purpose.GAS, "91110000MA01GAA3", 5_220, -310),
)


@dataclass(frozen=True, slots=True)
class Family:
    """The elder, and the daughter who may guard him."""

    elder: Person
    daughter: Person


@dataclass(frozen=True, slots=True)
class Home:
    """The family's accounts."""

    elder: Account
    savings: Account
    daughter: Account
    market: Account
    names: tuple[str, str] = ("", "")


def furnish(tx: Tx, ledger: Ledger, family: Family, when: When, months: int = MONTHS) -> Home:
    """Open the family's accounts and let them live through `months` months up to today.

    Done again for the same people it changes nothing. This month's bills are left to be paid.
    """
    people = (
        Holder(holder_of_person(family.elder.id), family.elder.name, date(1956, 3, 8)),
        Holder(holder_of_person(family.daughter.id), family.daughter.name, date(1988, 7, 19)),
    )
    asked = [
        *(OpenAccount(people[0]), OpenAccount(people[0], 2)),
        *(OpenAccount(people[1]), OpenAccount(_MARKET)),
    ]
    mine, savings, hers, market = open_accounts(tx, ledger, asked, when)
    home = Home(mine, savings, hers, market, (people[0].name, people[1].name))
    _billers(tx, ledger, when)
    _payees(tx, home, people, when)
    first = months_before(when.on, months)
    saved = (home.elder, 8_640_000, Purpose.CASH, "现金存入")
    _come_in(tx, ledger, "before", _noon(first), saved)
    for month in range(months + 1):
        _month(tx, ledger, home, months_before(when.on, months - month), when)
    return home


def _billers(tx: Tx, ledger: Ledger, when: When) -> None:
    """Who sends the elder's bills; all are paid on accounts of this bank."""
    firms = [
        Holder(holder_of_firm(complete_uscc(uscc)), name.zh) for _, name, _, uscc, _, _ in _BILLS
    ]
    accounts = open_accounts(tx, ledger, [OpenAccount(firm) for firm in firms], when)
    billers = [
        Biller(f"capital_{code}", name, purpose, account.number)
        for (code, name, purpose, *_), account in zip(_BILLS, accounts, strict=True)
    ]
    register_billers(tx, billers, when)


def _payees(tx: Tx, home: Home, people: tuple[Holder, Holder], when: When) -> None:
    elder, daughter = people
    market = To(_MARKET.name, home.market.number)
    for holder, to in (
        (elder.id, To(daughter.name, home.daughter.number)),
        (elder.id, market),
        (daughter.id, To(elder.name, home.elder.number)),
        (daughter.id, market),
        (daughter.id, _LANDLORD),
    ):
        add_payee(tx, AddPayee(holder, to), when)


def _month(tx: Tx, ledger: Ledger, home: Home, first: date, until: When) -> None:
    """One month: money comes on the 10th and the 15th, bills on the 12th, the market every week."""
    last = months_before(first, -1) - timedelta(days=1)
    spell = f"{first:%Y-%m}"

    def lived(day: int) -> When | None:
        on = first + timedelta(days=day - 1)
        return None if on >= until.on else _noon(on)

    if (on := lived(10)) is not None:
        earned = (home.daughter, 1_592_000, Purpose.SALARY, "海河零部件有限公司")
        _come_in(tx, ledger, f"{spell} salary", on, earned)
    if (on := lived(15)) is not None:
        earned = (home.elder, 486_200, Purpose.PENSION, "社会保险基金")
        _come_in(tx, ledger, f"{spell} pension", on, earned)
    bills = _filed(tx, home, first, last)
    if months_before(until.on, 0) > first and (on := lived(20)) is not None:
        _paid_bills(tx, ledger, home, bills, on)
    for at, command in sorted(_lived(home, spell), key=lambda lived: lived[0]):
        if (on := lived(at)) is not None:
            _made(tx, ledger, command, on)


def _lived(home: Home, spell: str) -> Iterator[tuple[int, MakeTransfer]]:
    """What the family pays in a month, by day."""
    market, elder, daughter = home.market, home.elder, home.daughter
    shop = To(_MARKET.name, market.number)
    for day, fen in ((3, 12_650), (9, 9_830), (16, 15_420), (23, 11_780)):
        yield day, _order(elder, shop, fen, Purpose.GROCERIES, f"{spell}-{day} elder")
        yield day, _order(daughter, shop, fen * 2, Purpose.GROCERIES, f"{spell}-{day} daughter")
    yield 5, _order(daughter, _LANDLORD, 420_000, Purpose.RENT, f"{spell} rent")
    yield (
        18,
        _order(
            elder, To(home.names[1], daughter.number), 20_000, Purpose.TRANSFER, f"{spell} gift"
        ),
    )


def _order(payer: Account, to: To, fen: int, purpose: Purpose, name: str) -> MakeTransfer:
    key = derived_id("household", payer.holder, name)
    return MakeTransfer(key, payer.holder, payer.id, to, Money(fen), purpose)


def _made(tx: Tx, ledger: Ledger, command: MakeTransfer, when: When) -> None:
    (made,) = make_transfers(tx, ledger, _actor(command.holder), [command], when)
    if isinstance(made, Refusal):
        raise made
    pay_due(tx, ledger, When(when.at + RECALL_WINDOW, when.on))


def _come_in(
    tx: Tx,
    ledger: Ledger,
    name: str,
    when: When,
    came: tuple[Account, int, Purpose, str],
) -> None:
    account, fen, purpose, payer = came
    key = derived_id("household", account.holder, name)
    (outcome,) = pay_in(tx, ledger, [PayIn(key, account.id, Money(fen), payer, purpose)], when)
    if isinstance(outcome, Refusal):
        raise outcome


def _filed(tx: Tx, home: Home, first: date, last: date) -> list[UUID]:
    """The elder's bills of a month."""
    commands = [
        NewBill(
            key=derived_id("household", home.elder.holder, code, f"{first:%Y-%m}"),
            biller=f"capital_{code}",
            holder=home.elder.holder,
            customer_no=f"{code[:2].upper()}0815",
            amount=Money(base + step * (first.month % 4)),
            period=first,
            due_on=last,
        )
        for code, _, _, _, base, step in _BILLS
    ]
    filed = file_bills(tx, commands, _noon(first))
    return [bill.id for bill in filed if not isinstance(bill, Refusal)]


def _paid_bills(tx: Tx, ledger: Ledger, home: Home, bills: list[UUID], when: When) -> None:
    holder = home.elder.holder
    commands = [
        PayBill(derived_id("household", "bill", bill.hex), holder, home.elder.id, bill)
        for bill in bills
    ]
    for made in pay_bills(tx, ledger, _actor(holder), commands, when):
        if isinstance(made, Refusal) and made.code != "deposit.bill_paid":
            raise made
    pay_due(tx, ledger, When(when.at + RECALL_WINDOW, when.on))


def months_before(on: date, months: int) -> date:
    """The first day of the month so many months before the month of `on`."""
    at = on.year * 12 + on.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)


def _noon(on: date) -> When:
    return When(datetime.combine(on, time(12), BANK_ZONE), on)


def _actor(holder: str) -> Actor:
    return Actor(holder)
