"""The folder: documents by month and flow, programmes, and what the stories expect of each."""

import gzip
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from heliu.app.samples.files import (
    File,
    broken_files,
    cash_files,
    entries,
    information_files,
    path,
    rejected_orders,
    trade_files,
)
from heliu.app.samples.firms import HAIHE
from heliu.app.samples.plan import Told, told
from heliu.app.samples.programme import programmes
from heliu.app.samples.reading import readme, stories_table
from heliu.app.samples.register import rows
from heliu.app.samples.story import STORIES
from heliu.app.samples.trade import LAST_DAY

# Suppliers, and the orders of which they send everything in one archive with the invoice.
_ZIPPED: Final = {("LK", date(2026, 6, 3)), ("BY", date(2026, 7, 8))}
_ZIP_TIME: Final = (2026, 1, 1, 0, 0, 0)


def write_folder(out: Path) -> tuple[int, int]:
    """Write everything under `out`, over what is there; returns how many files and bytes."""
    files = folder()
    for name, data in files.items():
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return len(files), sum(map(len, files.values()))


def folder() -> dict[str, bytes]:
    """Every file of the folder by its path; the same bytes on every machine but for archives."""
    trades = told()
    sent = documents(trades)
    made = {f"documents/{file.path}": file.data for file in sent}
    assert len(made) == len(sent), "no file hides another"
    made |= {f"programmes/{name}": data for name, data in programmes().items()}
    expected = expectations(trades, sent)
    made["stories.json"] = (json.dumps(expected, ensure_ascii=False, indent=1) + "\n").encode()
    made["STORIES.md"] = stories_table(expected).encode()
    made["README.md"] = readme(expected).encode()
    return made


def documents(trades: Sequence[Told]) -> list[File]:
    """All documents in order of arrival, some of them packed."""
    stories = {one.story: one.trade for one in trades}
    plain: list[File] = []
    packed: dict[str, list[File]] = defaultdict(list)
    for one in trades:
        key = one.trade.supplier.code, one.trade.ordered_on
        (packed[one.trade.invoice_no] if key in _ZIPPED else plain).extend(trade_files(one))
    cash = entries(one.trade for one in trades)
    plain += [*cash_files(cash), *rejected_orders(stories["late-payment"])]
    plain += [*information_files([one.trade for one in trades]), *broken_files(stories)]
    plain = [_gzipped(file) if file.path.endswith(".gz") else file for file in plain]
    return sorted([*plain, *map(_zipped, packed.values())], key=lambda f: (f.arrives_on, f.path))


def _gzipped(file: File) -> File:
    return File(file.path, gzip.compress(file.data, mtime=0), file.arrives_on, file.story)


def _zipped(files: Sequence[File]) -> File:
    last = max(files, key=lambda file: file.arrives_on)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            member = zipfile.ZipInfo(file.path.split("/", 1)[1], _ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, file.data)
    name = path(last.arrives_on, "commercial", f"{last.invoice}_all.zip")
    return File(name, packed.getvalue(), last.arrives_on, last.story, last.invoice)


def expectations(trades: Sequence[Told], sent: Sequence[File]) -> dict[str, Any]:
    """stories.json: the cases by invoice number, the stories, and every file with its arrival."""
    invoices = [
        (one.trade.invoice_no, one.story, one.trade.supplier, one.trade.buyer, one.trade.gross)
        for one in trades
    ]
    invoices += [
        (row.number, "void" if row.void else "register", row.seller, HAIHE, row.net + row.tax)
        for row in rows()
    ]
    cases = {
        number: {
            "story": story,
            "seller": seller.uscc,
            "buyer": buyer.uscc,
            "invoiced": f"{gross:.2f}",
            "decision": STORIES[story].decision,
            "reason": STORIES[story].reason,
            "follow_up": STORIES[story].follow_up,
        }
        for number, story, seller, buyer, gross in invoices
    }
    return {
        "format": "heliu-sample-stories",
        "version": 1,
        "last_day": LAST_DAY.isoformat(),
        "cases": cases,
        "stories": {key: _told(key, cases, sent) for key in STORIES},
        "files": {
            f"documents/{file.path}": {
                "arrives_on": file.arrives_on.isoformat(),
                **({"refused": file.refused} if file.refused else {}),
            }
            for file in sent
        },
    }


def _told(key: str, cases: Mapping[str, Any], sent: Sequence[File]) -> dict[str, Any]:
    story = STORIES[key]
    return {
        "title": story.title._asdict(),
        "planted": story.planted._asdict(),
        "conclusion": story.conclusion._asdict(),
        "decision": story.decision,
        "reason": story.reason,
        "follow_up": story.follow_up,
        "invoices": [number for number, case in cases.items() if case["story"] == key],
        "files": [f"documents/{file.path}" for file in sent if file.story == key],
    }
