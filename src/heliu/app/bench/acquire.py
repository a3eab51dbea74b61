"""Acquire bench: a million pre-approvals, decided beside DuckDB and kept beside a bare COPY.

Decisions: the same rules, scorecard, grades, limits and expected draws by DuckDB SQL (two threads,
its own table of the same columns) and by `judge` (one thread); every column of the results is
compared and must be equal. Whole run: `acquire` of a table of a million suppliers - screened,
judged, explained, ranked, kept with its inputs, sealed, committed - beside a binary COPY of the
same rows into a bare table, without key or check, committed. Contestants take turns; figures are
medians.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

import numpy as np
import psycopg
import pyarrow as pa

from heliu.app.bench.invented import PROGRAMME, supplier_table
from heliu.credit.acquisition.api import (
    RELEASE,
    TAKE_UP_BASE,
    TAKE_UP_BINS,
    AcquireCommand,
    Columns,
    Judged,
    Plan,
    Terms,
    acquire,
    compile_plan,
    features,
    judge,
    without_flags,
)
from heliu.credit.products.api import release_programmes
from heliu.decisions.rules.api import Rule, WhenMissing
from heliu.decisions.scorecards.api import Interval
from heliu.decisions.verdicts.api import Profile, Release, packaged_release, read_release
from heliu.ground.actor import SYSTEM
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Fault, Refusal
from heliu.ground.text import Text

Tell = Callable[[str], None]

SUPPLIERS: Final = 1_000_000
MIN_ROUNDS: Final = 3
THREADS: Final = 2
_SEED: Final = 20260301
_ON: Final = date(2026, 3, 1)
_SETUP: Final = """
CREATE TABLE bare (
  run integer, rank integer, line integer, uscc text, limit_minor bigint, draw_minor bigint,
  score smallint, grade smallint,
  reason_1 smallint, reason_2 smallint, reason_3 smallint, reason_4 smallint
);
CREATE TABLE keyed (LIKE credit.pre_approval INCLUDING ALL)"""
_OUT: Final = """
COPY (SELECT * FROM credit.pre_approval ORDER BY run, rank) TO STDOUT (FORMAT BINARY)"""


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Medians of at least three rounds, more if `seconds` (> 0) a contestant allow."""
    progress("inventing suppliers")
    table = supplier_table(SUPPLIERS, _SEED)
    return {
        "suppliers": SUPPLIERS,
        "decisions": _decisions(table, seconds, progress),
        "whole_run": _whole(database_url, table, seconds, progress),
    }


def _decisions(table: pa.Table, seconds: float, progress: Tell) -> dict[str, Any]:
    release, plan = _plan()
    columns = features(without_flags(table), _ON)
    peer = _DuckDB(columns, sql_of(release, plan))
    times: dict[str, list[float]] = {"duckdb": [], "heliu": []}
    judged = judge(plan, columns)
    for number in _rounds(seconds, times["duckdb"]):
        progress(f"decisions, round {number}")
        times["duckdb"].append(_timed(peer.decide))
        times["heliu"].append(_timed(lambda: judge(plan, columns)))
    peer.compare(judged)
    ratios = _ratios(times["duckdb"], times["heliu"])
    return {
        "rounds": len(ratios),
        "rules": len(release.rules),
        "characteristics": len(release.scorecard.characteristics),
        "results_identical": True,
        "duckdb": f"{peer.version}, {THREADS} threads",
        "duckdb_seconds": statistics.median(times["duckdb"]),
        "heliu_seconds": statistics.median(times["heliu"]),
        "decisions_per_second": SUPPLIERS / statistics.median(times["heliu"]),
        "times_duckdb": statistics.median(ratios),
        "times_duckdb_spread": f"{min(ratios):.2f} .. {max(ratios):.2f}",
    }


def _whole(url: str, table: pa.Table, seconds: float, progress: Tell) -> dict[str, Any]:
    database, clock = Database(url), SystemClock()
    times: dict[str, list[float]] = {"bare": [], "keyed": [], "heliu": []}
    approved = 0
    try:
        with database.transaction() as tx:
            tx.connection.execute(_SETUP)
            release_programmes(tx, SYSTEM, [PROGRAMME], clock.now())

        def whole(number: int) -> None:
            # Another first line: another list, so that it is judged again.
            nonlocal approved
            lines = pa.array(np.arange(number, number + len(table)), pa.int32())
            listed = table.set_column(0, table.schema.field("line"), lines)
            with database.transaction() as tx:
                done = acquire(tx, SYSTEM, AcquireCommand(PROGRAMME.code, listed, _ON), clock.now())
            assert done.result is not None, "a finished run has a result"
            approved = done.result.approved

        progress("whole run, warming up")
        whole(1)
        rows = _copied(database)
        for number in _rounds(seconds, times["bare"]):
            progress(f"whole run, round {number}")
            times["bare"].append(_timed(lambda: _copy(database, "bare", rows)))
            times["heliu"].append(_timed(partial(whole, number + 1)))
            times["keyed"].append(_timed(lambda: _copy(database, "keyed", rows)))
            with database.transaction() as tx:
                tx.connection.execute("TRUNCATE keyed")
    finally:
        database.close()
    ratios = _ratios(times["heliu"], times["bare"])
    return {
        "rounds": len(ratios),
        "approved": approved,
        "bytes_copied": len(rows),
        "bare_copy_seconds": statistics.median(times["bare"]),
        "keyed_copy_seconds": statistics.median(times["keyed"]),
        "heliu_seconds": statistics.median(times["heliu"]),
        "suppliers_per_second": SUPPLIERS / statistics.median(times["heliu"]),
        "times_bare_copy": statistics.median(ratios),
        "times_bare_copy_spread": f"{min(ratios):.2f} .. {max(ratios):.2f}",
        "times_keyed_copy": statistics.median(_ratios(times["heliu"], times["keyed"])),
    }


def _plan() -> tuple[Release, Plan]:
    text = packaged_release(RELEASE)
    assert text is not None, "the release travels with the package"
    release = read_release(text)
    terms = Terms(
        *(_ON, PROGRAMME.supplier_limit.minor, PROGRAMME.advance_rate),
        *(PROGRAMME.product.max_tenor_days, Profile.STANDARD),
    )
    return release, compile_plan(release, terms)


class _DuckDB:
    """The peer: a table of the same columns, and the release as one SELECT over it."""

    def __init__(self, columns: Columns, sql: str) -> None:
        try:
            import duckdb  # noqa: PLC0415 - a peer of the bench, no dependency of the product
        except ImportError as error:
            raise Refusal(
                "bench.no_peer",
                Text("缺少对比对象 duckdb", "the peer, duckdb, is not installed"),
                Text("pip install duckdb", "pip install duckdb"),
            ) from error
        self.version = duckdb.__version__
        self.connection = duckdb.connect(config={"threads": THREADS})
        incoming = pa.table({name: _nullable(array) for name, array in columns.known.items()})
        self.connection.register("incoming", incoming)
        self.connection.execute("CREATE TABLE suppliers AS SELECT * FROM incoming")
        self.connection.unregister("incoming")
        self.sql = f"CREATE OR REPLACE TEMP TABLE decided AS {sql}"

    def decide(self) -> None:
        self.connection.execute(self.sql)

    def compare(self, judged: Judged) -> None:
        """Raises Fault unless every result is the same."""
        found = self.connection.execute("SELECT * FROM decided").fetchnumpy()
        failed = sum(row.astype(np.int64) << (8 * n) for n, row in enumerate(judged.failed))
        for name, ours in (
            *(("score", judged.score), ("failed", failed), ("grade", judged.grade)),
            *(("capacity", judged.capacity), ("granted", judged.limit), ("draw", judged.draw)),
        ):
            if not np.array_equal(found[name], ours):
                raise Fault(f"{name} differs from DuckDB's")


def sql_of(release: Release, plan: Plan) -> str:
    """The release under the plan's terms as a SELECT over the table `suppliers`."""
    terms, (rate, unit) = plan.terms, plan.rate
    days = f"coalesce(least(payment_days, {terms.max_tenor_days}), {int(plan.unknown_days)})"
    score = " + ".join(
        _case(c.feature, c.intervals, c.missing_points) for c in release.scorecard.characteristics
    )
    failed = " + ".join(_rule(rule, place) for place, rule in enumerate(release.rules))
    take_up = " + ".join(_case(*one) for one in TAKE_UP_BINS)
    grades = list(enumerate(release.grades.grades))
    grade = " ".join(f"WHEN score >= {g.min_score} THEN {n}" for n, g in grades[:0:-1])
    part = " ".join(f"WHEN {n} THEN {int(g.factor * plan.whole)}" for n, g in grades)
    return f"""
    SELECT score, failed, grade, capacity, granted, granted * share // 100 AS draw
    FROM (
      SELECT *,
        CASE WHEN failed = 0 AND part >= {release.minimum_minor} THEN part ELSE 0 END AS granted
      FROM (
        SELECT *, least(capacity, {terms.supplier_limit}) * CASE grade {part} END // {plan.whole}
          AS part
        FROM (
          SELECT *, CASE {grade} ELSE 0 END AS grade
          FROM (
            SELECT capacity_minor AS capacity, {release.scorecard.base} + {score} AS score,
              {failed} AS failed, {TAKE_UP_BASE} + {take_up} AS share
            FROM (
              SELECT *,
                annual_purchases_minor * CAST({days} AS BIGINT) * {rate} // {unit} AS capacity_minor
              FROM suppliers
            )
          )
        )
      )
    )"""  # noqa: S608 - our own release


def _case(feature: str, bins: Sequence[Interval], missing: int) -> str:
    edges = " ".join(f"WHEN {feature} >= {b.low} THEN {b.points}" for b in bins[:0:-1])
    return f"CASE WHEN {feature} IS NULL THEN {missing} {edges} ELSE {bins[0].points} END"


def _rule(rule: Rule, place: int) -> str:
    condition = rule.condition
    unknown = "FALSE" if rule.when_missing is WhenMissing.REFUSE else "TRUE"
    holds = f"{condition.feature} {condition.operator} {condition.threshold}"
    return f"CASE WHEN coalesce({holds}, {unknown}) THEN 0 ELSE {1 << place} END"


def _nullable(array: Any) -> pa.Array:
    if array.dtype == np.int8:
        return pa.array(array == 1, mask=array < 0)
    return pa.array(array, mask=np.isnan(array)) if array.dtype.kind == "f" else pa.array(array)


def _copied(database: Database) -> bytes:
    with database.transaction() as tx, tx.cursor() as cursor, cursor.copy(_OUT) as copy:
        return b"".join(bytes(block) for block in copy)


def _copy(database: Database, into: str, rows: bytes) -> None:
    with database.transaction() as tx:
        statement = psycopg.sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)")
        with (
            tx.cursor() as cursor,
            cursor.copy(statement.format(psycopg.sql.Identifier(into))) as copy,
        ):
            copy.write(rows)


def _rounds(seconds: float, times: list[float]) -> Any:
    number = 0
    while number < MIN_ROUNDS or sum(times) < seconds:
        number += 1
        yield number


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _ratios(one: Sequence[float], other: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(one, other, strict=True)]
