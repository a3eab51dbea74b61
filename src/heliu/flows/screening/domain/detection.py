"""The detector: an invoice table in, ranked suspicions out. Pure and deterministic."""

from typing import Final

import pyarrow as pa

from heliu.flows.screening.domain.circular import circular_trades
from heliu.flows.screening.domain.exact import exact_duplicates
from heliu.flows.screening.domain.habits import recurrence
from heliu.flows.screening.domain.invoices import read_invoices
from heliu.flows.screening.domain.numbers import strangeness
from heliu.flows.screening.domain.redletter import inflated_red_letters, settled
from heliu.flows.screening.domain.renumbered import renumbered_duplicates
from heliu.flows.screening.domain.split import split_sums
from heliu.flows.screening.domain.suspicion import Hit, Options, Progress, Suspicion

STAGES: Final = ("read", "exact", "renumbered", "red letters", "splits", "cycles")
_DEFAULT: Final = Options()


def detect(
    table: pa.Table, *, options: Options = _DEFAULT, progress: Progress | None = None
) -> list[Suspicion]:
    """Everything suspicious in `table`, the surest first (score in [0, 1], ties by kind and row).

    Columns: row_id?, firm, direction in|out, invoice_no, date, counterparty, amount?, tax?, total
    (major units), status? valid|void. Raises TableRefused if a column is missing or unreadable.
    """
    told = progress or (lambda _stage, _done, _of: None)

    def stage(at: int) -> None:
        told(STAGES[min(at, len(STAGES) - 1)], at, len(STAGES))

    stage(0)
    invoices = read_invoices(table)
    if not invoices.usable.any():
        return []
    strange, matched = strangeness(invoices), settled(invoices)
    recurs = recurrence(invoices, strange.book)
    stage(1)
    hits = exact_duplicates(invoices)
    stage(2)
    copies = renumbered_duplicates(invoices, strange, matched, recurs, options)
    stage(3)
    hits += inflated_red_letters(invoices, strange, matched, options.floor)
    stage(4)
    splits = split_sums(invoices, strange, matched, options)
    hits += splits + _unexplained(copies, splits)
    stage(5)
    hits += circular_trades(invoices, options)
    stage(len(STAGES))
    ranked = sorted(
        (hit for hit in hits if hit.score >= options.floor),
        key=lambda hit: (-hit.score, hit.kind.value, hit.positions),
    )
    return _with_ids(invoices.ids, ranked)


def _unexplained(copies: list[Hit], splits: list[Hit]) -> list[Hit]:
    """Those `copies` that are not just the equal parts of one split about as sure."""
    split_of = {row: at for at, split in enumerate(splits) for row in split.positions[:-1]}
    kept = []
    for copy in copies:
        homes = {split_of.get(row, -1) for row in copy.positions}
        home = homes.pop() if len(homes) == 1 else -1
        surer = home >= 0 and splits[home].score >= copy.score / 2
        if not surer:
            kept.append(copy)
    return kept


def _with_ids(ids: pa.Array, hits: list[Hit]) -> list[Suspicion]:
    places = [position for hit in hits for position in hit.positions]
    named = iter(ids.take(pa.array(places, type=pa.int64())).to_pylist())
    return [
        Suspicion(
            hit.kind,
            tuple(next(named) for _ in hit.positions),
            round(min(hit.score, 1.0), 4),
            hit.reason,
        )
        for hit in hits
    ]
