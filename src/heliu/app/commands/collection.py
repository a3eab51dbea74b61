"""Commands on collection: the queue, a case, contacts, promises, proposals and their release."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Column, Table

from heliu.app.bank import open_bank, open_database
from heliu.app.options import AsJson, AsOption, acting
from heliu.app.post_loan import collect
from heliu.app.say import json_document, out, plain, two, word
from heliu.app.settings import settings
from heliu.credit.collection.api import (
    Case,
    Contact,
    File,
    Law,
    Promise,
    Proposal,
    Propose,
    Remedy,
    Result,
    Rule,
    Waiting,
    case_file,
    open_cases,
    promise,
    propose,
    queue,
    record_results,
    reject,
    release,
    shipped,
    waiting,
)
from heliu.credit.collection.api import contact as take_leave
from heliu.credit.lending.api import Moment
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.clock import SystemClock
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.ground.money import Inexact, Money
from heliu.oversight.monitoring.api import by_party

_DAY = ["%Y-%m-%d"]
_ONE = timedelta(days=1)
collection = typer.Typer(
    help="Collection: who is late, contacts within limits, promises, remedies."
)
Number = Annotated[UUID, typer.Argument(metavar="CASE", help="The case's id.")]
Because = Annotated[str, typer.Option(help="Why.")]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(collection, name="collection")


@collection.callback(invoke_without_command=True)
def show_queue(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Open cases, most pressing first."""
    if context.invoked_subcommand is not None:
        return
    with open_database() as database, database.transaction() as tx:
        found = queue(tx, SystemClock().today(), by_party(tx))
    if as_json:
        json_document([_queued(one) for one in found])
        return
    if not found:
        out.print(two("没有催收案件", "nobody is late"))
        return
    heads = ("案件", "case"), ("债务人", "debtor"), ("时钟", "clock"), ("逾期", "overdue")
    rest = ("天数", "days"), ("阶段", "step"), ("预警", "warnings"), ("承诺", "promise")
    names = [Column(two(*head), no_wrap=True) for head in (*heads, *rest)]
    drawn = Table(*names, box=None, padding=(0, 1))
    for one in found:
        case = one.case
        overdue = Money(one.arrears.overdue, case.debtor.currency)
        told = (str(case.id), case.debtor.uscc, case.debtor.clock.value, str(overdue), one.bucket)
        promised = f"{one.promise.value} {one.promised_for}" if one.promise else "-"
        drawn.add_row(*told, _step(case.last.step), str(one.warnings), promised)
    out.print(drawn)


@collection.command("work")
def work(
    *,
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=_DAY, help="A closed business date; default: yesterday."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a closed day into cases: open, escalate, close. A date taken before changes nothing."""
    clock = SystemClock()
    on = day.date() if day else clock.today() - _ONE
    with open_database() as database, database.transaction() as tx:
        done = collect(tx, acting(None), on, clock.now())
    if as_json:
        json_document(done._asdict())
        return
    out.print(
        two(
            f"{on}  立案 {done.opened}, 升级 {done.escalated}, 结案 {done.closed}",
            f"{on}  {done.opened} opened, {done.escalated} escalated, {done.closed} closed",
        )
    )


@collection.command("show")
def show(number: Number, *, as_json: AsJson = False) -> None:
    """A case: what happened, what was promised and proposed, what this step asks."""
    with open_database() as database, database.transaction() as tx:
        file = case_file(tx, number, SystemClock().today())
    if as_json:
        json_document(_file(file))
        return
    case = file.case
    out.print(f"{case.id}  {case.debtor.uscc}  {case.debtor.clock.value}  {_step(case.last.step)}")
    for event in file.events:
        overdue = Money(event.arrears.overdue, case.debtor.currency)
        out.print(f"  {event.on}  {event.kind.value}  {_step(event.step)}  {overdue}")
    for made, state, paid in file.promises:
        amounts = (
            f"{Money(paid, case.debtor.currency)} / {Money(made.amount, case.debtor.currency)}"
        )
        out.print(f"  {made.due_on}  {two('承诺', 'promise')} {state.value}  {amounts}")
    for proposal in file.proposals:
        out.print(f"  {proposal.proposed_on}  {_proposal_line(proposal)}")
    for step in shipped().steps:
        if step.step == case.last.step and case.is_open:
            for line in step.do:
                out.print(f"  [bold]{step.owner}[/]: {word(line)}")


@collection.command("contact")
def contact(
    number: Number,
    *,
    channel: Annotated[str, typer.Option(help="call, message, letter, visit.")],
    person: AsOption = None,
) -> None:
    """Take leave to try a debtor once, now; refused beyond the limits and in the quiet hours."""
    clock = SystemClock()
    command = Contact(uuid7(clock.now()), number, channel)
    with open_database() as database, database.transaction() as tx:
        (outcome,) = take_leave(tx, acting(person), [command], _law(), clock.now())
        _checked(outcome)
    out.print(two(f"可以联系, 编号 {outcome}", f"contact {outcome} may be made now"))


@collection.command("result")
def result(
    number: Annotated[UUID, typer.Argument(metavar="CONTACT")],
    what: Annotated[
        str, typer.Argument(metavar="RESULT", help="reached, no_answer, promised, ...")
    ],
    *,
    person: AsOption = None,
) -> None:
    """Record what came of a contact."""
    said = [Result(number, what)]
    with open_database() as database, database.transaction() as tx:
        (outcome,) = record_results(tx, acting(person), said, shipped(), SystemClock().now())
        _checked(outcome)
    out.print(two("已记录", "recorded"))


@collection.command("promise")
def promised(
    number: Number,
    amount: Annotated[str, typer.Argument(help="In yuan, or the case's currency.")],
    due: Annotated[datetime, typer.Argument(formats=_DAY, help="The day he pays.")],
    *,
    person: AsOption = None,
) -> None:
    """Record a promise to pay; whether it is kept follows from the money that comes."""
    clock = SystemClock()
    with open_database() as database, database.transaction() as tx:
        currency = _currency(open_cases(tx), number)
        said = Promise(uuid7(clock.now()), number, _money(amount, currency), due.date())
        (outcome,) = promise(tx, acting(person), [said], _law(), clock.now())
        _checked(outcome)
    out.print(two(f"已登记承诺 {outcome}", f"promise {outcome} is recorded"))


@collection.command("propose")
def proposed(  # noqa: PLR0913 - the options are the proposal
    number: Number,
    loan: Annotated[UUID, typer.Argument(metavar="LOAN")],
    remedy: Annotated[Remedy, typer.Argument()],
    *,
    because: Because,
    instalments: Annotated[int | None, typer.Option(help="Of the new plan, or added.")] = None,
    rate: Annotated[str | None, typer.Option(help="Annual rate, 0.05 is 5 %.")] = None,
    amount: Annotated[str | None, typer.Option(help="What was recovered, in yuan.")] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=_DAY, help="New due date of a financed invoice that is extended."),
    ] = None,
    person: AsOption = None,
) -> None:
    """Propose a remedy for a loan; a second person releases it."""
    clock = SystemClock()
    with open_database() as database, database.transaction() as tx:
        money = _money(amount, "CNY") if amount else None
        annual = _decimal(rate) if rate else None
        key = uuid7(clock.now())
        last = until.date() if until else None
        said = Propose(key, number, loan, remedy, because, instalments, annual, money, last)
        at = Moment(clock.today(), clock.now())
        (outcome,) = propose(tx, acting(person), [said], shipped(), at)
        _checked(outcome)
    out.print(
        two(
            f"已提出 {outcome}; 请另一人放行: heliu collection release {outcome}",
            f"{outcome} is proposed; a second person releases it: "
            f"heliu collection release {outcome}",
        )
    )


@collection.command("proposals")
def proposals(*, as_json: AsJson = False) -> None:
    """Proposals that wait for a second person."""
    with open_database() as database, database.transaction() as tx:
        found = waiting(tx)
    if as_json:
        json_document([_proposal(one) for one in found])
        return
    for one in found:
        out.print(f"{one.said.key}  {one.proposed_on}  {_proposal_line(one)}")
    if not found:
        out.print(two("没有待放行的提案", "no proposal waits"))


@collection.command("release")
def released(
    proposal: Annotated[UUID, typer.Argument(metavar="PROPOSAL")],
    *,
    because: Because,
    person: AsOption = None,
) -> None:
    """Let a proposal happen, as another person than who made it: the loan is changed now."""
    actor, rules = acting(person), _law().rules
    with open_bank() as bank, bank.database.transaction() as tx:
        said = Rule(proposal, because)
        done = release(tx, bank.ledger, actor, said, rules, bank.clock.now())
    out.print(two(f"已放行, 合同事件 {done.event_no}", f"released as event {done.event_no}"))


@collection.command("reject")
def rejected(
    proposal: Annotated[UUID, typer.Argument(metavar="PROPOSAL")],
    *,
    because: Because,
    person: AsOption = None,
) -> None:
    """Refuse a proposal, as another person than who made it."""
    clock = SystemClock()
    with open_database() as database, database.transaction() as tx:
        said = Rule(proposal, because)
        reject(tx, acting(person), said, Moment(clock.today(), clock.now()))
    out.print(two("已否决", "rejected"))


def _law() -> Law:
    rules = in_force(SystemClock().today(), Profile(settings().profile))
    return Law(rules, shipped())


def _checked(outcome: UUID | Refusal) -> None:
    if isinstance(outcome, Refusal):
        raise outcome


def _currency(cases: list[Case], number: UUID) -> str:
    return next((case.debtor.currency for case in cases if case.id == number), "CNY")


def _money(text: str, currency: str) -> Money:
    try:
        return Money.of(_decimal(text), currency)
    except Inexact as error:
        raise typer.BadParameter(str(error)) from None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(two(f"不是数字: {text}", f"not a number: {text}")) from None


def _step(step: str) -> str:
    names = {known.step: known.name for known in shipped().steps}
    return word(names[step]) if step in names else two("观察期", "Observation")


def _proposal_line(one: Proposal) -> str:
    status = one.verdict or two("待放行", "waits")
    return f"{one.said.remedy.value}  {one.said.loan_id}  {status}  {plain(one.said.reason)}"


def _queued(one: Waiting) -> dict[str, Any]:
    return {
        **_case(one.case),
        "overdue_minor": one.arrears.overdue,
        "principal_minor": one.arrears.principal,
        "days_late": one.arrears.days_late,
        "bucket": one.bucket,
        "tier": one.arrears.tier,
        "loans": one.arrears.loans,
        "warnings": one.warnings,
        "promise": one.promise,
        "promised_for": one.promised_for,
        "contacts_today": one.contacts_today,
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "case": case.id,
        "debtor": case.debtor.uscc,
        "clock": case.debtor.clock.value,
        "currency": case.debtor.currency,
        "opened_on": case.opened_on,
        "step": case.last.step,
        "open": case.is_open,
    }


def _file(file: File) -> dict[str, Any]:
    return {
        **_case(file.case),
        "events": [
            {
                "kind": event.kind.value,
                "step": event.step,
                "on": event.on,
                "overdue_minor": event.arrears.overdue,
                "days_late": event.arrears.days_late,
                "loans": event.arrears.loans,
            }
            for event in file.events
        ],
        "promises": [
            {
                "promise": made.id,
                "amount_minor": made.amount,
                "due_on": made.due_on,
                "promised_on": made.promised_on,
                "state": state.value,
                "paid_minor": paid,
            }
            for made, state, paid in file.promises
        ],
        "proposals": [_proposal(one) for one in file.proposals],
    }


def _proposal(one: Proposal) -> dict[str, Any]:
    said = one.said
    return {
        "proposal": said.key,
        "case": said.case_id,
        "loan": said.loan_id,
        "remedy": said.remedy.value,
        "instalments": said.instalments,
        "annual_rate": said.annual_rate,
        "amount": said.amount,
        "until": said.until,
        "reason": said.reason,
        "proposed_on": one.proposed_on,
        "proposed_by": one.proposed_by,
        "verdict": one.verdict,
        "event_no": one.event_no,
    }
