"""Commands on benchmarks: import publications, list them, and the rates set and still due."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from heliu.app.bank import open_database
from heliu.app.options import AsJson, cli_actor
from heliu.app.say import json_document, out, plain, refuse, two, word
from heliu.app.settings import settings
from heliu.credit.benchmarks.api import (
    Moment,
    Publication,
    Taken,
    listed,
    read_publications,
    take_in,
)
from heliu.credit.regulation.api import Profile
from heliu.credit.repricing.api import Due, SetRate, set_last, still_due
from heliu.ground.clock import SystemClock
from heliu.ground.errors import Refusal

rates = typer.Typer(help="Benchmark rates (LPR): import, list, what is due.", no_args_is_help=True)
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many lines.")]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(rates, name="rates")


@rates.command("import")
def import_quotes(
    file: Annotated[Path, typer.Argument(help="Publications of a benchmark (YAML).")],
    *,
    as_json: AsJson = False,
) -> None:
    """Record what a benchmark was published at; two quotes for one day are refused."""
    publications, clock = read_publications(file), SystemClock()
    moment = Moment(clock.today(), clock.now(), Profile(settings().profile))
    with open_database() as database, database.transaction() as tx:
        outcomes = take_in(tx, cli_actor(), publications, moment)
    refused = [one for one in outcomes if isinstance(one, Refusal)]
    if as_json:
        json_document([_outcome(one) for one in outcomes])
    else:
        taken = [one for one in outcomes if isinstance(one, Taken)]
        known = sum(one.again for one in taken)
        out.print(
            two(f"新记录 {len(taken) - known} 期, 已有 {known} 期, 拒绝 {len(refused)} 期",
                f"{len(taken) - known} publications recorded, {known} known already, "
                f"{len(refused)} refused")
        )  # fmt: skip
        for refusal in refused:
            refuse(refusal)
    raise typer.Exit(int(bool(refused)))


@rates.command("list")
def list_quotes(*, limit: Limit = 100, as_json: AsJson = False) -> None:
    """What benchmarks were published at, the youngest first, and who checked it."""
    with open_database() as database, database.transaction() as tx:
        publications = listed(tx, limit)
    if as_json:
        json_document([_publication(one) for one in publications])
        return
    drawn = Table(
        *(two("基准", "benchmark"), two("发布日", "published"), two("报价", "quotes")),
        *(two("状态", "status"), two("来源", "source")),
    )
    for one in publications:
        quotes = ", ".join(f"{tenor} {_percent(rate)}" for tenor, rate in one.quotes.items())
        status = two("已核实", "verified") if one.verified else two("未核实", "unverified")
        mark = status if one.verified else f"[yellow]{status}[/]"
        drawn.add_row(one.benchmark, str(one.published_on), quotes, mark, plain(word(one.source)))
    out.print(drawn)


@rates.command("set")
def list_set(*, limit: Limit = 100, as_json: AsJson = False) -> None:
    """The contract rates the nights set last, by which quote, the youngest first."""
    with open_database() as database, database.transaction() as tx:
        found = set_last(tx, limit)
    if as_json:
        json_document([_set(one) for one in found])
        return
    drawn = Table(
        *(two("重定价日", "on"), two("贷款", "loan"), two("报价", "quote")),
        *(two("原利率", "before"), two("新利率", "rate")),
    )
    for one in found:
        quote = f"{one.benchmark} {one.tenor} {one.published_on}"
        drawn.add_row(
            *(str(one.due_on), str(one.contract_id), quote),
            *(_percent(one.rate_before), _percent(one.rate)),
        )
    out.print(drawn)


@rates.command("due")
def list_due(*, as_json: AsJson = False) -> None:
    """Loans whose rate should have been set anew by now and was not; exit 1 if there is one."""
    today = SystemClock().today()
    with open_database() as database, database.transaction() as tx:
        found = [due for due in still_due(tx, today) if due.on < today]
    if as_json:
        json_document([_due(due) for due in found])
    else:
        drawn = Table(two("重定价日", "due"), two("贷款", "loan"), two("所需报价", "quote needed"))
        for due in found:
            wanted = f"{due.wanted.benchmark} {due.wanted.tenor}"
            drawn.add_row(str(due.on), str(due.contract.id), wanted)
        out.print(drawn)
    raise typer.Exit(int(bool(found)))


def _percent(rate: object) -> str:
    return f"{rate:%}".rstrip("%").rstrip("0").rstrip(".") + " %"


def _publication(one: Publication) -> dict[str, object]:
    return {
        "benchmark": one.benchmark,
        "published_on": one.published_on,
        "quotes": {tenor: str(rate) for tenor, rate in one.quotes.items()},
        "source": one.source.plain(),
        "verified": one.verified,
        "checked": one.checked,
    }


def _outcome(one: Taken | Refusal) -> dict[str, object]:
    if isinstance(one, Taken):
        return _publication(one.publication) | {"again": one.again}
    return {"refused": one.code, "reason": one.reason.plain(), **one.facts}


def _set(one: SetRate) -> dict[str, object]:
    return one._asdict() | {"rate_before": str(one.rate_before), "rate": str(one.rate)}


def _due(due: Due) -> dict[str, object]:
    wanted = due.wanted
    return {
        "contract_id": str(due.contract.id),
        "on": due.on,
        "benchmark": wanted.benchmark,
        "tenor": wanted.tenor,
    }
