"""Use cases of the commercial desk: invoice registers are kept whole, once, read as one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from heliu.books.evidence.api import Entry, record
from heliu.flows.commercial import store
from heliu.flows.commercial.store import RowPlace
from heliu.flows.commercial.tabular import InvoiceTable
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import exponent
from heliu.ground.text import Text

_TEXT: Final = ("firm", "direction", "invoice_no", "counterparty", "status", "currency")
_AMOUNTS: Final = ("amount", "tax", "total")
_PLACES: Final = 2  # decimals of an amount the detector reads
_CENT: Final = pa.decimal128(3, 2)


@dataclass(frozen=True, slots=True)
class Registered:
    """A table in the register. `new` is False if these bytes were taken in before.

    `kept`: rows stored; `repeats`: those of them whose every field an earlier row says too, in
    this table or in one before; `void`: those that are void.
    """

    new: bool
    kept: int
    repeats: int
    void: int


def register_table(
    tx: Tx, actor: Actor, file: str, table: InvoiceTable, now: datetime
) -> Registered:
    """Keep a normalised table with its rows and complaints, with a leaf in the evidence log.

    The same bytes again change nothing and answer as before. `now` is an aware instant.
    """
    assert now.tzinfo is not None, "instants are aware"
    new = store.add(tx, table.sha256, file, table, (now, actor.id))
    if new:
        facts = {"sha256": table.sha256, "rows": table.rows, "kept": table.table.num_rows}
        record(tx, [Entry("invoice_table", derived_id("invoice_table", table.sha256), facts)])
    return Registered(new, *store.counted(tx, table.sha256))


def registered(tx: Tx) -> pa.Table:
    """All rows of all tables, as the detector reads them; `row_id` is the place in the register.

    Amounts are exact decimals of the row's own currency.
    """
    types = {name: pa.string() for name in _TEXT} | {name: pa.int64() for name in _AMOUNTS}
    types |= {"row_id": pa.int64(), "date": pa.date32()}
    written = csv.ConvertOptions(column_types=types, strings_can_be_null=False)
    table = csv.read_csv(BytesIO(store.register(tx)), convert_options=written)
    for name in _AMOUNTS:
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, _major(table[name], table["currency"]))
    return table.drop_columns("currency")


def rows_at(tx: Tx, positions: Sequence[int]) -> dict[int, RowPlace]:
    """The file and line behind each place in the register."""
    return store.places(tx, list(positions))


def _major(minor: pa.ChunkedArray, currency: pa.ChunkedArray) -> pa.ChunkedArray:
    """Minor units as decimals of two places. Raises Refusal for a currency of more places."""
    codes = pc.unique(currency)
    places = [exponent(code) for code in codes.to_pylist()]
    if any(p > _PLACES for p in places):
        raise Refusal(
            "register.currency",
            Text("登记簿含有三位小数的币种", "the register holds a currency of three decimals"),
            Text("分币种检测", "look through the tables of that currency one by one"),
        )
    factor = pa.array([10 ** (_PLACES - p) for p in places], pa.int64())
    fen = pc.multiply(minor, factor.take(pc.index_in(currency, codes)))
    return pc.multiply(pc.cast(fen, pa.decimal128(19, 0)), pa.scalar("0.01").cast(_CENT))
