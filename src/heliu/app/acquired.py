"""The answers of an acquisition run as a table with names and texts, for a CSV or Parquet file."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from heliu.credit.acquisition.api import PreApproval, list_of, pre_approvals
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

_PAGE = 50_000


def table_of(tx: Tx, run_id: UUID) -> pa.Table:
    """Every answer of a finished run by rank; reasons and cures joined in zh and en."""
    listed = list_of(tx, run_id)
    lines = listed.column("line").to_numpy()
    names = listed.column("name")
    pages = []
    after = 0
    while page := pre_approvals(tx, run_id, after=after, limit=_PAGE):
        after = page[-1].rank
        at = np.searchsorted(lines, np.array([one.line for one in page]))
        pages.append(_page(page).add_column(3, "name", names.take(pa.array(at))))
    return pa.concat_tables(pages) if pages else _page([]).add_column(3, "name", names)


def write_table(table: pa.Table, path: Path) -> None:
    """`table` as what the file's ending says. Raises Refusal for an ending that is neither."""
    match path.suffix:
        case ".parquet":
            pq.write_table(table, path)
        case ".csv":
            # With a mark, or spreadsheets take the Chinese for another encoding.
            with path.open("wb") as file:
                file.write(b"\xef\xbb\xbf")
                pacsv.write_csv(table, file)
        case _:
            raise Refusal(
                "acquisition.out_ending",
                Text(f"不支持的文件类型 {path.name}", f"{path.name} is neither CSV nor Parquet"),
                Text("以 .csv 或 .parquet 结尾", "end its name in .csv or .parquet"),
            )


def _page(page: Sequence[PreApproval]) -> pa.Table:
    def told(texts: Sequence[Sequence[str]]) -> pa.Array:
        return pa.array(["; ".join(one) for one in texts], pa.string())

    return pa.table(
        {
            "rank": pa.array([one.rank for one in page], pa.int32()),
            "line": pa.array([one.line for one in page], pa.int32()),
            "uscc": pa.array([one.uscc for one in page], pa.string()),
            "approved": pa.array([one.approved for one in page], pa.bool_()),
            "limit": pa.array([f"{one.limit.amount}" for one in page], pa.string()),
            "expected_draw": pa.array([f"{one.draw.amount}" for one in page], pa.string()),
            "currency": pa.array([one.limit.currency for one in page], pa.string()),
            "score": pa.array([one.score for one in page], pa.int16()),
            "grade": pa.array([one.grade for one in page], pa.string()),
            "reason_codes": told([[r.code for r in one.reasons] for one in page]),
            "reasons_zh": told([[r.reason.zh for r in one.reasons] for one in page]),
            "reasons_en": told([[r.reason.en for r in one.reasons] for one in page]),
            "cures_zh": told([[r.cure.zh for r in one.reasons] for one in page]),
            "cures_en": told([[r.cure.en for r in one.reasons] for one in page]),
        }
    )
