"""Windows over the packed rows of many pairs at once, as NumPy arrays of integers: exact, no float.

Every table of all pairs is joined into one array; a pair is its slice `starts[i]:ends[i]`, and a
sum over it is a difference of running sums. `on` is the day of the question, an ordinal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from heliu.decisions.features.domain.layout import SHARES, WIDTHS, wide
from heliu.decisions.features.domain.rates import BENFORD, MILLION, Flags, Ints, decay
from heliu.decisions.features.domain.state import WINDOW
from heliu.decisions.features.domain.tally import Day, Paid, Table

MONTH, QUARTER, YEAR = 30, 90, WINDOW
CLOSED_AFTER: Final = 90  # days past due: what was not paid until then is taken as diluted
_LIMB: Final = 31
_LIMB_MASK: Final = (1 << _LIMB) - 1
_LAST_DAYS: Final = 2
_DUE_SUMS: Final = 10  # as many as _due_columns gives
_LAW: Final = np.array(BENFORD, np.int64)
_WEIGHTS: Final = np.array([decay(age) for age in range(WINDOW)], np.int64)


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of many owners, one owner after the other."""

    rows: NDArray[Any]
    starts: Ints
    ends: Ints

    @property
    def owner(self) -> Ints:
        """The place of each row's owner."""
        return np.repeat(np.arange(len(self.starts)), self.ends - self.starts)

    def totals(self, columns: Ints, inside: Flags | None = None) -> Ints:
        """By column and owner, sums over the owner's rows; `columns` has shape (columns, rows).

        `inside` flags the rows that count: of each owner one unbroken run.
        """
        running = np.zeros((len(columns), columns.shape[1] + 1), np.int64)
        columns.cumsum(axis=1, out=running[:, 1:])
        begins, ends = self.starts, self.ends
        if inside is not None:
            begins, ends = self.run(inside)
        return running[:, ends] - running[:, begins]

    def run(self, inside: Flags) -> tuple[Ints, Ints]:
        """By owner, where its one run of flagged rows begins and ends; empty at its end if none."""
        flagged = _ended(inside.nonzero()[0], len(inside))
        before, upto = flagged[:-1].searchsorted(self.starts), flagged[:-1].searchsorted(self.ends)
        begins = np.where(before < upto, flagged[before], self.ends)
        return begins, begins + (upto - before)

    def first(self, flags: Flags) -> Ints:
        """By owner, the place of its first row that is flagged, or -1."""
        flagged = _ended(flags.nonzero()[0], len(flags))
        place = flagged[flagged.searchsorted(self.starts)]
        return np.where(place < self.ends, place, -1)

    def last(self, flags: Flags) -> Ints:
        """By owner, the place of its last row that is flagged, or -1."""
        flagged = _ended(flags.nonzero()[0], -1)
        place = flagged[flagged[:-1].searchsorted(self.ends) - 1]
        return np.where(place >= self.starts, place, -1)


def joined(parts: Sequence[bytes], table: Table) -> Ragged:
    """The packed rows of each owner as one ragged array, shape (rows, WIDTHS[table]) int64."""
    ragged = _ragged(parts, 8 * WIDTHS[table], np.dtype("<i8"))
    return Ragged(ragged.rows.reshape(-1, WIDTHS[table]), ragged.starts, ragged.ends)


def _ragged(parts: Sequence[bytes], size: int, dtype: np.dtype[Any]) -> Ragged:
    edges = np.array([0, *map(len, parts)], np.int64).cumsum() // size
    return Ragged(np.frombuffer(b"".join(parts), dtype), edges[:-1], edges[1:])


@dataclass(frozen=True, slots=True)
class Dealings:
    """By pair, sums over its days; `traded` is the last day with a receipt or invoice, 0 if none.

    `year` and `quarter` are by column of DAYS, `month` gross and red, `month_end` gross and what of
    it was reversed, `gaps` decayed days between orders and the weights.
    """

    year: Ints
    quarter: Ints
    month: Ints
    month_end: Ints
    gaps: Ints
    active_months: Ints
    traded: Ints


def dealings(parts: Sequence[bytes], on: int) -> Dealings:
    """Window sums over the DAYS rows of each pair."""
    days = joined(parts, Table.DAYS)
    rows, day, body = days.rows, days.rows[:, 0], days.rows[:, 1:]
    age = on - day
    year = _within(age, YEAR)
    valid = body[:, Day.ISSUED] > body[:, Day.VOIDS]
    seen = days.last(((body[:, Day.RECEIPTS] > 0) | valid) & (age >= 0))
    starts = month_starts(on)
    month = starts.searchsorted(day, side="right")
    last_two = year & (_ended(starts, 0)[month] - day <= _LAST_DAYS)
    columns = np.ascontiguousarray(body.T)
    ends = columns[[Day.GROSS, Day.REVERSED]] * last_two
    running = np.zeros((len(columns) + 4, len(rows) + 1), np.int64)
    np.concatenate([columns, ends, _gaps(days, age, year)]).cumsum(axis=1, out=running[:, 1:])

    def over(window: int) -> Ints:
        begins, upto = days.run(_within(age, window))
        found: Ints = running[:, upto] - running[:, begins]
        return found

    of_year, of_month = over(YEAR), over(MONTH)
    return Dealings(
        of_year[:-4],
        over(QUARTER)[:-4],
        of_month[[Day.GROSS, Day.RED]],
        of_year[-4:-2],
        of_year[-2:],
        # The first start is that of the same month a year ago, which is the thirteenth back.
        _active_months(days, valid & (age >= 0) & (month > 1), month),
        _ended(day, 0)[seen],
    )


def _gaps(days: Ragged, age: Ints, year: Flags) -> Ints:
    """Weighted days between successive days with an order, and the weights."""
    found = np.zeros((2, len(age)), np.int64)
    ordered = ((days.rows[:, 1 + Day.ORDERS] > 0) & year).nonzero()[0]
    owner = days.ends.searchsorted(ordered, side="right")
    day = days.rows[ordered, 0]
    later = (owner[1:] == owner[:-1]).nonzero()[0] + 1
    weight = _WEIGHTS[age[ordered[later]]]
    found[0, ordered[later]] = (day[later] - day[later - 1]) * weight
    found[1, ordered[later]] = weight
    return found


def _active_months(days: Ragged, active: Flags, month: Ints) -> Ints:
    place = active.nonzero()[0]
    owner, month = days.ends.searchsorted(place, side="right"), month[place]
    new = np.ones(len(place), np.bool_)
    new[1:] = (owner[1:] != owner[:-1]) | (month[1:] != month[:-1])
    return np.bincount(owner[new], minlength=len(days.ends))


def payments(parts: Sequence[bytes], on: int) -> list[NDArray[Any]]:
    """By pair and column of PAID, the sum decayed by age."""
    if not any(parts):
        return list(np.zeros((len(Paid), len(parts)), np.int64))
    paid = joined(parts, Table.PAID)
    age = on - paid.rows[:, 0]
    inside = _within(age, YEAR)
    weight = _WEIGHTS[np.where(inside, age, 0)] * inside
    # Weights of 20 bits times amounts of 63 need 83: two limbs, put together as Python's own.
    body = np.ascontiguousarray(paid.rows[:, 1:].T)
    low, high = paid.totals(weight * (body & _LIMB_MASK)), paid.totals(weight * (body >> _LIMB))
    return list(low.astype(object) + high.astype(object) * (1 << _LIMB) if high.any() else low)


@dataclass(frozen=True, slots=True)
class Dues:
    """By pair: sums over followed invoices as `_due_columns`, worst delay, late days' 90th."""

    sums: Ints
    worst_open: Ints
    late_p90: Ints


def dues(parts: Sequence[bytes], on: int) -> Dues:
    """What is due and was paid, of each pair's followed invoices."""
    if not any(parts):
        nothing = np.zeros((_DUE_SUMS, len(parts)), np.int64)
        return Dues(nothing, nothing[0], nothing[0])
    due = joined(parts, Table.DUES)
    due_day, settled_day = due.rows[:, 0], due.rows[:, 1]
    past = on - due_day
    matured = (past > 0) & (past < YEAR)
    # An invoice is settled as of `on` only if it was by then; what is not, is late by today.
    settled = (settled_day > 0) & (settled_day <= on)
    late_days = np.maximum(np.where(settled, settled_day - due_day, past), 0)
    oldest = due.first(~settled & (past > 0))
    worst = np.where(oldest >= 0, past[oldest], 0)
    p90 = _percentile(due, late_days, due.rows[:, 2] * matured, 90)
    columns = _due_columns(due.rows[:, 2:].T, past, matured, late_days > 0, settled)
    return Dues(due.totals(columns), worst, p90)


def _due_columns(body: Ints, past: Ints, matured: Flags, late: Flags, settled: Flags) -> Ints:
    invoices, face, cash, left = body
    closed = (past < YEAR) & (settled | (past >= CLOSED_AFTER))
    late, open_ = matured & late, ~settled
    return np.array(
        [
            *(invoices * matured, face * matured, invoices * late, face * late),
            *(invoices * closed, face * closed, cash * closed),
            *(invoices * open_, left * open_, left * (open_ & (past > 0))),
        ]
    )


def lags(parts: Sequence[bytes], percent: int) -> Ints:
    """By pair, the percentile (nearest rank) of days from an invoice's date to its knowledge."""
    found = joined(parts, Table.LAGS)
    return _ranked(found, found.rows[:, 0], found.rows[:, 1], percent)


def digits(parts: Sequence[bytes]) -> Ints:
    """By pair: round faces, all faces, and the summed distance from Benford's law in millionths."""
    found = joined(parts, Table.DIGITS)
    counts = found.rows[:, 2:]
    total = counts.sum(axis=1)
    apart = np.abs(counts * MILLION - total[:, None] * _LAW).sum(axis=1)
    return found.totals(np.array([found.rows[:, 1], total, apart]))


def trades(parts: Sequence[bytes], on: int) -> Ints:
    """By column of TRADE and supplier or buyer, the sum over 365 days."""
    days = joined(parts, Table.TRADE)
    return days.totals(days.rows[:, 1:].T, _within(on - days.rows[:, 0], YEAR))


def terms(parts: Sequence[bytes], on: int) -> Ints:
    """By column of TERMS and buyer, the sum over what fell due in 365 days before `on`."""
    due = joined(parts, Table.TERMS)
    past = on - due.rows[:, 0]
    return due.totals(due.rows[:, 1:].T, (past > 0) & (past < YEAR))


def shares(parts: Sequence[bytes], month: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """By supplier or buyer, the sum and the sum of squares over the twelve months up to `month`."""
    found = _ragged(parts, SHARES.itemsize, SHARES)
    place = found.first(found.rows["month"] == month)
    known = place >= 0
    rows = found.rows[place[known]]
    both = np.zeros((2, len(place)), object)
    for side, name in enumerate(("sum", "squares")):
        both[side, known] = [wide(raw) for raw in _sixteens(rows[name].tobytes())]
    return both[0], both[1]


def _sixteens(raw: bytes) -> list[bytes]:
    return [raw[at : at + 16] for at in range(0, len(raw), 16)]


def _percentile(of: Ragged, values: Ints, counts: Ints, percent: int) -> Ints:
    """By owner, the least value with at least `percent` of the cases at or below it; 0 if none."""
    order = np.lexsort((values, of.owner))
    return _ranked(of, values[order], counts[order], percent)


def _ranked(of: Ragged, values: Ints, counts: Ints, percent: int) -> Ints:
    """The same of values that rise within each owner."""
    running = np.zeros(len(counts) + 1, np.int64)
    counts.cumsum(out=running[1:])
    before, after = running[of.starts], running[of.ends]
    rank = before + -(-(after - before) * percent // 100)
    place = running[1:].searchsorted(rank)
    return np.where(after > before, _ended(values, 0)[np.minimum(place, len(values))], 0)


def _ended(values: NDArray[Any], last: int) -> Ints:
    """`values` and one more: what a place beyond the rows stands for."""
    found = np.empty(len(values) + 1, np.int64)
    found[:-1], found[-1] = values, last
    return found


def _within(age: Ints, window: int) -> Flags:
    return (age >= 0) & (age < window)


@lru_cache(8)
def month_starts(on: int) -> Ints:
    """First days of the months from a year before that of `on` to the one after it, 14 in all."""
    today = date.fromordinal(on)
    months = range(today.year * 12 + today.month - 13, today.year * 12 + today.month + 1)
    return np.array([date(month // 12, month % 12 + 1, 1).toordinal() for month in months])
