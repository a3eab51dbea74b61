"""Commands on early warnings: see them, watch a day, acknowledge, close, agree a covenant."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from heliu.app.bank import open_database
from heliu.app.options import AsJson, AsOption, acting
from heliu.app.post_loan import watch as watch_loans
from heliu.app.say import json_document, out, plain, two, word
from heliu.ground.clock import SystemClock
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.oversight.monitoring.api import (
    Answer,
    Covenant,
    Raised,
    WarningEventKind,
    agree_covenants,
    all_warnings,
    answer,
    shipped,
    standing,
)

_DAY = ["%Y-%m-%d"]
_ONE = timedelta(days=1)
_COLOURS = {"watch": "yellow", "serious": "red", "critical": "bold red"}
warnings = typer.Typer(help="Early warnings on live loans: see, watch a day, answer.")
Day = Annotated[
    datetime | None, typer.Option("--date", formats=_DAY, help="Business date; default: yesterday.")
]
Because = Annotated[str, typer.Option(help="Why: what was found or done.")]
Number = Annotated[UUID, typer.Argument(metavar="ID", help="The warning's id.")]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(warnings, name="warnings")


@warnings.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: AsJson = False,
) -> None:
    """The warnings that stand, most pressing first, with figures and what to do."""
    if context.invoked_subcommand is not None:
        return
    with open_database() as database, database.transaction() as tx:
        found = all_warnings(tx) if everything else standing(tx)
    found = sorted(found, key=lambda one: -list(_COLOURS).index(one.severity.value))
    if as_json:
        json_document([_plain(one) for one in found])
        return
    if not found:
        out.print(two("没有预警", "no warning stands"))
    for one in found:
        _print(one)


@warnings.command("watch")
def watch(*, day: Day = None, as_json: AsJson = False) -> None:
    """Look at every live loan as of a business date; a date watched before changes nothing."""
    clock = SystemClock()
    on = day.date() if day else clock.today() - _ONE
    with open_database() as database, database.transaction() as tx:
        done = watch_loans(tx, acting(None), on, clock.now())
    if as_json:
        json_document(done._asdict())
        return
    again = two(", 此前已巡检", ", watched before") if done.again else ""
    out.print(
        two(
            f"{on}  新增预警 {done.raised}, 消除 {done.cleared}{again}",
            f"{on}  {done.raised} raised, {done.cleared} over{again}",
        )
    )


@warnings.command("acknowledge")
def acknowledge(number: Number, *, because: Because, person: AsOption = None) -> None:
    """Say that somebody works on a warning."""
    _answered(Answer(number, WarningEventKind.ACKNOWLEDGED, because), person)


@warnings.command("close")
def close(number: Number, *, because: Because, person: AsOption = None) -> None:
    """Say that nothing is left to do; it is not raised again while it stands."""
    _answered(Answer(number, WarningEventKind.CLOSED, because), person)


@warnings.command("covenant")
def covenant(
    loan: Annotated[UUID, typer.Argument(metavar="LOAN")],
    feature: Annotated[str, typer.Argument(help="A feature of the pair, see docs/features.md.")],
    *,
    until: Annotated[datetime, typer.Option(formats=_DAY, help="Up to this day, excluded.")],
    at_least: Annotated[str | None, typer.Option()] = None,
    at_most: Annotated[str | None, typer.Option()] = None,
    person: AsOption = None,
) -> None:
    """Record what a borrower undertook: a feature stays within a bound from today on."""
    clock = SystemClock()
    start, end = clock.today(), until.date()
    bounds = (_number(at_least), _number(at_most))
    told = (str(loan), feature, str(bounds), start.isoformat(), end.isoformat())
    said = Covenant(derived_id("covenant", *told), loan, feature, *bounds, start, end)
    with open_database() as database, database.transaction() as tx:
        (outcome,) = agree_covenants(tx, acting(person), [said], clock.now())
        if isinstance(outcome, Refusal):
            raise outcome
    out.print(two(f"已登记约定 {outcome}", f"covenant {outcome} is recorded"))


def _number(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(two(f"不是数字: {text}", f"not a number: {text}")) from None


def _answered(said: Answer, person: str | None) -> None:
    clock = SystemClock()
    with open_database() as database, database.transaction() as tx:
        (outcome,) = answer(tx, acting(person), [said], clock.today(), clock.now())
        if isinstance(outcome, Refusal):
            raise outcome
    out.print(
        two(f"预警 {outcome.id}: {outcome.status}", f"warning {outcome.id}: {outcome.status}")
    )


def _plain(one: Raised) -> dict[str, Any]:
    rule = shipped().rule(one.rule)
    return {
        "id": one.id,
        "rule": one.rule,
        "name": rule.name.plain() if rule else None,
        "severity": one.severity.value,
        "status": one.status,
        "owner": one.owner,
        "subject": {
            "kind": one.subject.kind.value,
            "party": one.subject.party,
            "other": one.subject.other,
            "loan": one.subject.loan,
        },
        "raised_on": one.raised_on,
        "figures": one.seen.figures,
        "evidence": one.seen.evidence,
        "loans": one.loans,
        "playbook": [step.plain() for step in rule.playbook] if rule else [],
        "events": [
            {"kind": e.kind.value, "on": e.on, "by": e.by, "reason": e.reason} for e in one.events
        ],
    }


def _print(one: Raised) -> None:
    rule = shipped().rule(one.rule)
    subject = " → ".join(filter(None, (one.subject.party, one.subject.other)))
    colour = _COLOURS[one.severity.value]
    name = word(rule.name) if rule else one.rule
    out.print(f"[{colour}]{one.severity.value}[/] {name}  {plain(subject)}  [dim]{one.id}[/]")
    drawn = Table(show_header=False, box=None, padding=(0, 2))
    figures = ", ".join(f"{key} {value}" for key, value in one.seen.figures.items())
    drawn.add_row(two("自", "since"), f"{one.raised_on}, {one.status}, {one.owner}")
    drawn.add_row(two("数据", "figures"), plain(figures))
    at_stake = two(f"{len(one.loans)} 笔", f"{len(one.loans)} at stake")
    drawn.add_row(two("贷款", "loans"), f"{at_stake}, {one.loans[0]}")
    for step in rule.playbook if rule else ():
        drawn.add_row(two("处置", "do"), word(step))
    out.print(drawn)
