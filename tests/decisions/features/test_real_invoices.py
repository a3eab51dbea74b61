"""The law on real invoices of small firms: batch by batch, folds and a count from scratch agree."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.decisions.features.oracle import oracle

from heliu.decisions.features import service, store
from heliu.decisions.features.api import Pair, pair_features
from heliu.decisions.features.domain.log import Event, EventKind
from heliu.decisions.features.domain.state import fold
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id

MOST_ROWS, BATCH, CHECKED = 400, 25, 3


def sold_by(table: Path, firm: str) -> list[Event]:
    """The firm's sales as events, known a little after their date, some of them long after."""
    rows: list[dict[str, Any]] = (
        pq.read_table(table)
        .filter((pc.field("firm") == firm) & (pc.field("direction") == "out"))
        .slice(0, MOST_ROWS)
        .to_pylist()
    )
    return sorted(_events(firm, rows), key=lambda event: event.known_at)


def _events(firm: str, rows: Sequence[dict[str, Any]]) -> Iterator[Event]:
    for n, row in enumerate(rows):
        on: date = row["date"]
        lag = (0, 1, 3, 45)[n % 7 % 4]
        identity = derived_id("real", firm, str(n))
        red = row["total"] < 0
        told = Event(
            id=identity,
            document_id=identity,
            kind=EventKind.CREDIT if red else EventKind.INVOICE,
            supplier=firm,
            buyer=row["counterparty"],
            number=row["invoice_no"],
            day=on.toordinal(),
            known_at=datetime(on.year, on.month, on.day, 4, tzinfo=UTC) + timedelta(days=lag),
            currency="CNY",
            amount=int(abs(row["total"]) * 100),
            due=on.toordinal() + 60,
            void=row["status"] == "void",
        )
        yield told
        # What real payments would be is not in the table: every third invoice is paid, invented.
        if n % 3 == 0 and not red:
            paid = derived_id("paid", str(identity))
            after = timedelta(days=50 + n % 40)
            yield replace(
                told,
                id=paid,
                kind=EventKind.PAYMENT,
                day=told.day + after.days,
                known_at=told.known_at + after,
                void=False,
                cash_id=paid,
            )


@pytest.mark.parametrize("firm", ["E1", "E20", "E60", "E100"])
def test_folds_of_real_invoices_are_those_of_a_count_from_scratch(
    tx: Tx, shared_data: Path, firm: str
) -> None:
    log = sold_by(shared_data / "cumcm2020c" / "invoices.parquet", firm)
    assert len(log) > BATCH
    for end in range(BATCH, len(log) + BATCH, BATCH):
        batch, prefix = log[end - BATCH : end], log[:end]
        service._append(tx, batch)
        pairs = list(dict.fromkeys(event.pair for event in batch))[:CHECKED]
        on = max(event.day for event in prefix)
        found = pair_features(tx, pairs, date.fromordinal(on))
        assert {pair: dict(f.values) for pair, f in found.items()} == {
            pair: dict(oracle(prefix, pair, on)) for pair in pairs
        }
    _folded_alike(tx, list({event.pair for event in log}))


def _folded_alike(tx: Tx, pairs: Sequence[Pair]) -> None:
    told = store.of_pairs(tx, pairs)
    again = {pair: fold([e for e, _ in log], log[-1].no) for pair, log in told.items()}
    assert store.states(tx, pairs) == again
