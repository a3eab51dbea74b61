"""How the command line speaks: one language, one place for JSON, tables and one-line errors."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from heliu.app.settings import settings
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

# A pipe has no width of its own: reports are written for a wide page.
PAGE: Final = 130
out = Console(highlight=False, width=None if sys.stdout.isatty() else PAGE)
err = Console(stderr=True, highlight=False)


def word(text: Text) -> str:
    """`text` in the language of this terminal (English while the settings are wrong)."""
    try:
        chinese = settings().language == "zh"
    except Refusal:
        chinese = False
    return text.zh if chinese else text.en


def two(zh: str, en: str) -> str:
    """One of two sentences, in the language of this terminal."""
    return word(Text(zh, en))


def plain(text: object) -> str:
    """`text` as it is: what a stranger wrote in brackets is not markup of ours."""
    return escape(str(text))


def json_lines(items: Iterable[Any]) -> None:
    """One JSON object per line on standard output, flushed as they come."""
    for item in items:
        sys.stdout.buffer.write(msgspec.json.encode(item) + b"\n")
    sys.stdout.buffer.flush()


def json_document(item: Any) -> None:
    """One indented JSON document on standard output."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(item), indent=2) + b"\n")
    sys.stdout.buffer.flush()


def refuse(refusal: Refusal) -> None:
    """One line on standard error: what is so, and the cure."""
    reason, cure = plain(word(refusal.reason)), plain(word(refusal.cure))
    line = f"[red]heliu:[/] {reason} — {two('办法', 'cure')}: {cure} [dim]({refusal.code})[/]"
    err.print(line, soft_wrap=True)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """A progress display on standard error; nothing is drawn when `quiet` or not a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal) as shown:
        yield shown


@contextmanager
def stages(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Progress of a finance run: documents read, then business days lived through."""
    with progress(quiet=quiet) as bars:
        tasks = {
            "file": bars.add_task(two("读取单据", "documents read"), total=None),
            "day": bars.add_task(two("业务日", "business days"), total=None),
        }
        yield lambda stage, done, total: bars.update(tasks[stage], completed=done, total=total)
