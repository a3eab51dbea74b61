"""Ledger explorer: from the trial balance to an account, a journal line and the papers under it.

Every page may be asked as of the end of a business date, and as the books knew it at an instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from heliu.books.ledger.api import (
    Account,
    AccountId,
    AccountType,
    After,
    Entry,
    Phase,
    Side,
    StatementLine,
    accounts_by_id,
    accounts_of_type,
    balance_at,
    chart,
    find_entries,
    statement,
    trial_balance,
)
from heliu.channels.console.desk import pages
from heliu.channels.console.words import KIND_TEXT
from heliu.channels.pages.api import Answer, Visit, page, unknown
from heliu.channels.pages.api import Entry as Place
from heliu.credit.applications.api import Receivable, find_receivables
from heliu.credit.loans.api import loan_of_transfer, loans_by_id
from heliu.flows.confluence.api import latest_verifications
from heliu.flows.intake.api import Filed, find_documents
from heliu.ground.clock import BANK_ZONE
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

_PAGE: Final = 100
_DIGITS: Final = 18
_LINES: Final = 500
_PERIOD: Final = timedelta(days=31)
_LONGEST: Final = timedelta(days=400)
_UNKNOWN_TYPE: Final = Text("其他", "other")
PHASES: Final = {
    Phase.POSTED: Text("记账", "posted"),
    Phase.PENDING: Text("冻结", "held"),
    Phase.POST: Text("由冻结转记账", "posted from a hold"),
    Phase.VOID: Text("冻结解除", "hold released"),
    Phase.EXPIRE: Text("冻结到期解除", "hold expired"),
}

pages.entry(
    Place("/console/ledger", "w-scales", Text("总账", "Ledger"), Right.LEDGER_READ,
          Text("账务", "Books"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AsOf:
    """The instant asked for: end of business date `on`, as known at `known`; None is now."""

    on: date | None
    known: datetime | None
    odd: bool  # something was asked that is no instant

    @property
    def link(self) -> str:
        """The same instant in an address."""
        said = {}
        if self.on:
            said["on"] = self.on.isoformat()
        if self.known:
            said["known"] = self.known.astimezone(BANK_ZONE).strftime("%Y-%m-%dT%H:%M")
        return f"?{urlencode(said)}" if said else ""


@pages.get("/console/ledger", Right.LEDGER_READ)
def ledger(visit: Visit) -> Answer:
    """The trial balance: what stands on each kind of account, debits against credits."""
    as_of = _as_of(visit)
    with visit.transaction() as tx:
        lines = trial_balance(tx, recorded_until=as_of.known, on=as_of.on)
        types = {one.code: one for one in chart(tx)}
    currencies = sorted({line.debits.currency for line in lines})
    sums = [
        (
            currency,
            sum(line.debits.minor for line in lines if line.debits.currency == currency),
            sum(line.credits.minor for line in lines if line.credits.currency == currency),
        )
        for currency in currencies
    ]
    rows = [
        (
            *(line, _name(visit, types.get(line.type))),
            _balance(line.debits, line.credits, types.get(line.type)),
        )
        for line in lines
    ]
    return page("console/ledger.html", rows=rows, sums=sums, as_of=as_of, home=visit.path)


@pages.get("/console/ledger/types/{code}", Right.LEDGER_READ)
def accounts(visit: Visit, code: str) -> Answer:
    """The accounts of one kind, a page by key."""
    as_of = _as_of(visit)
    after = visit.query.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) <= _DIGITS else 0
    with visit.transaction() as tx:
        types = {one.code: one for one in chart(tx)}
        if code not in types:
            raise unknown()
        asked = After(start, _PAGE + 1)
        found = accounts_of_type(tx, code, asked, recorded_until=as_of.known, on=as_of.on)
    shown = found[:_PAGE]
    more = f"{as_of.link}{'&' if as_of.link else '?'}after={shown[-1].account.id}" if shown else ""
    return page(
        "console/accounts.html",
        name=_name(visit, types[code]),
        code=code,
        rows=shown,
        next=more if len(found) > _PAGE else "",
        as_of=as_of,
        home=visit.path,
    )


@pages.get("/console/ledger/accounts/{id}", Right.LEDGER_READ)
def account(visit: Visit, id: int) -> Answer:
    """An account over a period, as a T and as a statement, each line led to where it came from."""
    today = visit.bank.clock.today()
    until = _date(visit, "until", today)
    start = _date(visit, "start", until - _PERIOD)
    start = max(min(start, until), until - _LONGEST)
    as_of = _as_of(visit)
    with visit.transaction() as tx:
        found = accounts_by_id(tx, [AccountId(id)]).get(AccountId(id))
        if found is None:
            raise unknown()
        told = statement(tx, found.id, start=start, until=until + timedelta(days=1))
        asked = as_of.on or as_of.known
        then = balance_at(tx, found.id, recorded_until=as_of.known, on=as_of.on) if asked else None
        types = {one.code: one for one in chart(tx)}
        others = accounts_by_id(tx, sorted({_other(line.entry, found) for line in told.lines}))
    shown = told.lines[-_LINES:]
    left = [line for line in shown if line.entry.debit == found.id]
    right = [line for line in shown if line.entry.credit == found.id]
    return page(
        "console/account.html",
        account=found,
        kind=_name(visit, types.get(found.type)),
        told=told,
        shown=shown,
        hidden=len(told.lines) - len(shown),
        sides=[_column(found, Side.DEBIT, left), _column(found, Side.CREDIT, right)],
        others=others,
        normal=found.normal_side.value,
        start=start,
        until=until,
        as_of=as_of,
        then=then,
        home=visit.path,
    )


@pages.get("/console/ledger/entries/{key}", Right.LEDGER_READ)
def entry(visit: Visit, key: UUID) -> Answer:
    """One journal line: both sides, when, and the loan and the papers it stands for."""
    with visit.transaction() as tx:
        lines = find_entries(tx, [key])
        if not lines:
            raise unknown()
        sides = {side for line in lines for side in (line.debit, line.credit)}
        named = accounts_by_id(tx, sorted(sides))
        loan, receivable, papers = _behind(tx, key)
    return page(
        "console/entry.html",
        key=key,
        lines=[(line, PHASES[line.phase]) for line in lines],
        accounts=named,
        loan=loan,
        receivable=receivable,
        papers=papers,
        kinds=KIND_TEXT,
        trade=visit.may(Right.TRADE_READ),
    )


def _behind(tx: Tx, key: UUID) -> tuple[UUID | None, Receivable | None, Sequence[Filed]]:
    """The loan that moved this line, its receivable and its documents; nothing for other lines."""
    loan = loan_of_transfer(tx, key)
    if loan is None:
        return None, None, ()
    receivable = loans_by_id(tx, [loan])[loan].receivable_id
    owed = find_receivables(tx, [receivable]).get(receivable)
    verified = latest_verifications(tx, [receivable]).get(receivable)
    papers = find_documents(tx, verified["documents"]) if verified else {}
    return loan, owed, list(papers.values())


def _column(
    account: Account, side: Side, lines: Sequence[StatementLine]
) -> tuple[str, Sequence[StatementLine], int]:
    """One side of the T: its word, its lines, their sum."""
    del account
    return side.value, lines, sum(line.entry.amount.minor for line in lines)


def _other(line: Entry, account: Account) -> AccountId:
    return line.credit if line.debit == account.id else line.debit


def _balance(debits: Money, credits_: Money, kind: AccountType | None) -> Money:
    held = debits - credits_
    return -held if kind is not None and kind.normal_side is Side.CREDIT else held


def _name(visit: Visit, kind: AccountType | None) -> str:
    if kind is None:
        return _UNKNOWN_TYPE.en if visit.language == "en" else _UNKNOWN_TYPE.zh
    return kind.en if visit.language == "en" else kind.zh


def _as_of(visit: Visit) -> AsOf:
    on: date | None = None
    known: datetime | None = None
    odd = False
    if said := visit.query.get("on", ""):
        try:
            on = date.fromisoformat(said)
        except ValueError:
            odd = True
    if said := visit.query.get("known", ""):
        try:
            known = datetime.fromisoformat(said)
        except ValueError:
            odd = True
        else:
            known = known if known.tzinfo else known.replace(tzinfo=BANK_ZONE)
    return AsOf(on, known, odd)


def _date(visit: Visit, name: str, default: date) -> date:
    try:
        said = date.fromisoformat(visit.query.get(name, ""))
    except ValueError:
        return default
    return said if said.year > 1 else default
