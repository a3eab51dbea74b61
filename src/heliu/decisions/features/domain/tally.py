"""Sparse tables of integers that add and subtract exactly: what every fold of the log is made of.

A group of events contributes a `Delta`; taking it back is the same addition with the sign turned,
so a fold depends on the set of groups only, never on the order in which they came.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple


class Table(IntEnum):
    """What is tallied, and by what: days are ordinals, months count from year 0."""

    DAYS = 0  # by business day, Day columns
    PAID = 1  # by day of payment, Paid columns
    DUES = 2  # by due day and day of settlement (0: open), Due columns
    LAGS = 3  # by days from date to knowledge (0..400): invoices
    DIGITS = 4  # one row: round faces, then first digits 1 to 9
    MONTHS = 5  # by month: net invoiced
    TRADE = 6  # of a supplier or buyer, by business day: Trade columns
    TERMS = 7  # of a buyer, by due day: Term columns


class Day(IntEnum):
    """Columns of DAYS; amounts in minor units of the pair's currency."""

    ORDERS = 0
    RECEIPTS = 1
    ISSUED = 2
    VOIDS = 3
    REPEATS = 4
    GROSS = 5
    RED = 6
    REVERSED = 7  # of GROSS, credited again within 30 days
    LINKED = 8  # net of invoice lines whose order is known
    MATCHED = 9  # of LINKED, ordered and received too


class Paid(IntEnum):
    """Columns of PAID: cash, cash x days since the invoice; the same against the due day."""

    CASH = 0
    CASH_DAYS = 1
    DUE_CASH = 2
    DUE_CASH_DAYS = 3


class Due(IntEnum):
    """Columns of DUES: followed invoices, their face, cash (up to face), what is open."""

    INVOICES = 0
    FACE = 1
    CASH = 2
    OPEN = 3


class Trade(IntEnum):
    """Columns of TRADE, as in DAYS."""

    ISSUED = 0
    VOIDS = 1
    GROSS = 2
    RED = 3


class Term(IntEnum):
    """Columns of TERMS: followed invoices and their face, and of these those paid in time."""

    INVOICES = 0
    FACE = 1
    TIMELY = 2
    TIMELY_FACE = 3


COLUMNS: Final = {
    Table.DAYS: len(Day),
    Table.PAID: len(Paid),
    Table.DUES: len(Due),
    Table.LAGS: 1,
    Table.DIGITS: 10,
    Table.MONTHS: 1,
    Table.TRADE: len(Trade),
    Table.TERMS: len(Term),
}


class Cell(NamedTuple):
    """One number of a fold; `second` is the day of settlement in DUES, 0 elsewhere."""

    table: Table
    key: int
    column: int = 0
    second: int = 0


Delta = Mapping[Cell, int]


def summed(parts: Iterable[tuple[Cell, int]]) -> dict[Cell, int]:
    """The sum of `parts`, without what is zero."""
    total: dict[Cell, int] = {}
    for cell, amount in parts:
        total[cell] = total.get(cell, 0) + amount
    return {cell: amount for cell, amount in total.items() if amount}


def minus(new: Delta, old: Delta) -> dict[Cell, int]:
    """What must be added to turn `old` into `new`."""
    if not old:
        return dict(new)
    return summed([*new.items(), *((cell, -amount) for cell, amount in old.items())])


def rows_of(delta: Delta) -> dict[Table, dict[tuple[int, int], list[int]]]:
    """`delta` by table and row: the two keys, then what is added to each column."""
    found: dict[Table, dict[tuple[int, int], list[int]]] = {}
    for cell, amount in delta.items():
        rows = found.setdefault(cell.table, {})
        key = (cell.key, cell.second)
        row = rows.get(key)
        if row is None:
            row = rows[key] = [0] * COLUMNS[cell.table]
        row[cell.column] += amount
    return found


def month_of(day: int) -> int:
    """The month a day lies in, counted from year 0."""
    on = date.fromordinal(day)
    return on.year * 12 + on.month - 1
