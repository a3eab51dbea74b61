"""Commands on documents: inspect, import, detect, watch."""

import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import typer
from rich.table import Table

from heliu.app.bank import open_bank, open_database
from heliu.app.finance.run import file_items, live
from heliu.app.inspecting import inspect_files
from heliu.app.options import AsJson, cli_actor
from heliu.app.say import json_document, json_lines, out, plain, progress, refuse, two, word
from heliu.credit.products.api import read_programme
from heliu.flows.commercial.api import (
    TableMapping,
    load_mapping,
    read_invoice_table,
    register_table,
    registered,
    rows_at,
)
from heliu.flows.intake.api import Inbox, Outcome, watch
from heliu.flows.screening.api import LEAST_SCORE, Options, Suspicion, detect
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

SHOWN: Final = 50
SHOWN_ROWS: Final = 6

Files = Annotated[list[Path], typer.Argument(help="Files, folders, ZIP or gzip archives.")]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("inspect")(inspect)
    app.command("import")(import_tables)
    app.command("detect")(detect_table)
    app.command("watch")(watch_inbox)


def inspect(files: Files, *, as_json: AsJson = False) -> None:
    """Print what is understood of each file; exit 1 if any is refused. Nothing is stored."""
    refused = False
    for result in inspect_files(files):
        refused |= not result["ok"]
        if as_json:
            json_lines([result])
        else:
            _show(result)
    raise typer.Exit(int(refused))


def detect_table(
    table: Annotated[
        Path | None, typer.Argument(help="Invoice table (Parquet); default: all imported rows.")
    ] = None,
    *,
    floor: Annotated[float, typer.Option(help="Least score reported, 0 to 1.")] = LEAST_SCORE,
    as_json: AsJson = False,
) -> None:
    """Find duplicates, split pledges, inflated red letters and circular trade in a table.

    Columns: row_id, firm, direction (in|out), invoice_no, date, counterparty, amount, tax, total,
    status (valid|void). Findings come surest first. Of imported rows, row_id is the place in the
    register.
    """
    rows = _register() if table is None else read_table(table)
    with progress(quiet=as_json) as bars:
        task = bars.add_task(two("检测", "detecting"), total=None)

        def shown(stage: str, done: int, total: int) -> None:
            bars.update(task, description=stage, completed=done, total=total)

        found = detect(rows, options=Options(floor=floor), progress=shown)
    if as_json:
        json_document({"findings": [finding.as_json() for finding in found]})
        return
    counts = Counter(finding.kind for finding in found)
    out.print(", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) or "—")
    places = _places(found[:SHOWN]) if table is None else {}
    for finding in found[:SHOWN]:
        named = ", ".join(places.get(row, str(row)) for row in finding.rows[:SHOWN_ROWS])
        why = plain(word(finding.reason))
        out.print(f"[bold]{finding.score:.2f}[/] {finding.kind} ({plain(named)}) {why}")
    if len(found) > SHOWN:
        rest = len(found) - SHOWN
        out.print(two(f"另有 {rest} 条，见 --json", f"{rest} more with --json"))


def import_tables(
    tables: Annotated[list[Path], typer.Argument(help="Invoice tables: CSV or Parquet.")],
    *,
    mapping: Annotated[
        Path | None, typer.Option(help="Which column is what (YAML); default: by the header.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take whole invoice registers in: normalised, deduplicated, checked, kept.

    A bad row is told with its line and column and hides no other; a table that cannot be read
    hides no other table (exit 1). The same file again changes nothing.
    """
    declared = load_mapping(mapping) if mapping else None
    refused = False
    with open_database() as database:
        for path in tables:
            try:
                result = _import(database, path, declared, quiet=as_json)
            except Refusal as refusal:
                refused = True
                refuse(refusal)
                continue
            if as_json:
                json_lines([result])
            else:
                _imported(result)
    raise typer.Exit(int(refused))


def watch_inbox(
    inbox: Annotated[Path, typer.Argument(help="The drop folder (SFTP).")],
    *,
    programme: Annotated[
        list[Path] | None, typer.Option(help="Finance what comes on these programmes.")
    ] = None,
    every: Annotated[float, typer.Option(help="Seconds between two looks.")] = 2.0,
    looks: Annotated[
        int | None, typer.Option(help="Stop after so many looks; default: never.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take what is dropped into a folder, move it to done/ or refused/ (with the reasons)."""
    if not inbox.is_dir():
        raise Refusal(
            "watch.no_inbox",
            Text(f"{inbox} 不是目录", f"{inbox} is not a folder"),
            Text("先建立投递目录", "make the drop folder first"),
        )
    programmes = [read_programme(path) for path in programme or ()]
    with open_bank() as bank:
        seen = watch(
            Inbox(inbox), lambda items: file_items(bank, items), sleep=time.sleep, every=every
        )
        for taken in islice(seen, looks):
            outcomes = [outcome for one in taken for outcome in one.outcomes]
            if outcomes and programmes:
                live(bank, outcomes, programmes, bank.clock.today(), lambda *_: None)
            for outcome in outcomes:
                _taken(outcome, as_json=as_json)


def read_table(path: Path) -> pa.Table:
    """The Parquet table at `path`. Raises Refusal if it is none."""
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        said = str(error).splitlines()[0]
        raise Refusal(
            "detect.unreadable",
            Text(f"{path.name} 不是可读的 Parquet 表: {said}", f"{path.name} is no table: {said}"),
            Text("给出 Parquet 发票表", "give an invoice table in Parquet"),
        ) from error


def _import(
    database: Database, path: Path, mapping: TableMapping | None, *, quiet: bool
) -> dict[str, Any]:
    started = time.perf_counter()
    with progress(quiet=quiet) as bars:
        task = bars.add_task(plain(path.name), total=None)

        def shown(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        read = read_invoice_table(path, mapping, progress=shown)
        bars.update(task, description=two(f"{path.name} 入库", f"{path.name} stored"))
        with database.transaction() as tx:
            now = SystemClock().now()
            kept = register_table(tx, cli_actor(), path.name, read, now)
    taken = time.perf_counter() - started
    return {
        "file": path.name,
        "mapping": read.mapping,
        "new": kept.new,
        "rows": read.rows,
        "kept": kept.kept,
        "duplicates": kept.repeats,
        "void": kept.void,
        "rows_per_second": round(read.rows / taken),
        "complaints": [
            {"code": c.code, "place": c.place, "message": c.message.en, "message_zh": c.message.zh}
            for c in read.complaints
        ],
    }


def _imported(result: dict[str, Any]) -> None:
    again = "" if result["new"] else two("（早已入库）", " (here before)")
    said = two(
        "{rows:,} 行, 入库 {kept:,}, 其中重复 {duplicates:,}, 作废 {void:,}; "
        "每秒 {rows_per_second:,} 行",
        "{rows:,} rows: {kept:,} kept, of them {duplicates:,} duplicates and {void:,} void; "
        "{rows_per_second:,} rows/s",
    )
    out.print(f"[green]✓[/] [bold]{plain(result['file'])}[/]{again}  {said.format(**result)}")
    told = result["complaints"]
    for complaint in told[:SHOWN]:
        message = plain(two(complaint["message_zh"], complaint["message"]))
        out.print(f"  [yellow]{complaint['code']}[/] {plain(complaint['place'])}: {message}")
    if len(told) > SHOWN:
        rest = len(told) - SHOWN
        out.print(two(f"  另有 {rest} 条，见 --json", f"  {rest} more with --json"))


def _register() -> pa.Table:
    with open_database() as database, database.transaction() as tx:
        table = registered(tx)
    if not table.num_rows:
        raise Refusal(
            "detect.empty_register",
            Text("登记簿里没有发票", "no invoice table was imported yet"),
            Text("先用 heliu import 导入, 或给出一张表", "`heliu import` one, or name a table"),
        )
    return table


def _places(found: Sequence[Suspicion]) -> dict[int | str, str]:
    rows = sorted({int(row) for finding in found for row in finding.rows[:SHOWN_ROWS]})
    with open_database() as database, database.transaction() as tx:
        return {at: f"{place.file}:{place.line}" for at, place in rows_at(tx, rows).items()}


def _taken(outcome: Outcome, *, as_json: bool) -> None:
    refusal = outcome.refusal
    if as_json:
        reason = refusal and {"code": refusal.code, "place": refusal.place}
        said = {"file": outcome.file, "outcome": outcome.status, "documents": outcome.documents}
        json_lines([said | {"refusal": reason}])
        return
    mark = "[red]✗[/]" if refusal else "[green]✓[/]"
    words = f"{refusal.place}: {word(refusal.message)}" if refusal else outcome.status.value
    out.print(f"{mark} {plain(outcome.file)} {plain(words)}")


def _show(result: dict[str, Any]) -> None:
    facts = result["facts"]
    mark = "[green]✓[/]" if result["ok"] else "[red]✗[/]"
    kind = facts.get("type") or two("未识别", "not understood")
    number = plain(facts.get("id", ""))
    out.print(f"{mark} [bold]{plain(result['file'])}[/]  {plain(kind)}  {number}")
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if name not in {"type", "id", "lines", "reports", "events", "payments"}:
            table.add_row(f"  [dim]{plain(name)}[/]", plain(_short(value)))
    for name in ("lines", "reports", "events", "payments"):
        if name in facts:
            table.add_row(f"  [dim]{name}[/]", str(len(facts[name])))
    out.print(table)
    for complaint in result["complaints"]:
        message = two(complaint["message_zh"], complaint["message"])
        place = plain(complaint["place"])
        out.print(f"  [yellow]{complaint['code']}[/] {place}: {plain(message)}")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 100 else text[:97] + "..."  # noqa: PLR2004 - a terminal's line
