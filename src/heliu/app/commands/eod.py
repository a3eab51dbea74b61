"""Commands on the end of day: close, look, open again; the general ledger; the export."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from heliu.app.bank import open_bank, open_database
from heliu.app.night import Night, nights
from heliu.app.options import AsJson, cli_actor
from heliu.app.say import err, json_document, out, plain, progress, refuse, two, word
from heliu.books.ledger.api import trial_balance
from heliu.credit.classification.api import TIER_NAMES, Judge, Tier, judge, release
from heliu.credit.closing.api import (
    Format,
    by_tier,
    export_day,
    last_day,
    movement_table,
    nothing_closed,
    put_aside,
    reopen,
    sealed_days,
    tie_out,
)
from heliu.ground.clock import SystemClock
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.ground.money import Money

_DAY = ["%Y-%m-%d"]
_ONE = timedelta(days=1)
eod = typer.Typer(help="End of day: close business dates, look at them, open one again.")
gl = typer.Typer(
    help="The general ledger: trial balance, movements, tie-out.", no_args_is_help=True
)
export = typer.Typer(help="What others read of the bank.", no_args_is_help=True)
Day = Annotated[
    datetime | None, typer.Option("--date", formats=_DAY, help="Business date; default: yesterday.")
]
ClosedDay = Annotated[
    datetime | None,
    typer.Option("--date", formats=_DAY, help="A closed business date; default: the last one."),
]


def register(app: typer.Typer) -> None:
    """Add these families' commands to the command line."""
    app.add_typer(eod, name="eod")
    app.add_typer(gl, name="gl")
    app.add_typer(export, name="export")


@eod.callback(invoke_without_command=True)
def close(context: typer.Context, *, day: Day = None, as_json: AsJson = False) -> None:
    """Run the night of every business date up to one that is over.

    Offers whose time is over end, pledged goods are valued, early warnings watched, the day is
    closed, and who is late becomes a case. A closed date is run again and compared.
    """
    if context.invoked_subcommand is not None:
        return
    told = []
    with open_bank() as bank, _bars(quiet=as_json) as tell:
        for night in nights(bank, day.date() if day else bank.clock.today() - _ONE, tell):
            if as_json:
                told.append(_told(night))
            else:
                _print(night)
    if as_json:
        json_document(told)


@eod.command("status")
def status(*, as_json: AsJson = False) -> None:
    """The last closed days, and the book by class and stage."""
    with open_database() as database, database.transaction() as tx:
        days = sealed_days(tx, 10)
        rows = by_tier(tx, days[0].business_date) if days else []
    if as_json:
        json_document(
            {
                "days": [d._asdict() | {"digest": d.digest.hex()} for d in days],
                "classes": [row._asdict() for row in rows],
            }
        )
        return
    drawn = Table(
        *_heads(("日期", "date"), ("版次", "revision"), ("笔数", "loans"), ("摘要", "digest"))
    )
    for one in days:
        drawn.add_row(
            str(one.business_date), str(one.revision), str(one.loans), one.digest.hex()[:16]
        )
    out.print(drawn)
    classes = Table(
        *_heads(("币种", "currency"), ("分类", "class"), ("阶段", "stage"), ("笔数", "loans")),
        *_heads(("本金", "principal"), ("损失准备", "allowance")),
    )
    for row in rows:
        money = (Money(row.principal, row.currency), Money(row.allowance, row.currency))
        name = word(TIER_NAMES[Tier(row.tier)])
        classes.add_row(row.currency, name, str(row.stage), str(row.loans), *map(str, money))
    out.print(classes)


@eod.command("reopen")
def open_again(
    day: Annotated[datetime, typer.Argument(formats=_DAY, help="The first date to open again.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
) -> None:
    """Open a closed date and all after it again; their postings are reversed."""
    with open_bank() as bank, bank.database.transaction() as tx:
        days = reopen(tx, bank.ledger, bank.actor, day.date(), reason)
    listed = ", ".join(str(one.business_date) for one in reversed(days))
    out.print(two(f"已重开: {listed}", f"open again: {listed}"))


@eod.command("put-aside")
def put_days_aside(
    before: Annotated[datetime, typer.Argument(formats=_DAY, help="Days before this date.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Detach the positions of old days; month ends stay, and nothing is dropped."""
    with open_database() as database, database.transaction() as tx:
        days = put_aside(tx, before.date())
    if as_json:
        json_document(days)
        return
    out.print(two(f"已移出 {len(days)} 日", f"{len(days)} days put aside"))


@eod.command("judge")
def judge_loan(
    loan: UUID,
    tier: Annotated[str, typer.Argument(help=", ".join(t.name.lower() for t in Tier))],
    *,
    reason: Annotated[str, typer.Option(help="What the judgement rests on.")],
    until: Annotated[datetime, typer.Option(formats=_DAY, help="The day it ends.")],
    key: Annotated[UUID | None, typer.Option(help="Makes it happen once.")] = None,
) -> None:
    """Class a loan by hand: alone only worse than the rules, better once a second person agrees."""
    names = {t.name.lower(): t for t in Tier}
    if tier not in names:
        raise typer.BadParameter(f"one of {', '.join(names)}", param_hint="tier")
    clock = SystemClock()
    now, today = clock.now(), clock.today()
    command = Judge(key or uuid7(now), loan, names[tier], reason, today, until.date())
    with open_database() as database, database.transaction() as tx:
        (answer,) = judge(tx, cli_actor(), [command], now)
    _answered(answer)


@eod.command("release")
def release_judgement(judgement: UUID) -> None:
    """Let a judgement stand even where it is better than the rules; never by who made it."""
    with open_database() as database, database.transaction() as tx:
        (answer,) = release(tx, cli_actor(), [judgement], SystemClock().now())
    _answered(answer)


@gl.command("trial-balance")
def show_trial_balance(
    *,
    day: Annotated[
        datetime | None, typer.Option("--date", formats=_DAY, help="As of its end; default: now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Totals by account type and currency; debits equal credits in every currency."""
    with open_database() as database, database.transaction() as tx:
        lines = trial_balance(tx, on=day.date() if day else None)
    if as_json:
        json_document(
            [
                {
                    "type": line.type,
                    "currency": line.debits.currency,
                    "debits_minor": line.debits.minor,
                    "credits_minor": line.credits.minor,
                }
                for line in lines
            ]
        )
        return
    drawn = Table(*_heads(("科目", "account type"), ("借方", "debits"), ("贷方", "credits")))
    for line in lines:
        drawn.add_row(line.type, str(line.debits), str(line.credits))
    out.print(drawn)


@gl.command("movement")
def show_movement(
    start: Annotated[datetime, typer.Argument(formats=_DAY, help="First business date.")],
    until: Annotated[datetime, typer.Argument(formats=_DAY, help="Last business date.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Why the loss allowance changed, by stage (CAS 37 / IFRS 7.35H)."""
    with open_database() as database, database.transaction() as tx:
        tables = movement_table(tx, start.date(), until.date())
    if as_json:
        json_document(
            [
                {
                    "currency": t.currency,
                    "stage": int(t.stage),
                    "opening_minor": t.opening,
                    "movements_minor": {c.name.lower(): a for c, a in t.moved.items()},
                    "closing_minor": t.closing,
                }
                for t in tables
            ]
        )
        return
    drawn = Table(
        *_heads(("币种", "currency"), ("阶段", "stage"), ("项目", "movement"), ("金额", "amount"))
    )
    for table in tables:
        stage = (table.currency, str(int(table.stage)))
        drawn.add_row(*stage, two("期初", "opening"), str(Money(table.opening, table.currency)))
        for cause, amount in table.moved.items():
            drawn.add_row(*stage, cause.name.lower(), str(Money(amount, table.currency)))
        drawn.add_row(*stage, two("期末", "closing"), str(Money(table.closing, table.currency)))
    out.print(drawn)


@gl.command("tie-out")
def show_tie_out(*, day: ClosedDay = None, as_json: AsJson = False) -> None:
    """The general ledger beside the positions of a closed day; exit 1 if a line differs."""
    with open_database() as database, database.transaction() as tx:
        on = _closed_day(tx, day)
        lines = tie_out(tx, on)
    if as_json:
        json_document(
            [
                {
                    "account": line.account,
                    "currency": line.ledger.currency,
                    "ledger_minor": line.ledger.minor,
                    "positions_minor": line.positions.minor,
                    "ties": line.ties,
                }
                for line in lines
            ]
        )
    else:
        drawn = Table(
            *_heads(
                ("科目", "account"), ("总账", "ledger"), ("分户", "positions"), ("一致", "ties")
            ),
            title=str(on),
        )
        for line in lines:
            mark = "[green]✓[/]" if line.ties else "[red]✗[/]"
            drawn.add_row(line.account, str(line.ledger), str(line.positions), mark)
        out.print(drawn)
    raise typer.Exit(int(not all(line.ties for line in lines)))


@export.command("supervisor")
def export_supervisor(
    folder: Path,
    *,
    day: ClosedDay = None,
    form: Annotated[Format, typer.Option("--format", help="csv or parquet.")] = Format.CSV,
    as_json: AsJson = False,
) -> None:
    """Write a closed day's segments: contract, account, collateral, repayment, classification."""
    with open_database() as database, database.transaction() as tx:
        made = export_day(tx, _closed_day(tx, day), folder, form)
    if as_json:
        json_document(made)
        return
    for one in made:
        rows = two(f"{one.rows} 行", f"{one.rows} rows")
        out.print(f"{plain(folder / one.file)}  {rows}  [dim]{one.sha256[:16]}[/]")


def _closed_day(tx: Tx, named: datetime | None) -> date:
    if named is not None:
        return named.date()
    last = last_day(tx)
    if last is None:
        raise nothing_closed()
    return last.business_date


def _print(night: Night) -> None:
    one, watched, worked = night.closed, night.watched, night.worked
    rates, missed = len(night.repriced.changes), len(night.repriced.missed)
    out.print(
        two(
            f"{one.business_date}  {one.loans} 笔, {one.turns} 项变动, {len(one.postings)} 笔入账, "
            f"重定价 {rates}, 押品 {night.appraised}, 预警 +{watched.raised} -{watched.cleared}, "
            f"案件 +{worked.opened} -{worked.closed}, 到期报价 {night.offers_ended}",
            f"{one.business_date}  {one.loans} loans, {one.turns} turns, "
            f"{len(one.postings)} postings, {rates} repriced, {night.appraised} appraised, "
            f"warnings +{watched.raised} -{watched.cleared}, "
            f"cases +{worked.opened} -{worked.closed}, {night.offers_ended} offers ended",
        ),
        f"[dim]{one.digest.hex()[:16]}[/]",
        two("重算一致", "the same again") if one.again else "",
    )
    if missed:
        err.print(
            two(f"[yellow]{missed} 笔贷款未能重定价, 利率不变: heliu rates due[/]",
                f"[yellow]{missed} loans keep their old rate for want of a new one: "
                "heliu rates due[/]"),
            soft_wrap=True,
        )  # fmt: skip


def _told(night: Night) -> dict[str, Any]:
    one = night.closed
    return {
        "business_date": one.business_date,
        "revision": one.revision,
        "loans": one.loans,
        "digest": one.digest.hex(),
        "again": one.again,
        "chunks_found_written": one.resumed,
        "turns": one.turns,
        "postings": [posting._asdict() for posting in one.postings],
        "offers_ended": night.offers_ended,
        "rates": {"set": len(night.repriced.changes), "missed": len(night.repriced.missed)},
        "appraised": night.appraised,
        "warnings": {"raised": night.watched.raised, "cleared": night.watched.cleared},
        "cases": {"opened": night.worked.opened, "closed": night.worked.closed},
    }


def _answered(answer: UUID | Refusal) -> None:
    if isinstance(answer, Refusal):
        refuse(answer)
        raise typer.Exit(1)
    out.print(str(answer))


def _heads(*names: tuple[str, str]) -> list[str]:
    return [two(zh, en) for zh, en in names]


@contextmanager
def _bars(*, quiet: bool) -> Iterator[Any]:
    names = {"gather": ("收集", "gather"), "step": ("计提", "step"), "write": ("写入", "write")}
    with progress(quiet=quiet) as bars:
        tasks = {name: bars.add_task(two(*said), total=None) for name, said in names.items()}
        yield lambda stage, done, total: bars.update(tasks[stage], completed=done, total=total)
