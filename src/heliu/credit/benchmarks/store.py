"""SQL of the benchmarks desk."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from heliu.credit.benchmarks.domain import LONGEST_DAYS, Publication, Quote, Wanted
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.text import Text

# Two that import at once wait for each other, so that a day's publication is whole or not there.
LOCK: Final = "LOCK TABLE credit.benchmark_quote IN SHARE ROW EXCLUSIVE MODE"
OF_DAYS: Final = """
SELECT q.benchmark, q.published_on, q.tenor, q.rate
FROM credit.benchmark_quote q
WHERE q.benchmark = ANY(%s) AND q.published_on = ANY(%s)"""
ADD: Final = """
INSERT INTO credit.benchmark_quote
  (benchmark, published_on, tenor, rate, source_zh, source_en, checked, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
IN_FORCE: Final = """
SELECT w.benchmark, w.tenor, w.on_day, q.published_on, q.rate, q.checked IS NOT NULL
FROM unnest(%s::text[], %s::text[], %s::date[]) AS w (benchmark, tenor, on_day)
CROSS JOIN LATERAL (
  SELECT b.published_on, b.rate, b.checked
  FROM credit.benchmark_quote b
  WHERE b.benchmark = w.benchmark AND b.tenor = w.tenor
    AND b.published_on BETWEEN w.on_day - %s::integer AND w.on_day
  ORDER BY b.published_on DESC
  LIMIT 1
) AS q"""
LISTED: Final = """
SELECT q.benchmark, q.published_on, q.tenor, q.rate, q.source_zh, q.source_en, q.checked
FROM credit.benchmark_quote q
ORDER BY q.benchmark, q.published_on DESC, q.tenor
LIMIT %s"""


def lock(tx: Tx) -> None:
    """Nobody else imports until the transaction ends."""
    tx.run(LOCK)


def known(tx: Tx, asked: Sequence[Publication]) -> dict[tuple[str, date], dict[str, Decimal]]:
    """The quotes recorded of these benchmarks and days."""
    found: dict[tuple[str, date], dict[str, Decimal]] = {}
    names = sorted({one.benchmark for one in asked})
    for benchmark, on, tenor, rate in tx.rows(OF_DAYS, (names, [o.published_on for o in asked])):
        found.setdefault((benchmark, on), {})[tenor] = rate
    return found


def add(tx: Tx, new: Sequence[Publication], actor: Actor, now: datetime) -> None:
    """Record publications."""
    tx.many(
        ADD,
        [
            (
                *(one.benchmark, one.published_on, tenor, rate, one.source.zh, one.source.en),
                *(one.checked, now, actor.id),
            )
            for one in new
            for tenor, rate in one.quotes.items()
        ],
    )


def in_force(tx: Tx, wanted: Sequence[Wanted]) -> dict[Wanted, Quote]:
    """The quote that counts for each that has one."""
    lists = ([w.benchmark for w in wanted], [w.tenor for w in wanted], [w.on for w in wanted])
    return {
        Wanted(benchmark, tenor, on): Quote(
            benchmark, tenor, published_on, rate.normalize(), verified
        )
        for benchmark, tenor, on, published_on, rate, verified in tx.rows(
            IN_FORCE, (*lists, LONGEST_DAYS)
        )
    }


def listed(tx: Tx, limit: int) -> list[Publication]:
    """What is recorded, by benchmark, the youngest publication first; at most `limit` quotes."""
    found: dict[tuple[str, date], Publication] = {}
    for benchmark, on, tenor, rate, zh, en, checked in tx.rows(LISTED, (limit,)):
        one = found.setdefault(
            (benchmark, on), Publication(benchmark, on, {}, Text(zh, en), checked)
        )
        found[benchmark, on] = Publication(
            benchmark, on, {**one.quotes, tenor: rate.normalize()}, one.source, one.checked
        )
    return list(found.values())
