"""A seeded planter: puts frauds and honest look-alikes into invoices, and keeps the truth.

Bench and test equipment. Every fraud starts from a real row chosen at random, so it inherits real
parties, dates and amounts; every look-alike is what honest trade writes in the same place, with
numbers from the seller's own book. Same table, seed and recipe: same result.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FEN: Final = Decimal("0.01")
NUMBERS: Final = (
    "random", "alike", "rewritten", "offset", "near", "next", "suffix", "prefix", "zeros", "dash",
    "letter",
)  # fmt: skip
COLUMNS: Final = (
    "firm", "direction", "invoice_no", "date", "counterparty", "amount", "tax", "total", "status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is planted: `cases` of every fraud, `decoys` of every look-alike, and their variety.

    Days in calendar days; `decay` the most that a cycle's amount falls from hop to hop.
    """

    cases: int = 100
    decoys: int = 100
    numbers: tuple[str, ...] = ("random",)
    days: int = 5
    parts: tuple[int, int] = (2, 5)
    part_fen: int = 0
    equal_parts: bool = False
    red_factor: tuple[float, float] = (1.2, 3.0)
    red_numbers: tuple[str, ...] = ("same", "random")
    cycle_length: tuple[int, int] = (2, 6)
    cycle_days: int = 30
    decay: float = 0.03
    sides: tuple[str, ...] = ("out",)
    least_total: Decimal = Decimal(1000)
    shuffled: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice row as the table holds it."""

    firm: str
    direction: str
    invoice_no: str
    date: date
    counterparty: str
    amount: Decimal
    tax: Decimal
    total: Decimal
    status: str = "valid"

    def of_total(self, total: Decimal) -> "Row":
        """The same invoice over another total, at the same tax rate."""
        net = (self.amount * total / self.total).quantize(FEN, ROUND_HALF_UP)
        return replace(self, amount=net, tax=total - net, total=total)


@dataclass(frozen=True, slots=True)
class Planted:
    """The table with `row_id`, the planted row ids of every case by kind, and the decoys' rows."""

    table: pa.Table
    cases: dict[str, list[tuple[int, ...]]]
    decoys: dict[str, list[int]]


@dataclass(slots=True)
class _Bed:
    """The real rows to plant among, and what has been planted so far."""

    table: pa.Table
    recipe: Recipe
    rng: np.random.Generator
    pool: np.ndarray[tuple[int], np.dtype[np.int64]]
    rows: list[Row] = field(default_factory=list)
    cases: dict[str, list[list[int]]] = field(default_factory=dict)
    decoys: dict[str, list[int]] = field(default_factory=dict)
    picked: set[int] = field(default_factory=set)
    taken: set[tuple[str, str]] = field(default_factory=set)
    books: dict[str, list[tuple[date, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = ("direction", "firm", "counterparty", "invoice_no", "date")
        columns = [self.table[name].to_pylist() for name in names]
        for direction, firm, other, number, day in zip(*columns, strict=True):
            seller = firm if direction == "out" else other
            self.taken.add((seller, number))
            self.books.setdefault(seller, []).append((day, number))
        for book in self.books.values():
            book.sort()

    def booked(self, row: Row, day: date) -> str:
        """A free number of the seller's book as it stood on `day`."""
        seller = row.firm if row.direction == "out" else row.counterparty
        book = self.books[seller]
        number = _value(book[min(bisect_left(book, (day, "")), len(book) - 1)][1])
        while (seller, str(number)) in self.taken:
            number += 1
        self.taken.add((seller, str(number)))
        return str(number)

    def pick(self) -> Row:
        """A real, valid, positive row that was not picked before."""
        while True:
            at = int(self.rng.choice(self.pool))
            if at not in self.picked:
                self.picked.add(at)
                return Row(**{name: self.table[name][at].as_py() for name in COLUMNS})

    def fraud(self, kind: str, *rows: Row) -> None:
        self.cases.setdefault(kind, []).append(self._put(rows))

    def decoy(self, kind: str, *rows: Row) -> None:
        self.decoys.setdefault(kind, []).extend(self._put(rows))

    def _put(self, rows: Sequence[Row]) -> list[int]:
        first = len(self.rows)
        self.rows.extend(rows)
        return list(range(first, len(self.rows)))

    def day(self, row: Row, most: int) -> date:
        return row.date + timedelta(int(self.rng.integers(0, most + 1)))

    def one_of(self, names: Sequence[str]) -> str:
        return names[int(self.rng.integers(len(names)))]


def plant(table: pa.Table, seed: int, recipe: Recipe) -> Planted:
    """Plant `recipe` into `table` (columns as the detector's; direction, status plain or coded)."""
    plain = _plain(table)
    valid = np.asarray(pc.equal(plain["status"], "valid"))
    total = np.asarray(pc.cast(plain["total"], pa.float64()))
    pool = np.flatnonzero(valid & (total >= float(recipe.least_total)))
    bed = _Bed(plain, recipe, np.random.default_rng(seed), pool)
    for _ in range(recipe.cases):
        for sow in _FRAUDS:
            sow(bed)
    for _ in range(recipe.decoys):
        for sow in _DECOYS:
            sow(bed)
    return _mixed(bed)


def renumbered(number: str, way: str, rng: np.random.Generator) -> str:
    """Another number for `number`, in one of the ways of NUMBERS."""
    made: dict[str, Callable[[], str]] = {
        "rewritten": lambda: _rewritten(number, rng),
        "alike": lambda: str(int(rng.integers(10 ** (len(number) - 1), 10 ** len(number)))),
        "offset": lambda: str(_value(number) + int(rng.integers(1000, 100_000))),
        "prefix": lambda: ("R", "N-", "DUP")[int(rng.integers(3))] + number,
        "near": lambda: str(_value(number) + int(rng.integers(2, 1000))),
        "next": lambda: str(_value(number) + 1),
        "suffix": lambda: number + "ABCX"[int(rng.integers(4))],
        "zeros": lambda: "0" * int(rng.integers(1, 4)) + number,
        "dash": lambda: f"{number[:4]}-{number[4:]}",
        "letter": lambda: number.replace("0", "O", 1) if "0" in number else "R" + number,
        "random": lambda: str(int(rng.integers(10**6, 10**8))),
    }
    return made[way]()


def _rewritten(number: str, rng: np.random.Generator) -> str:
    """Two adjacent digits swapped, or one digit changed."""
    at = int(rng.integers(1, max(len(number), 2)))
    swapped = number[: at - 1] + number[at : at + 1] + number[at - 1] + number[at + 1 :]
    digit = str((_value(number[at : at + 1]) + 1 + int(rng.integers(9))) % 10)
    changed = number[:at] + digit + number[at + 1 :]
    return swapped if swapped != number and _heads(rng) else changed


def _value(number: str) -> int:
    return int("".join(sign for sign in number if sign.isdigit()) or 0)


def _heads(rng: np.random.Generator) -> bool:
    return bool(rng.random() < 0.5)  # noqa: PLR2004 - a fair coin


def _exact(bed: _Bed) -> None:
    bed.fraud("exact_duplicate", bed.pick())


def _renumbered(bed: _Bed) -> None:
    row = bed.pick()
    number = renumbered(row.invoice_no, bed.one_of(bed.recipe.numbers), bed.rng)
    day = bed.day(row, bed.recipe.days)
    bed.fraud("renumbered_duplicate", replace(row, invoice_no=number, date=day))


def _split(bed: _Bed) -> None:
    row, recipe = bed.pick(), bed.recipe
    count = int(bed.rng.integers(recipe.parts[0], recipe.parts[1] + 1))
    shares = np.ones(count) if recipe.equal_parts else bed.rng.dirichlet(np.full(count, 4.0))
    cuts = [
        (row.total * Decimal(float(s)) / Decimal(float(shares.sum()))).quantize(FEN) for s in shares
    ]
    cuts[-1] = row.total - sum(cuts[:-1], Decimal(0))
    noise = bed.rng.integers(-recipe.part_fen, recipe.part_fen + 1, count)
    start = int(bed.rng.integers(10**6, 9 * 10**7))
    in_a_row = _heads(bed.rng)
    bed.fraud(
        "split_sum",
        *(
            replace(
                row.of_total(cut + FEN * int(off)),
                invoice_no=str(start + i)
                if in_a_row
                else renumbered(row.invoice_no, "random", bed.rng),
                date=bed.day(row, recipe.days),
            )
            for i, (cut, off) in enumerate(zip(cuts, noise, strict=True))
        ),
    )


def _red(bed: _Bed) -> None:
    row, recipe = bed.pick(), bed.recipe
    places = 2 if _heads(bed.rng) else 6
    factor = Decimal(f"{bed.rng.uniform(*recipe.red_factor):.{places}f}")
    red = row.of_total(-(row.total * factor).quantize(FEN))
    red = replace(red, date=bed.day(row, recipe.days))
    match way := bed.one_of(recipe.red_numbers):
        case "same":
            pass
        case "orphan":
            other = f"{row.counterparty[0]}{bed.rng.integers(90000, 99999)}"
            red = replace(red, counterparty=other)
        case _:
            red = replace(red, invoice_no=renumbered(row.invoice_no, way, bed.rng))
    bed.fraud("inflated_red_letter", red)


def _cycle(bed: _Bed) -> None:
    row, recipe = bed.pick(), bed.recipe
    length = int(bed.rng.integers(recipe.cycle_length[0], recipe.cycle_length[1] + 1))
    firms = pc.unique(bed.table["firm"]).to_pylist()
    while len(firms) < length:
        firms.append(f"N{len(firms)}")
    ring = [firms[i] for i in bed.rng.choice(len(firms), length, replace=False)]
    total, rows = row.total, list[Row]()
    for seller, buyer in zip(ring, [*ring[1:], ring[0]], strict=True):
        number = renumbered(row.invoice_no, "random", bed.rng)
        edge = replace(row.of_total(total), invoice_no=number, date=bed.day(row, recipe.cycle_days))
        sold = replace(edge, firm=seller, counterparty=buyer, direction="out")
        bought = replace(edge, firm=buyer, counterparty=seller, direction="in")
        side = bed.one_of(recipe.sides)
        rows += {"out": [sold], "in": [bought], "both": [sold, bought]}[side]
        total = (total * Decimal(f"{1 - bed.rng.uniform(0, recipe.decay):.6f}")).quantize(FEN)
    bed.fraud("circular_trade", *rows)


def _pledged_elsewhere(bed: _Bed) -> None:
    row = bed.pick()
    firms = pc.unique(bed.table["firm"]).to_pylist()
    other = bed.one_of([firm for firm in firms if firm != row.firm])
    if bed.rng.random() < 0.2:  # noqa: PLR2004 - one exact duplicate in five is a multiple pledge
        bed.fraud("exact_duplicate", replace(row, firm=other))


def _rent(bed: _Bed) -> None:
    row = bed.pick()
    days = [row.date + timedelta(30 * m) for m in range(1, int(bed.rng.integers(2, 9)))]
    bed.decoy("rent", *(replace(row, date=d, invoice_no=bed.booked(row, d)) for d in days))


def _same_day(bed: _Bed) -> None:
    row = bed.pick()
    count = int(bed.rng.integers(1, 5))
    again = [replace(row, invoice_no=bed.booked(row, row.date)) for _ in range(count)]
    bed.decoy("one book, one day", *again)


def _deliveries(bed: _Bed) -> None:
    row = bed.pick()
    shares = bed.rng.dirichlet(np.full(int(bed.rng.integers(2, 6)), 4.0))
    parts = [row.of_total((row.total * Decimal(float(s))).quantize(FEN)) for s in shares[:-1]]
    dated = [replace(part, date=bed.day(row, 20)) for part in parts]
    bed.decoy("split deliveries", *(replace(p, invoice_no=bed.booked(row, p.date)) for p in dated))


def _reversed(bed: _Bed) -> None:
    row = bed.pick()
    day = bed.day(row, 40)
    red = replace(row.of_total(-row.total), invoice_no=bed.booked(row, day), date=day)
    again = replace(row, invoice_no=bed.booked(row, day), date=day)
    bed.decoy("reversed and re-issued", red, again)


def _partly_reversed(bed: _Bed) -> None:
    row = bed.pick()
    day = bed.day(row, 40)
    share = Decimal(f"{bed.rng.uniform(0.05, 1):.4f}")
    red = row.of_total(-(row.total * share).quantize(FEN))
    bed.decoy("partly reversed", replace(red, invoice_no=bed.booked(row, day), date=day))


def _voided(bed: _Bed) -> None:
    row = bed.pick()
    void = replace(row, invoice_no=bed.booked(row, row.date), status="void")
    bed.decoy("void and re-issued", void)


def _reciprocal(bed: _Bed) -> None:
    row = bed.pick()
    firms = pc.unique(bed.table["firm"]).to_pylist()
    other = bed.one_of([firm for firm in firms if firm != row.firm])
    sold = replace(row, direction="out", counterparty=other)
    times = Decimal(f"{bed.rng.uniform(1.4, 6):.4f}")
    back = replace(
        row.of_total((row.total * times).quantize(FEN)),
        firm=other, direction="out", counterparty=row.firm, date=bed.day(row, 60),
    )  # fmt: skip
    bed.decoy("reciprocal trade", sold, back)


def _mirrored(bed: _Bed) -> None:
    row = bed.pick()
    firms = pc.unique(bed.table["firm"]).to_pylist()
    other = bed.one_of([firm for firm in firms if firm > row.firm] or ["ZZ"])
    sold = replace(row, direction="out", counterparty=other)
    bed.decoy(
        "told by both", sold, replace(sold, firm=other, direction="in", counterparty=row.firm)
    )


def _hub(bed: _Bed) -> None:
    row = bed.pick()
    bed.decoy(
        "hub",
        *(
            replace(row, firm=f"S{bed.rng.integers(10**4)}", direction="out", counterparty="HUB",
                    invoice_no=renumbered(row.invoice_no, "random", bed.rng), date=bed.day(row, 30))
            for _ in range(10)
        ),
    )  # fmt: skip


_FRAUDS: Final[tuple[Callable[[_Bed], None], ...]] = (
    _exact, _pledged_elsewhere, _renumbered, _split, _red, _cycle,
)  # fmt: skip
_DECOYS: Final[tuple[Callable[[_Bed], None], ...]] = (
    _rent, _same_day, _deliveries, _reversed, _partly_reversed, _voided, _reciprocal, _mirrored,
    _hub,
)  # fmt: skip


def _plain(table: pa.Table) -> pa.Table:
    columns = {}
    for name in COLUMNS:
        column = table[name]
        kind = column.type
        columns[name] = pc.cast(column, kind.value_type) if pa.types.is_dictionary(kind) else column
    return pa.table(columns)


def _mixed(bed: _Bed) -> Planted:
    base = bed.table.num_rows
    extra = pa.table(
        {
            name: pa.array([getattr(r, name) for r in bed.rows], bed.table[name].type)
            for name in COLUMNS
        }
    )
    table = pa.concat_tables([bed.table, extra])
    place = np.arange(table.num_rows)
    if bed.recipe.shuffled:
        order = bed.rng.permutation(table.num_rows)
        table = table.take(pa.array(order))
        place[order] = np.arange(table.num_rows)
    table = table.append_column("row_id", pa.array(np.arange(table.num_rows)))
    return Planted(
        table,
        {k: [tuple(int(place[base + i]) for i in c) for c in cs] for k, cs in bed.cases.items()},
        {k: [int(place[base + i]) for i in rows] for k, rows in bed.decoys.items()},
    )
