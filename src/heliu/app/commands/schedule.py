"""`heliu schedule FILE`: loan schedules computed and replayed from a file of vectors."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from heliu.app.options import AsJson
from heliu.app.say import json_lines, out, plain, two
from heliu.credit.engine.api import ROW_COLUMNS, replay
from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("schedule")(schedule)


def schedule(
    file: Annotated[Path, typer.Argument(help="A vector, or an object with a list `vectors`.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Compute the schedule of each vector in FILE after each of its steps. No database is used.

    Exit 1 if any vector is refused or not supported; the others are computed all the same.
    """
    whole = True
    for index, vector in enumerate(_vectors(file)):
        told = replay(vector, f"vectors[{index}]")
        whole &= told["status"] == "ok"
        if as_json:
            json_lines([told])
        else:
            _show(told)
    raise typer.Exit(int(not whole))


def _vectors(file: Path) -> list[object]:
    """The vectors of a file. Raises Refusal if it cannot be read as one."""
    try:
        read = msgspec.json.Decoder(float_hook=Decimal).decode(file.read_bytes())
    except OSError as error:
        raise _refused(file, str(error.strerror)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(file, str(error)) from error
    if not isinstance(read, Mapping):
        raise _refused(file, "the file must hold one JSON object")
    if "vectors" not in read:
        return [read]
    if not isinstance(read["vectors"], list):
        raise _refused(file, "`vectors` must be a list")
    return list(read["vectors"])


def _refused(file: Path, what: str) -> Refusal:
    return Refusal(
        "schedule.file_unreadable",
        Text(f"无法读取 {file}: {what}", f"{file} cannot be read: {what}"),
        Text(
            '请给出含 terms 与 steps 的 JSON, 或 {"vectors": [...]}',
            'give JSON with `terms` and `steps`, or {"vectors": [...]}',
        ),
    )


# The replay is plain JSON: its values are of any type.
def _show(told: dict[str, Any]) -> None:
    out.print(f"[bold]{plain(told['id'])}[/] {told['status']} {plain(told['reason'] or '')}")
    for step in told["steps"]:
        title = f"{step['op']} {step['date']} · {step['status']}"
        drawn = Table(title=plain(title), title_justify="left", box=SIMPLE_HEAD, padding=0)
        for name in ROW_COLUMNS:
            drawn.add_column(name, justify="right", no_wrap=True)
        for row in step["schedule"]["rows"]:
            drawn.add_row(*("" if cell is None else str(cell) for cell in row))
        out.print(drawn)
    if not told["steps"]:
        out.print(two("没有可计算的步骤", "no step was computed"))
