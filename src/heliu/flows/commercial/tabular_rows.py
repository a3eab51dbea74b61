"""Raw columns into canonical ones: what a row must have, and the complaint where it has it not."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from heliu.flows.commercial import tabular_values as values
from heliu.flows.commercial.tabular_mapping import Column
from heliu.flows.commercial.tabular_source import Source
from heliu.flows.intake.api import Complaint, Severity
from heliu.ground.money import exponent
from heliu.ground.text import Text

# Rows of one kind of trouble that are told one by one; beyond it their number is told.
MAX_TOLD: Final = 1000
_DAMAGED: Final = "\ufffd"
_OPTIONAL: Final[tuple[Column, ...]] = ("code", "order", "remark")
_PARTY: Final[tuple[Column, ...]] = ("seller_name", "seller_tax_id", "buyer_name", "buyer_tax_id")


class _Rows:
    """A slice of the source on its way: canonical columns so far, and which rows are bad."""

    def __init__(self, source: Source, start: int, count: int) -> None:
        self.source, self.count = source, count
        self.numbers = source.numbers[start : start + count]
        self.raw = {c: a.slice(start, count) for c, a in source.columns.items()}
        self.bad: NDArray[np.bool_] = np.zeros(count, bool)
        self.complaints: list[Complaint] = []

    def text(self, column: Column, *, needed: bool) -> pa.Array:
        """A text column; blank where it is needed, or damaged in transit, makes a row bad."""
        if column not in self.raw:
            return pa.nulls(self.count, pa.string())
        written = values.text(self.raw[column])
        damaged = pc.fill_null(pc.match_substring(written, _DAMAGED), False)  # noqa: FBT003
        self.wrong(column, "damaged", damaged.to_numpy(zero_copy_only=False))
        if needed:
            self.missing(column, written)
        return written

    def minor(self, column: Column, *, needed: bool) -> pa.Array:
        """An amount in minor units."""
        if column not in self.raw:
            return pa.nulls(self.count, pa.int64())
        found, bad = values.minor(self.raw[column], exponent(self.source.mapping.currency))
        self.wrong(column, "malformed", bad)
        if needed:
            self.missing(column, found, bad)
        return found

    def date(self, column: Column, *, needed: bool) -> pa.Array:
        """A calendar date."""
        if column not in self.raw:
            return pa.nulls(self.count, pa.date32())
        found, bad = values.dates(self.raw[column])
        self.wrong(column, "malformed", bad)
        if needed:
            self.missing(column, found, bad)
        return found

    def one_of(self, column: Column, meanings: Any) -> pa.Array:
        """One of the values the mapping spells; needed."""
        found, bad = values.one_of(self.raw[column], meanings)
        self.wrong(column, "unknown_value", bad)
        self.missing(column, found, bad)
        return found

    def missing(
        self, column: Column, found: pa.Array, already: NDArray[np.bool_] | None = None
    ) -> None:
        """Blank cells where one is needed."""
        blank = pc.is_null(found).to_numpy(zero_copy_only=False)
        self.wrong(column, "missing", blank if already is None else blank & ~already)

    def wrong(
        self, column: Column, what: str, rows: NDArray[np.bool_], *, drop: bool = True
    ) -> None:
        """Complain of `rows`, and leave them out unless `drop` is False."""
        found = np.flatnonzero(rows)
        if drop:
            self.bad |= rows
        header = self.source.headers.get(column, column)
        for index in found[:MAX_TOLD]:
            zh, en = _TEXTS[what]
            place = f"{self.source.unit} {self.numbers[index]}, column {header}"
            text = Text(zh.format(header=header), en.format(header=header))
            self.complaints.append(Complaint(f"table.{what}", place, text, Severity.FLAGGED))
        if len(found) > MAX_TOLD:
            zh, en = _TEXTS[what]
            rest = len(found) - MAX_TOLD
            text = Text(
                f"另有 {rest} 行: {zh.format(header=header)}",
                f"{rest} more rows: {en.format(header=header)}",
            )
            place = f"column {header}"
            self.complaints.append(Complaint(f"table.{what}", place, text, Severity.FLAGGED))


_TEXTS: Final = {
    "damaged": Text(
        "{header} 含有无法解码的字符", "{header} holds characters that cannot be decoded"
    ),
    "malformed": Text("{header} 无法识别", "{header} cannot be read"),
    "unknown_value": Text(
        "{header} 的值不在映射中", "{header} has a value the mapping does not know"
    ),
    "missing": Text("缺少 {header}", "{header} is missing"),
    "row_id": Text("{header} 不是整数", "{header} is not a whole number"),
    "sum": Text("金额加税额不等于 {header}", "amount plus tax is not the {header}"),
}


def normalise(source: Source, start: int, count: int) -> tuple[pa.Table, list[Complaint]]:
    """`count` rows from `start` as canonical columns; bad rows are left out and complained of."""
    rows = _Rows(source, start, count)
    columns: dict[str, pa.Array] = {"row_id": _row_ids(rows, start), "row": pa.array(rows.numbers)}
    columns |= _parties(rows)
    columns["invoice_no"] = rows.text("invoice_no", needed=True)
    columns["date"] = rows.date("date", needed=True)
    columns["amount_minor"] = rows.minor("amount", needed=False)
    columns["tax_minor"] = rows.minor("tax", needed=False)
    columns["total_minor"] = rows.minor("total", needed=True)
    columns["status"] = _status(rows)
    if "due" in rows.raw:
        columns["due"] = rows.date("due", needed=False)
    for name in _OPTIONAL:
        if name in rows.raw:
            columns[name] = rows.text(name, needed=False)
    sums = _off(columns["amount_minor"], columns["tax_minor"], columns["total_minor"])
    rows.wrong("total", "sum", sums & ~rows.bad, drop=False)
    table = pa.table(columns)
    return (table.filter(pa.array(~rows.bad)) if rows.bad.any() else table), rows.complaints


def _row_ids(rows: _Rows, start: int) -> pa.Array:
    if "row_id" not in rows.raw:
        return pa.array(np.arange(start, start + rows.count, dtype=np.int64))
    found, bad = values.minor(rows.raw["row_id"], 0)
    blank = pc.is_null(found).to_numpy(zero_copy_only=False)
    rows.wrong("row_id", "row_id", bad | blank)
    return found


def _parties(rows: _Rows) -> dict[str, pa.Array]:
    if rows.source.mapping.one_sided:
        return {
            "firm": rows.text("firm", needed=True),
            "direction": rows.one_of("direction", rows.source.mapping.direction),
            "counterparty": rows.text("counterparty", needed=True),
        }
    named: dict[str, pa.Array] = {name: rows.text(name, needed=False) for name in _PARTY}
    firm = pc.coalesce(named["seller_tax_id"], named["seller_name"])
    counterparty = pc.coalesce(named["buyer_tax_id"], named["buyer_name"])
    rows.missing(_mapped(rows, ("seller_name", "seller_tax_id")), firm)
    rows.missing(_mapped(rows, ("buyer_name", "buyer_tax_id")), counterparty)
    out = pa.array(["out"]).take(pa.array(np.zeros(rows.count, np.int64)))
    return {"firm": firm, "direction": out, "counterparty": counterparty, **named}


def _mapped(rows: _Rows, names: Sequence[Column]) -> Column:
    return next(name for name in names if name in rows.raw)


def _status(rows: _Rows) -> pa.Array:
    if "status" not in rows.raw:
        return pa.array(["valid"]).take(pa.array(np.zeros(rows.count, np.int64)))
    return rows.one_of("status", rows.source.mapping.status)


def _off(amount: pa.Array, tax: pa.Array, total: pa.Array) -> NDArray[np.bool_]:
    """Rows that state all three and whose sum is off by more than one minor unit."""
    difference = pc.abs(pc.subtract(pc.add(amount, tax), total))
    off: NDArray[np.bool_] = pc.fill_null(pc.greater(difference, 1), False).to_numpy(  # noqa: FBT003
        zero_copy_only=False
    )
    return off
