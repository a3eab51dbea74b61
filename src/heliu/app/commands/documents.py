"""Commands on documents: inspect, detect, watch."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from heliu.app.inspecting import inspect_files
from heliu.app.say import json_lines, out, two

Files = Annotated[list[Path], typer.Argument(help="Files, folders, ZIP or gzip archives.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("inspect")(inspect)


def inspect(files: Files, *, as_json: AsJson = False) -> int:
    """Print what is understood of each file; exit 1 if any is refused. Nothing is stored."""
    refused = False
    for result in inspect_files(files):
        refused |= not result["ok"]
        if as_json:
            json_lines([result])
        else:
            _show(result)
    return int(refused)


def _show(result: dict[str, Any]) -> None:
    facts = result["facts"]
    mark = "[green]✓[/]" if result["ok"] else "[red]✗[/]"
    kind = facts.get("type") or two("未识别", "not understood")
    out.print(f"{mark} [bold]{result['file']}[/]  {kind}  {facts.get('id', '')}")
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if name not in {"type", "id", "lines", "reports", "events", "payments"}:
            table.add_row(f"  [dim]{name}[/]", _short(value))
    for name in ("lines", "reports", "events", "payments"):
        if name in facts:
            table.add_row(f"  [dim]{name}[/]", str(len(facts[name])))
    out.print(table)
    for complaint in result["complaints"]:
        message = two(complaint["message_zh"], complaint["message"])
        out.print(f"  [yellow]{complaint['code']}[/] {complaint['place']}: {message}")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 100 else text[:97] + "..."  # noqa: PLR2004 - a terminal's line
