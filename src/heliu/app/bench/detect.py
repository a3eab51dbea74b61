"""Detect bench: how fast the detector goes through a table, and what it finds and misses there.

Speed: rows per second of `detect`, beside one bare pyarrow group-by over the same columns (any
detector must look at each row once: the limit), in one run. Quality: frauds and look-alikes are
planted by several recipes. RECIPES were looked at while the scores were set; HELD_OUT is run at
seeds of its own and nothing is changed after it. Recall counts planted rows named by a finding of
their kind, precision counts findings that name a planted row; both as reported whole, from 0.5 on
(more likely a fraud than not), and in the first 2 x cases of the ranking.

The table is the one at HELIU_INVOICES, or 200,000 made-up rows.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from heliu.app.bench.plant import COLUMNS, NUMBERS, Planted, Recipe, plant
from heliu.flows.commercial.api import read_invoice_table
from heliu.flows.screening.api import Suspicion, detect

Tell = Callable[[str], None]

TABLE: Final = "HELIU_INVOICES"
SURE: Final = 0.5
_SEED: Final = 20260630
HELD_OUT_SEEDS: Final = (990001, 990002, 990003)
_KEYS: Final = ["firm", "direction", "counterparty", "invoice_no", "date", "total"]
_TUNED: Final = Recipe()
RECIPES: Final[dict[str, Recipe]] = {
    "tuned": _TUNED,
    "large invoices": replace(_TUNED, least_total=Decimal(10_000)),
    "any invoice": replace(_TUNED, least_total=Decimal(1)),
    "rewritten numbers": replace(
        _TUNED, numbers=("rewritten", "suffix", "zeros", "dash", "letter")
    ),
    "all ways of numbering": replace(_TUNED, numbers=NUMBERS),
    "next numbers": replace(_TUNED, numbers=("near", "next"), red_numbers=("near", "next")),
    "equal parts": replace(_TUNED, equal_parts=True),
    "close days": replace(_TUNED, numbers=("random", "alike", "offset"), days=2),
    "wide": replace(
        _TUNED,
        days=30,
        parts=(2, 8),
        part_fen=1,
        decay=0.1,
        cycle_days=60,
        sides=("out", "in", "both"),
        red_factor=(1.05, 2.0),
        red_numbers=("same", "random", "rewritten", "orphan"),
    ),
}


HELD_OUT: Final = Recipe(
    cases=150,
    decoys=150,
    numbers=("alike", "offset", "prefix", "rewritten", "random"),
    days=7,
    parts=(2, 6),
    red_factor=(1.1, 2.5),
    red_numbers=("same", "random", "offset"),
    cycle_days=60,
    decay=0.05,
    sides=("out", "in"),
    least_total=Decimal(500),
)


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Measure for about `seconds`, then every recipe once; `database_url` is not needed."""
    assert database_url, "every bench is given a database"
    table, source = _table()
    times = _times(table, seconds, progress)
    result: dict[str, Any] = {
        "table": source,
        "rows": table.num_rows,
        "detect_rows_per_second": table.num_rows / times["detect"],
        "group_by_rows_per_second": table.num_rows / times["group_by"],
        "ratio_to_group_by": times["group_by"] / times["detect"],
    }
    if TABLE in os.environ:
        result["import"] = _imported(Path(os.environ[TABLE]), progress)
    progress("untouched rows")
    result["untouched"] = counts(detect(table))
    result["recipes"] = {}
    for place, (name, recipe) in enumerate(RECIPES.items()):
        progress(f"recipe: {name}")
        planted = plant(table, _SEED + place, recipe)
        result["recipes"][name] = judged(planted, detect(planted.table))
    result["held_out"] = {}
    for seed in HELD_OUT_SEEDS:
        progress(f"held out: {seed}")
        planted = plant(table, seed, HELD_OUT)
        result["held_out"][str(seed)] = judged(planted, detect(planted.table))
    return result


def judged(planted: Planted, found: Sequence[Suspicion]) -> dict[str, dict[str, float]]:
    """Recall and precision of `found` per kind, against what was planted."""
    return {
        kind: _judged([s for s in found if s.kind.value == kind], cases)
        for kind, cases in planted.cases.items()
    }


def counts(found: Sequence[Suspicion]) -> dict[str, dict[str, int]]:
    """Findings per kind: all that are reported, and those from 0.5 on."""
    kinds = sorted({s.kind.value for s in found})
    return {
        kind: {
            "reported": sum(s.kind.value == kind for s in found),
            "sure": sum(s.kind.value == kind and s.score >= SURE for s in found),
        }
        for kind in kinds
    }


def _judged(found: Sequence[Suspicion], cases: Sequence[tuple[int, ...]]) -> dict[str, float]:
    planted = {row for case in cases for row in case}
    sure = [s for s in found if s.score >= SURE]
    first = found[: 2 * len(cases)]
    return {
        "planted_rows": float(len(planted)),
        "recall": _recall(found, planted),
        "recall_sure": _recall(sure, planted),
        "recall_first_2n": _recall(first, planted),
        "precision": _precision(found, planted),
        "precision_sure": _precision(sure, planted),
        "findings": float(len(found)),
        "findings_sure": float(len(sure)),
        "average_precision": _average_precision(found, planted, len(cases)),
    }


def _recall(found: Sequence[Suspicion], planted: set[int]) -> float:
    return len(planted.intersection(row for s in found for row in s.rows)) / len(planted)


def _precision(found: Sequence[Suspicion], planted: set[int]) -> float:
    return sum(not planted.isdisjoint(s.rows) for s in found) / max(len(found), 1)


def _average_precision(found: Sequence[Suspicion], planted: set[int], cases: int) -> float:
    hits, total = 0, 0.0
    for rank, suspicion in enumerate(found, 1):
        if not planted.isdisjoint(suspicion.rows):
            hits += 1
            total += hits / rank
    return min(total / cases, 1.0)


def _times(table: pa.Table, seconds: float, progress: Tell) -> dict[str, float]:
    """Median seconds of the detector and of the bare group-by, in turns; three rounds at least."""
    bare = table.select(_KEYS)
    found: dict[str, list[float]] = {"detect": [], "group_by": []}
    started = time.perf_counter()
    while len(found["detect"]) < 3 or time.perf_counter() - started < seconds:  # noqa: PLR2004
        progress(f"round {len(found['detect']) + 1}")
        at = time.perf_counter()
        bare.group_by(_KEYS).aggregate([([], "count_all")])
        found["group_by"].append(time.perf_counter() - at)
        at = time.perf_counter()
        detect(table)
        found["detect"].append(time.perf_counter() - at)
    return {name: statistics.median(taken) for name, taken in found.items()}


def _imported(path: Path, progress: Tell) -> dict[str, float]:
    """The table imported as a user would: normalised, deduplicated, checked."""
    progress("import")
    started = time.perf_counter()
    imported = read_invoice_table(path)
    taken = time.perf_counter() - started
    duplicates = imported.table["duplicate_of"]
    return {
        "rows": imported.rows,
        "rows_per_second": imported.rows / taken,
        "duplicates": len(duplicates) - duplicates.null_count,
        "void": sum(s == "void" for s in imported.table["status"].to_pylist()),
        "complaints": len(imported.complaints),
    }


def _table() -> tuple[pa.Table, str]:
    if path := os.environ.get(TABLE):
        return pq.read_table(path), Path(path).name
    return invented(200_000, _SEED), "invented"


def invented(rows: int, seed: int) -> pa.Table:
    """An honest table of `rows` invoices of 100 sellers to 2,000 buyers over two years."""
    rng = np.random.default_rng(seed)
    firm = np.sort(rng.zipf(1.3, rows) % 100)
    day = np.sort(rng.integers(0, 730, rows))[np.lexsort((rng.random(rows), firm))]
    order = np.lexsort((day, firm))
    firm, day = firm[order], day[order]
    net = np.rint(np.exp(rng.normal(9, 1.6, rows)) * 100) + 100
    tax = np.rint(net * 0.13)
    columns = {
        "firm": pa.array([f"E{f}" for f in firm]),
        "direction": pa.array(["out"] * rows),
        "invoice_no": pa.array([str(f * 10**6 + n) for n, f in enumerate(firm + 1)]),
        "date": pa.array([date(2024, 1, 1) + timedelta(int(d)) for d in day]),
        "counterparty": pa.array([f"B{b}" for b in rng.zipf(1.2, rows) % 2000]),
        "amount": _fen(net),
        "tax": _fen(tax),
        "total": _fen(net + tax),
        "status": pa.array(np.where(rng.random(rows) < 0.05, "void", "valid")),  # noqa: PLR2004
    }
    return pa.table({name: columns[name] for name in COLUMNS})


def _fen(fen: np.ndarray[tuple[int], np.dtype[np.float64]]) -> pa.Array:
    cents = [Decimal(int(value)).scaleb(-2) for value in fen]
    return pa.array(cents, pa.decimal128(18, 2))
