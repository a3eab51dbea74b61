"""Features bench: documents into durable folds, folds into answers, beside limits and recompute.

Rounds of invented trades (order, receipt, invoice, and the cash that pays it) are observed in
batches, each committed; in the same round the event rows of the batch go by bare COPY into a table
of the same columns without index (the limit). Then answers as of the last day: from the folds, by
one to 1,024 pairs, beside the bare reading of the same rows, and the same from the log, which is
what every answer costs without folds. Figures are medians; other work may share the cores.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from uuid import UUID

from heliu.decisions.features.api import Pair, observe, pair_features
from heliu.flows.intake.api import Cash, Filed, Kind, Line, PartyRef, Totals, TradeDocument
from heliu.ground.db import Database

BATCH: Final = 512
SIZES: Final = (1, 64, 1024)
SUPPLIERS: Final = 400
BUYERS: Final = 3
TRADES_A_DAY: Final = 12
WARM: Final = 24  # batches before the clock runs: the folds are a year old by then
SEED: Final = 20261124
FIRST_DAY: Final = date(2025, 1, 6)
_SETUP: Final = "CREATE TABLE bare_event (LIKE decisions.feature_event)"
_LAST_NO: Final = "SELECT coalesce(max(no), 0) FROM decisions.feature_event"
_TAKE: Final = """
COPY (
  SELECT *
  FROM decisions.feature_event
  WHERE no > %s
) TO STDOUT (FORMAT BINARY)"""
_BARE: Final = "COPY bare_event FROM STDIN (FORMAT BINARY)"
_ROWS: Final = """
SELECT p.days, p.paid, p.dues, p.lags, p.digits
FROM unnest(%s::text[], %s::text[]) AS k (buyer, supplier)
JOIN decisions.pair_state p ON p.buyer = k.buyer AND p.supplier = k.supplier"""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Times:
    """Seconds by round of the contestants of the intake, and events by round."""

    observe: list[float]
    copy: list[float]
    events: list[int]


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Measure intake for about `seconds`, then answers for as long; on a scratch database."""
    database = Database(database_url)
    try:
        with database.transaction() as tx:
            tx.run(_SETUP)
        documents = trades(random.Random(SEED))  # noqa: S311 - invented trades, no secret
        seen: list[Filed] = []
        for _ in range(WARM):
            progress("a year of trade before the clock runs")
            seen += _observed(database, list(islice(documents, BATCH)))
        times = _intake(database, documents, seen, seconds, progress)
        single = _singles(database, documents, seen)
        last = max(f.document.issued_on for f in seen if f.document.issued_on)
        pairs = sorted({pair for f in seen if (pair := _pair(f)) is not None})
        return {
            "pairs": len(pairs),
            "events_in_log": sum(times.events),
            "batch_documents": BATCH,
            **_rates(times),
            "one_document_ms": single * 1000,
            "answers": _answers(database, pairs, last, seconds, progress),
            "from_the_log_us_a_pair": _from_log(database, pairs, last, progress),
        }
    finally:
        database.close()


def trades(rng: random.Random) -> Iterator[Filed]:
    """Documents of trades day by day without end, each trade's in their order."""
    day, n = 0, 0
    waiting: dict[int, list[TradeDocument]] = {}
    while True:
        for _ in range(TRADES_A_DAY):
            n += 1
            for after, document in _trade(rng, n, FIRST_DAY + timedelta(day)):
                waiting.setdefault(day + after, []).append(document)
        for document in waiting.pop(day, ()):
            yield Filed(UUID(int=rng.getrandbits(128)), "0" * 64, "bench", document)
        day += 1


def _trade(rng: random.Random, n: int, on: date) -> list[tuple[int, TradeDocument]]:
    supplier = PartyRef(tax_id=f"9137{rng.randrange(SUPPLIERS):014d}", name="供应商")
    # A supplier has one main buyer: about as many pairs as suppliers, few of them busy.
    usual = rng.random() < 0.9  # noqa: PLR2004
    main = int(str(supplier.tax_id)) % BUYERS if usual else rng.randrange(BUYERS)
    buyer = PartyRef(tax_id=f"9144{main:014d}", name=f"核心企业{main}")
    order, quantity = f"PO{n}", Decimal(rng.randint(1, 900))
    net = quantity * Decimal("12.50")
    own = Line("1", "/", {}, quantity=quantity, net=net)
    cited = Line("1", "/", {}, quantity=quantity, net=net, order_id=order, order_line="1")
    both: dict[str, Any] = {"seller": supplier, "buyer": buyer, "currency": "CNY"}
    refs = {"order": (order,)}
    due = on + timedelta(days=64)
    paid_after = 60 + rng.randrange(20)
    cash = Cash(net, credit=True, booked=True, debtor=buyer, remittance=f"INV{n}")

    def document(kind: Kind, number: str, after: int, **rest: Any) -> tuple[int, TradeDocument]:
        issued = on + timedelta(days=after)
        return after, TradeDocument(kind, number, "/", issued, **(both | rest))

    totals = Totals(payable=net)
    nobody = {"seller": PartyRef(), "buyer": PartyRef()}
    invoice: dict[str, Any] = {
        "references": refs,
        "lines": (cited,),
        "due_on": due,
        "totals": totals,
    }
    return [
        document(Kind.ORDER, order, 0, lines=(own,)),
        document(Kind.RECEIPT_ADVICE, f"GR{n}", 3, references=refs, lines=(cited,)),
        document(Kind.INVOICE, f"INV{n}", 4, **invoice),
        document(Kind.BANK_ENTRY, f"N{n}", paid_after, cash=cash, **nobody),
    ]


def _pair(filed: Filed) -> Pair | None:
    seller, buyer = filed.document.seller.tax_id, filed.document.buyer.tax_id
    return Pair(seller, buyer) if seller and buyer else None


def _observed(database: Database, documents: list[Filed]) -> list[Filed]:
    last = max(f.document.issued_on for f in documents if f.document.issued_on)
    known_at = datetime(last.year, last.month, last.day, 4, tzinfo=UTC)
    with database.transaction() as tx:
        observe(tx, documents, known_at)
    return documents


def _intake(
    database: Database,
    documents: Iterator[Filed],
    seen: list[Filed],
    seconds: float,
    progress: Tell,
) -> Times:
    times = Times([], [], [])
    started = time.perf_counter()
    while len(times.events) < 3 or time.perf_counter() - started < seconds:  # noqa: PLR2004
        progress(f"intake, round {len(times.events) + 1}")
        batch = list(islice(documents, BATCH))
        with database.transaction() as tx:
            (last_no,) = tx.row(_LAST_NO) or (0,)
        at = time.perf_counter()
        seen += _observed(database, batch)
        times.observe.append(time.perf_counter() - at)
        rows, count = _rows_after(database, last_no)
        times.events.append(count)
        at = time.perf_counter()
        with database.transaction() as tx:
            tx.copy_bytes(_BARE, rows)
        times.copy.append(time.perf_counter() - at)
    return times


def _rows_after(database: Database, last_no: int) -> tuple[bytes, int]:
    with database.transaction() as tx, tx.cursor() as cursor:
        with cursor.copy(_TAKE, (last_no,)) as copy:
            rows = b"".join(bytes(part) for part in copy)
        return rows, cursor.rowcount


def _rates(times: Times) -> dict[str, float]:
    rates = [n / t for n, t in zip(times.events, times.observe, strict=True)]
    bare = [n / t for n, t in zip(times.events, times.copy, strict=True)]
    return {
        "observe_events_per_second": statistics.median(rates),
        "copy_events_per_second": statistics.median(bare),
        "observe_to_copy": statistics.median(r / b for r, b in zip(rates, bare, strict=True)),
    }


def _singles(database: Database, documents: Iterator[Filed], seen: list[Filed]) -> float:
    taken = []
    for _ in range(100):
        at = time.perf_counter()
        seen += _observed(database, list(islice(documents, 1)))
        taken.append(time.perf_counter() - at)
    return statistics.median(taken)


def _answers(
    database: Database, pairs: Sequence[Pair], on: date, seconds: float, progress: Tell
) -> dict[str, dict[str, float]]:
    rng = random.Random(SEED)  # noqa: S311 - which pairs are asked for
    found = {}
    for size in SIZES:
        progress(f"answers for {size} pairs at once")
        whole: list[float] = []
        bare: list[float] = []
        cpu: list[float] = []
        started = time.perf_counter()
        while len(whole) < 10 or time.perf_counter() - started < seconds / len(SIZES):  # noqa: PLR2004
            asked = [rng.choice(pairs) for _ in range(size)]
            at, work = time.perf_counter(), time.process_time()
            with database.transaction() as tx:
                pair_features(tx, asked, on)
            whole.append(time.perf_counter() - at)
            cpu.append(time.process_time() - work)
            at = time.perf_counter()
            _bare(database, asked)
            bare.append(time.perf_counter() - at)
        found[f"of_{size}"] = {
            "median_us_a_pair": statistics.median(whole) / size * 1e6,
            "p99_us_a_pair": statistics.quantiles(whole, n=100)[98] / size * 1e6,
            "own_cpu_us_a_pair": statistics.median(cpu) / size * 1e6,
            "bare_read_us_a_pair": statistics.median(bare) / size * 1e6,
        }
    return found


def _bare(database: Database, asked: Sequence[Pair]) -> None:
    wanted = list(dict.fromkeys(asked))
    columns = ([pair.buyer for pair in wanted], [pair.supplier for pair in wanted])
    with database.transaction() as tx, tx.cursor() as cursor:
        cursor.execute(_ROWS, columns, binary=True).fetchall()


def _from_log(database: Database, pairs: Sequence[Pair], on: date, progress: Tell) -> float:
    """The same answers folded from all events, as of an instant after the last."""
    progress("the same answers from the log")
    asked = list(pairs)[:64]
    at = time.perf_counter()
    with database.transaction() as tx:
        pair_features(tx, asked, on, datetime(2100, 1, 1, tzinfo=UTC))
    return (time.perf_counter() - at) / len(asked) * 1e6
