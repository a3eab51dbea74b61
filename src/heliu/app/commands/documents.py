"""Commands on documents: inspect, detect, watch."""

import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import typer
from rich.table import Table

from heliu.app.bank import open_bank
from heliu.app.finance.run import file_items, live
from heliu.app.inspecting import inspect_files
from heliu.app.say import json_document, json_lines, out, plain, progress, two, word
from heliu.credit.products.api import read_programme
from heliu.flows.intake.api import Inbox, Outcome, watch
from heliu.flows.screening.api import LEAST_SCORE, Options, detect
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

SHOWN: Final = 50

Files = Annotated[list[Path], typer.Argument(help="Files, folders, ZIP or gzip archives.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("inspect")(inspect)
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
    table: Annotated[Path, typer.Argument(help="Invoice table (Parquet).")],
    *,
    floor: Annotated[float, typer.Option(help="Least score reported, 0 to 1.")] = LEAST_SCORE,
    as_json: AsJson = False,
) -> None:
    """Find duplicates, split pledges, inflated red letters and circular trade in a table.

    Columns: row_id, firm, direction (in|out), invoice_no, date, counterparty, amount, tax, total,
    status (valid|void). Findings come surest first.
    """
    with progress(quiet=as_json) as bars:
        task = bars.add_task(two("检测", "detecting"), total=None)

        def shown(stage: str, done: int, total: int) -> None:
            bars.update(task, description=stage, completed=done, total=total)

        found = detect(read_table(table), options=Options(floor=floor), progress=shown)
    if as_json:
        json_document({"findings": [finding.as_json() for finding in found]})
        return
    counts = Counter(finding.kind for finding in found)
    out.print(", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) or "—")
    for finding in found[:SHOWN]:
        rows = ", ".join(map(str, finding.rows[:6]))
        why = plain(word(finding.reason))
        out.print(f"[bold]{finding.score:.2f}[/] {finding.kind} ({plain(rows)}) {why}")
    if len(found) > SHOWN:
        rest = len(found) - SHOWN
        out.print(two(f"另有 {rest} 条，见 --json", f"{rest} more with --json"))


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


def _taken(outcome: Outcome, *, as_json: bool) -> None:
    refusal = outcome.refusal
    if as_json:
        reason = refusal and {"code": refusal.code, "place": refusal.place}
        json_lines([{"file": outcome.file, "outcome": outcome.status, "refusal": reason}])
        return
    mark = "[red]✗[/]" if refusal else "[green]✓[/]"
    said = f"{refusal.place}: {word(refusal.message)}" if refusal else outcome.status.value
    out.print(f"{mark} {plain(outcome.file)} {plain(said)}")


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
