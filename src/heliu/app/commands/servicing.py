"""Commands on a financed invoice after the draw: see it, extend it, buy it back, recover on it."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from rich.table import Column, Table

from heliu.app.bank import open_bank, open_database
from heliu.app.options import AsJson, AsOption, acting
from heliu.app.say import json_document, out, plain, two, word
from heliu.app.settings import settings
from heliu.credit.loans.api import (
    ActKind,
    Event,
    EventKind,
    JournalLine,
    LoanAct,
    LoanFile,
    Serviced,
    Source,
    journal_of,
    loan_file,
    service,
    waiting,
)
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.clock import SystemClock
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.ground.money import Inexact, Money
from heliu.ground.text import Text

_DAY = ["%Y-%m-%d"]
_KINDS: Final = {
    EventKind.DISBURSED: Text("放款", "disbursed"),
    EventKind.REPAID: Text("买方付款", "repaid by the buyer"),
    EventKind.DILUTED: Text("应收缩减", "diluted"),
    EventKind.EXTENDED: Text("展期", "extended"),
    EventKind.BOUGHT_BACK: Text("供应商回购", "bought back by the supplier"),
    EventKind.WRITTEN_OFF: Text("核销", "written off"),
    EventKind.RECOVERED: Text("核销后收回", "recovered"),
    EventKind.WRITE_OFF_REVERSED: Text("冲回核销", "write-off reversed"),
}
servicing = typer.Typer(
    no_args_is_help=True,
    help="Financed invoices after the draw: extension, buy-back under recourse, recovery.",
)
Loan = Annotated[UUID, typer.Argument(metavar="LOAN", help="The loan's id.")]
Because = Annotated[str, typer.Option(help="Why.")]
Key = Annotated[
    UUID | None, typer.Option(help="Makes the act happen once; default: a new one each time.")
]
From = Annotated[
    str,
    typer.Option(
        "--from",
        help="Whose money: deposit (the supplier's account with us), nostro, or a receipt's id.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(servicing, name="servicing")


@servicing.command("show")
def show(
    loan: Loan,
    *,
    day: Annotated[
        datetime | None, typer.Option("--on", formats=_DAY, help="What is owed on it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A loan as it stands: who owes it, what, by when, and what happened to it, to the journal."""
    on = day.date() if day else SystemClock().today()
    with open_database() as database, database.transaction() as tx:
        file = loan_file(tx, loan)
        lines = journal_of(tx, [key for one in file.booked for key in one.transfers])
    told = _told(file, lines, on)
    if as_json:
        json_document(told)
        return
    _print(file, told, lines)


@servicing.command("receipts")
def receipts(*, as_json: AsJson = False) -> None:
    """Cash that waits in suspense and may pay a buy-back or a recovery."""
    with open_database() as database, database.transaction() as tx:
        found = waiting(tx)
    if as_json:
        json_document(
            [{"receipt": one.id, "left": one.left, "booked_on": one.booked_on} for one in found]
        )
        return
    for one in found:
        out.print(f"{one.id}  {one.booked_on}  {one.left}")
    if not found:
        out.print(two("没有待处理来款", "no cash waits"))


@servicing.command("extend")
def extend(
    loan: Loan,
    until: Annotated[datetime, typer.Argument(formats=_DAY, help="The new due date.")],
    *,
    because: Because,
    key: Key = None,
    person: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Move the due date of a loan that is not late; a late one is proposed in collection."""
    act = LoanAct(_key(key), loan, ActKind.EXTEND, because, until=until.date())
    _do(act, person, as_json=as_json)


@servicing.command("buy-back")
def buy_back(
    loan: Loan,
    *,
    whose: From,
    because: Because,
    key: Key = None,
    person: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """The supplier pays the whole debt of a loan with recourse and has his receivable back."""
    source, receipt = _source(whose)
    act = LoanAct(_key(key), loan, ActKind.BUY_BACK, because, source=source, receipt=receipt)
    _do(act, person, as_json=as_json)


@servicing.command("recover")
def recover(  # noqa: PLR0913 - the options are the act
    loan: Loan,
    amount: Annotated[str, typer.Argument(help="In major units of the loan's currency.")],
    *,
    whose: From = Source.NOSTRO.value,
    because: Because,
    key: Key = None,
    person: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Money that came in on a loan that was written off."""
    with open_database() as database, database.transaction() as tx:
        currency = loan_file(tx, loan).life.loan.principal.currency
    money = _money(amount, currency)
    source, receipt = _source(whose)
    act = LoanAct(*(_key(key), loan, ActKind.RECOVER, because), None, source, receipt, amount=money)
    _do(act, person, as_json=as_json)


def _do(act: LoanAct, person: str | None, *, as_json: bool) -> None:
    actor = acting(person)
    rules = in_force(SystemClock().today(), Profile(settings().profile))
    with open_bank() as bank, bank.database.transaction() as tx:
        (done,) = service(tx, bank.ledger, actor, [act], (rules, bank.clock.now()))
    if isinstance(done, Refusal):
        raise done
    told = _done(act, done)
    if as_json:
        json_document(told)
        return
    what = word(_KINDS[done.event.kind])
    again = two(" (此前已做)", " (done before)") if done.again else ""
    out.print(two(f"{what}, 第 {done.event.no} 项{again}", f"{what}, event {done.event.no}{again}"))


def _done(act: LoanAct, done: Serviced) -> dict[str, Any]:
    event = done.event
    return {
        "key": act.key,
        "loan": done.loan_id,
        "event_no": event.no,
        "kind": event.kind,
        "on": event.on,
        "principal": event.principal,
        "interest": event.interest,
        "due_on": event.due_on,
        "transfers": done.transfers,
        "again": done.again,
    }


def _told(file: LoanFile, lines: list[JournalLine], on: date) -> dict[str, Any]:
    loan, debt = file.life.loan, file.life.debt(on)
    return {
        "loan": loan.id,
        "invoice": loan.invoice_no,
        "programme": f"{loan.programme} v{loan.programme_version}",
        "recourse": loan.product.recourse,
        "supplier": loan.supplier_uscc,
        "buyer": loan.buyer_uscc,
        "answers": [loan.buyer_uscc, *([loan.supplier_uscc] if loan.with_recourse else [])],
        "currency": loan.principal.currency,
        "opened_on": loan.opened_on,
        "agreed_due_on": loan.due_on,
        "due_on": debt.due_on,
        "late": debt.total.minor > 0 and on > loan.late_after(debt.due_on),
        "observed_until": debt.observed_until,
        "on": on,
        "principal": debt.principal.minor,
        "interest": debt.interest.minor,
        "claim": debt.claim.minor,
        "written_off": debt.lost.minor,
        "events": [
            {
                "no": one.event.no,
                "kind": one.event.kind,
                "on": one.event.on,
                "principal": one.event.principal,
                "interest": one.event.interest,
                "claim_change": one.event.claim_change,
                "due_on": one.event.due_on,
                "undoes": one.event.of_no,
                "act": file.acts.get(one.event.no),
                "transfers": one.transfers,
            }
            for one in file.booked
        ],
        "journal": [
            {
                "seq": line.seq,
                "event": Event(line.code).name.lower(),
                "debit": line.debit,
                "credit": line.credit,
                "amount": line.amount.minor,
                "on": line.on,
            }
            for line in lines
        ],
    }


def _print(file: LoanFile, told: dict[str, Any], lines: list[JournalLine]) -> None:
    loan, currency = file.life.loan, told["currency"]
    recourse = two("有追索权", "with recourse") if loan.with_recourse else None
    kind = recourse or two("无追索权", "without recourse")
    out.print(f"{loan.id}  {plain(loan.invoice_no)}  {plain(told['programme'])}  {kind}")
    due = f"{told['agreed_due_on']}"
    if told["due_on"] != told["agreed_due_on"]:
        due += f" → {told['due_on']}"
    owed = f"{Money(told['principal'], currency)} + {Money(told['interest'], currency)}"
    out.print(
        two(f"到期 {due}; {told['on']} 欠本息 {owed}", f"due {due}; owed {told['on']}: {owed}")
    )
    if told["written_off"]:
        lost = Money(told["written_off"], currency)
        out.print(two(f"已核销未收回 {lost}", f"{lost} written off and not recovered"))
    heads = ("序", "no"), ("日期", "on"), ("事项", "event"), ("本金", "principal")
    rest = ("利息", "interest"), ("经办", "by"), ("提出", "proposed by"), ("理由", "why")
    table = Table(*(Column(two(*head)) for head in (*heads, *rest)), box=None, padding=(0, 1))
    for one in file.booked:
        event, act = one.event, file.acts.get(one.event.no)
        amounts = (str(Money(event.principal, currency)), str(Money(event.interest, currency)))
        who = (act.recorded_by, act.proposed_by or "", act.reason) if act else ("", "", "")
        name = word(_KINDS[event.kind])
        name += f" → {event.due_on}" if event.due_on else ""
        cells = (str(event.no), event.on.isoformat(), name, *amounts, *who)
        table.add_row(*(plain(cell) for cell in cells))
    out.print(table)
    for line in lines:
        what = Event(line.code).name.lower().replace("_", " ")
        sides = f"{plain(line.debit)} → {plain(line.credit)}"
        out.print(f"  {line.seq}  {line.on}  {what}  {line.amount}  [dim]{sides}[/]")


def _key(key: UUID | None) -> UUID:
    return key or uuid7(SystemClock().now())


def _source(whose: str) -> tuple[Source, UUID | None]:
    if whose in (Source.DEPOSIT, Source.NOSTRO):
        return Source(whose), None
    try:
        return Source.RECEIPT, UUID(whose)
    except ValueError:
        raise typer.BadParameter(
            two(f"不是资金来源: {whose}", f"not a source of money: {whose}"), param_hint="--from"
        ) from None


def _money(text: str, currency: str) -> Money:
    try:
        return Money.of(Decimal(text), currency)
    except (InvalidOperation, Inexact):
        raise typer.BadParameter(two(f"不是金额: {text}", f"not an amount: {text}")) from None
