"""Commands on the machine: doctor, stop, bench."""

from pathlib import Path
from typing import Annotated

import typer

from heliu.app.bank import database_url
from heliu.app.doctor import examine
from heliu.app.measuring import NAMES, measure, table, write_result
from heliu.app.options import AsJson
from heliu.app.say import json_document, out, plain, progress, two, word
from heliu.app.settings import settings
from heliu.ground import replication
from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("doctor")(doctor)
    app.command("stop")(stop)
    app.command("bench")(bench)


def doctor(*, as_json: AsJson = False) -> None:
    """Say what is wrong on this machine and how to cure it; exit 1 if anything is."""
    checks = examine()
    if as_json:
        json_document(
            [
                {"check": c.name, "well": c.well, "found": c.found.en, "cure": c.cure.en}
                for c in checks
            ]
        )
    else:
        for check in checks:
            mark = "[green]✓[/]" if check.well else "[red]✗[/]"
            out.print(f"{mark} {check.name:<11} {plain(word(check.found))}")
            if not check.well:
                out.print(f"    {two('办法', 'cure')}: {plain(word(check.cure))}")
    raise typer.Exit(int(not all(check.well for check in checks)))


def stop() -> None:
    """Stop the embedded PostgreSQL and its standby; the next command starts them again."""
    if settings().database_url:
        raise Refusal(
            "machine.external_database",
            Text("使用的是外部数据库", "the database is an external server"),
            Text("请用其自身的工具停止", "stop it with its own tools"),
        )
    replication.stop(settings().folder)


def bench(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}, or all.")],
    *,
    seconds: Annotated[float, typer.Option(help="How long each measurement may take.")] = 3.0,
    keep: Annotated[
        Path | None, typer.Option(help="Also write NAME.json and NAME.md into this folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure one thing beside its peer or limit in the same run."""
    if name not in {*NAMES, "all"}:
        raise Refusal(
            "bench.unknown",
            Text(f"没有名为 {name} 的基准", f"there is no benchmark {name}"),
            Text(f"可选: {', '.join(NAMES)}", f"choose one of {', '.join(NAMES)}"),
        )
    for chosen in NAMES if name == "all" else (name,):
        with progress(quiet=as_json) as bars:
            result = measure(chosen, database_url(), seconds, bars)
        if keep is not None:
            write_result(result, keep)
        if as_json:
            json_document(result)
        else:
            out.print(table(result))
