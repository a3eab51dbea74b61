"""The closed day as a supervisor reads it: five segments, as CSV or Parquet, with a manifest."""

import csv
import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from heliu.credit.classification.api import Tier, Why
from heliu.credit.closing import store_export
from heliu.credit.closing.proof import shown
from heliu.ground.db import Tx


class Format(StrEnum):
    """How a segment's file is written."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Export:
    """One file of the export."""

    segment: str
    file: str
    rows: int
    sha256: str


def export_day(tx: Tx, day: date, folder: Path, form: Format) -> list[Export]:
    """Write every segment of a closed day and `manifest.json`; the same day gives the same CSV.

    Raises Refusal if the day is not closed or was put aside.
    """
    sealed = shown(tx, day)
    folder.mkdir(parents=True, exist_ok=True)
    made = [_written(tx, name, day, folder, form) for name in store_export.SEGMENTS]
    manifest = {
        "business_date": day,
        "revision": sealed.revision,
        "digest": sealed.digest.hex(),
        "files": made,
    }
    told = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (folder / "manifest.json").write_bytes(told + b"\n")
    return made


def _written(tx: Tx, name: str, day: date, folder: Path, form: Format) -> Export:
    path = folder / f"{name}.{form}"
    names, batches = store_export.segment(tx, name, day)
    rows = [_plain(names, row) for batch in batches for row in batch]
    if form is Format.CSV:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            writer.writerows(rows)
    else:
        columns = zip(*rows, strict=True) if rows else [()] * len(names)
        table = pa.table(dict(zip(names, map(list, columns), strict=True)))
        pq.write_table(table, path)
    return Export(name, path.name, len(rows), hashlib.sha256(path.read_bytes()).hexdigest())


def _plain(names: list[str], row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Class and reason in words."""
    words = {"tier": Tier, "reason": Why}
    return tuple(
        words[name](value).name.lower() if name in words else value
        for name, value in zip(names, row, strict=True)
    )
