"""Files of publications: YAML from people or a feed, validated at the wall, refused whole."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final

import msgspec
import yaml
from msgspec import Meta

from heliu.credit.benchmarks.domain import Publication
from heliu.credit.benchmarks.errors import file_invalid
from heliu.ground.text import Text

MOST_BYTES: Final = 4 * 1024 * 1024
Word = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_-]{1,19}$")]
Tenor = Annotated[str, Meta(pattern=r"^[1-9][0-9]?[DWMY]$")]
Fraction = Annotated[str, Meta(pattern=r"^-?0(\.\d{1,8})?$")]


class _Words(msgspec.Struct, forbid_unknown_fields=True):
    zh: Annotated[str, Meta(min_length=1, max_length=200)]
    en: Annotated[str, Meta(min_length=1, max_length=200)]


class _Published(msgspec.Struct, forbid_unknown_fields=True):
    published_on: date
    quotes: Annotated[dict[Tenor, Fraction], Meta(min_length=1)]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    benchmark: Word
    source: _Words
    checked: Annotated[str, Meta(min_length=1, max_length=200)] | None
    publications: Annotated[list[_Published], Meta(min_length=1)]


def read_publications(path: Path) -> list[Publication]:
    """The publications in `path`, by day. Raises Refusal `rates.file_invalid` naming mistakes."""
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1).decode("utf-8")
    except OSError as error:
        raise file_invalid(path.name, [error.strerror or "it cannot be read"]) from error
    except UnicodeDecodeError as error:
        raise file_invalid(path.name, ["it is not UTF-8"]) from error
    if len(text) > MOST_BYTES:
        raise file_invalid(path.name, ["it is longer than 4 MiB"])
    return parse(path.name, text)


def parse(name: str, text: str) -> list[Publication]:
    """The publications of a YAML text, by day. Raises as `read_publications`."""
    try:
        file = msgspec.convert(yaml.safe_load(text), _File)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise file_invalid(name, [f"line {line}: {error.problem}"]) from error
    # A date that is none (2026-02-30) is told as a plain ValueError.
    except (yaml.YAMLError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise file_invalid(name, [str(error).splitlines()[0]]) from error
    if faults := list(_faults(file)):
        raise file_invalid(name, faults)
    source = Text(file.source.zh, file.source.en)
    return [
        Publication(
            *(
                file.benchmark,
                one.published_on,
                {t: Decimal(rate) for t, rate in one.quotes.items()},
            ),
            *(source, file.checked),
        )
        for one in sorted(file.publications, key=lambda one: one.published_on)
    ]


def _faults(file: _File) -> Iterator[str]:
    days = [one.published_on for one in file.publications]
    for day in sorted({day for day in days if days.count(day) > 1}):
        yield f"{day} is published twice"
