"""Ingest bench: bytes in, durable rows out, beside bare parsing of the same bytes.

For each format, rounds of fresh documents (the samples' own, renumbered) go three ways in turn:
bare parsing by the format's C parser in one thread (the limit), the full path in one process
(read, keep the bytes, file facts and documents, tell, commit with fsync), and the full path with
reader processes that read ahead of one filing process. Ratios are to the bare parsing of the same
round; figures are medians.
"""

import gc
import hashlib
import io
import os
import random
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any, Final

import msgspec
import pyarrow.csv as pacsv
import pyarrow.parquet as papq
from lxml import etree

from heliu.app.samples.folder import folder
from heliu.flows.confluence.api import CONNECTORS
from heliu.flows.intake.api import (
    Blob,
    Read,
    Status,
    file_blobs,
    file_reads,
    read_blob,
    read_blobs,
)
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Database

ROUNDS: Final = 3
BATCH: Final = 512
READ_AHEAD: Final = 4
TABLE_ROWS: Final = 10_000
SEED: Final = 20260630
BAR: Final = 0.25
_NOW: Final = datetime(2026, 9, 1, tzinfo=UTC)
_FIRST_SIZE: Final = 256

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how fresh blobs are made, the bare parser, and how many units a blob holds."""

    name: str
    make: Callable[[int], Blob]
    bare: Callable[[bytes], object]
    units: int
    unit: str


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Rates in documents (or table rows) per second; about `seconds` (> 0) in all."""
    database = Database(database_url)
    formats = _formats()
    workers = max(1, os.cpu_count() or 1)
    share = seconds / (len(formats) * ROUNDS)
    try:
        with _readers(workers) as pool:
            results = {
                shown.name: _measure(database, pool, shown, share, progress) for shown in formats
            }
    finally:
        database.close()
    met = {n: r["ratio_median"] >= BAR for n, r in results.items() if r["unit"] == "document"}
    return {
        "formats": results,
        "bar": {"ratio": BAR, "met": met},
        "workers": workers,
        "batch": BATCH,
        "rounds": ROUNDS,
        "seed": SEED,
    }


def _measure(
    database: Database, pool: ProcessPoolExecutor, shown: Format, share: float, progress: Tell
) -> dict[str, Any]:
    count = max(_FIRST_SIZE // shown.units, 4)
    serial = iter(range(10**9))
    progress(f"{shown.name}: warming up")
    took = _file(database, [shown.make(next(serial)) for _ in range(count)])
    # A round is bare parsing, one process and reader processes: the second takes most of it.
    size = max(int(count * share / 2 / took), 4)
    bare: list[float] = []
    alone: list[float] = []
    ahead: list[float] = []
    bytes_ = 0
    for number in range(1, ROUNDS + 1):
        progress(f"{shown.name}: round {number} of {ROUNDS}, {size} blobs each way")
        first, second = ([shown.make(next(serial)) for _ in range(size)] for _ in range(2))
        units = size * shown.units
        bytes_ = sum(len(blob.data) for blob in first) // size
        bare.append(units / _bare(shown, first))
        alone.append(units / _file(database, first))
        ahead.append(units / _file_ahead(database, pool, second))
    return {
        "unit": shown.unit,
        "bytes_per_blob": bytes_,
        "blobs_per_round": size,
        "bare_per_s": _spread(bare),
        "full_per_s": _spread(alone),
        "full_with_readers_per_s": _spread(ahead),
        "ratio_median": _ratio(alone, bare),
        "ratio_with_readers_median": _ratio(ahead, bare),
    }


def _bare(shown: Format, blobs: Sequence[Blob]) -> float:
    with _timed() as took:
        for blob in blobs:
            shown.bare(blob.data)
    return took()


def _file(database: Database, blobs: Sequence[Blob]) -> float:
    """The full path in this process: every batch read and durable."""
    with _timed() as took:
        for start in range(0, len(blobs), BATCH):
            with database.transaction() as tx:
                outcomes = file_blobs(tx, SYSTEM, CONNECTORS, blobs[start : start + BATCH], _NOW)
            assert all(o.status is Status.ACCEPTED for o in outcomes), "the bench files good ones"
    return took()


def _file_ahead(database: Database, pool: ProcessPoolExecutor, blobs: Sequence[Blob]) -> float:
    """The full path with reader processes that stay READ_AHEAD pieces ahead of the filing."""
    with _timed() as took:
        for reads in _ahead(pool, blobs):
            with database.transaction() as tx:
                file_reads(tx, SYSTEM, reads, _NOW)
    return took()


def _ahead(pool: ProcessPoolExecutor, blobs: Sequence[Blob]) -> Iterator[list[Read]]:
    piece = max(1, min(BATCH, len(blobs) // (2 * READ_AHEAD)))
    waiting: deque[Future[list[Read]]] = deque()
    for start in range(0, len(blobs), piece):
        waiting.append(pool.submit(_read, blobs[start : start + piece]))
        if len(waiting) > READ_AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _read(blobs: Sequence[Blob]) -> list[Read]:
    return read_blobs(CONNECTORS, blobs)


@contextmanager
def _readers(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Reader processes, started and warm (spawned: they share no connection with this one)."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_read, [[] for _ in range(workers * 2)]))
        yield pool


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    gc.collect()
    start = time.perf_counter()
    taken: list[float] = []
    yield lambda: taken[0]
    taken.append(time.perf_counter() - start)


def _spread(rates: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(rates), 1),
        "min": round(min(rates), 1),
        "max": round(max(rates), 1),
    }


def _ratio(ours: Sequence[float], bare: Sequence[float]) -> float:
    return round(statistics.median(o / b for o, b in zip(ours, bare, strict=True)), 4)


def _formats() -> list[Format]:
    files = folder()
    parse: Callable[[bytes], object] = etree.fromstring
    kinds: list[tuple[str, str, Callable[[bytes], object]]] = [
        ("ubl_invoice", "Invoice", parse),
        ("einvoice", "EInvoice", parse),
        ("epcis", "EPCISDocument", msgspec.json.decode),
        ("camt054", "camt.054", parse),
    ]
    documents = [
        Format(name, _renumbered(files, kind), bare, 1, "document") for name, kind, bare in kinds
    ]
    csv_bytes: Callable[[bytes], object] = lambda data: pacsv.read_csv(  # noqa: E731 - a parser
        io.BytesIO(data), read_options=pacsv.ReadOptions(use_threads=False)
    )
    parquet: Callable[[bytes], object] = lambda data: papq.read_table(  # noqa: E731
        io.BytesIO(data), use_threads=False
    )
    return [
        *documents,
        Format("csv_rows", lambda n: _csv(n, "csv"), csv_bytes, TABLE_ROWS, "row"),
        Format("parquet_rows", _parquet, parquet, TABLE_ROWS, "row"),
    ]


def _renumbered(files: dict[str, bytes], kind: str) -> Callable[[int], Blob]:
    """A maker of fresh documents: the samples of `kind` in turn, each under a new number."""
    templates: list[tuple[str, bytes, bytes]] = []
    for name, data in sorted(files.items()):
        if name.endswith((".xml", ".json", ".jsonld")):
            _, reading = read_blob(CONNECTORS, _blob(name, data))
            # An event has no number of its own: the despatch it tells of is renumbered.
            numbers = [name.rsplit("/", 1)[-1].split("_")[0]] if kind == "EPCISDocument" else []
            numbers += [d.number for d in reading.documents]
            number = next((n for n in numbers if n.encode() in data), None)
            if str(reading.facts.get("type")).startswith(kind) and number is not None:
                templates.append((name, data, number.encode()))
    assert templates, f"the samples hold no {kind}"
    random.Random(SEED).shuffle(templates)  # noqa: S311 - a bench, not a secret

    def make(serial: int) -> Blob:
        name, data, number = templates[serial % len(templates)]
        fresh = number[:-8] + f"{serial:08}".encode()[-len(number) :]
        return _blob(f"{serial}-{name.rsplit('/', 1)[-1]}", data.replace(number, fresh))

    return make


def _csv(serial: int, ending: str) -> Blob:
    rng = random.Random(SEED + serial)  # noqa: S311
    lines = ["firm,direction,invoice_no,date,counterparty,amount,tax,total,status"]
    for row in range(TABLE_ROWS):
        net = rng.randrange(100, 10**7)
        tax = net * 13 // 100
        money = f"{net / 100:.2f},{tax / 100:.2f},{(net + tax) / 100:.2f}"
        day = f"2026-{rng.randrange(1, 9):02}-{rng.randrange(1, 29):02}"
        number, other = serial * TABLE_ROWS + row, rng.randrange(2000)
        lines.append(f"F{serial % 97},out,{number:08},{day},B{other:05},{money},valid")
    return _blob(f"{serial}.{ending}", ("\n".join(lines) + "\n").encode())


def _parquet(serial: int) -> Blob:
    sink = io.BytesIO()
    papq.write_table(pacsv.read_csv(io.BytesIO(_csv(serial, "csv").data)), sink)
    return _blob(f"{serial}.parquet", sink.getvalue())


def _blob(name: str, data: bytes) -> Blob:
    return Blob("bench", name, hashlib.sha256(data).hexdigest(), data)
