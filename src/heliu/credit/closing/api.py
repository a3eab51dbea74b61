"""Door of the closing desk."""

from heliu.credit.closing.domain.columns import (
    Columns,
    Position,
    Positions,
    Trait,
    empty,
    in_columns,
    number_of,
    row,
)
from heliu.credit.closing.domain.day import Opinions, advance, classed, provided
from heliu.credit.closing.domain.step import Rolls
from heliu.credit.closing.encoding import decoded
from heliu.credit.closing.errors import nothing_closed
from heliu.credit.closing.export import Export, Format, export_day
from heliu.credit.closing.gathering import basis_of
from heliu.credit.closing.proof import (
    MovementTable,
    TieLine,
    closing_violations,
    movement_table,
    tie_out,
)
from heliu.credit.closing.run import (
    CHUNK,
    Closed,
    House,
    Tell,
    close_day,
    days_up_to,
    take_over,
)
from heliu.credit.closing.service import put_aside, reopen
from heliu.credit.closing.store import (
    AccountPair,
    Accounts,
    Posting,
    Sealed,
    last_day,
    read_range,
    run_of,
    sealed_days,
)
from heliu.credit.closing.store import chunks as chunks_of
from heliu.credit.closing.store import sealed as sealed_day
from heliu.credit.closing.store_proof import TierRow, by_tier

__all__ = [
    "CHUNK",
    "AccountPair",
    "Accounts",
    "Closed",
    "Columns",
    "Export",
    "Format",
    "House",
    "MovementTable",
    "Opinions",
    "Position",
    "Positions",
    "Posting",
    "Rolls",
    "Sealed",
    "Tell",
    "TieLine",
    "TierRow",
    "Trait",
    "advance",
    "basis_of",
    "by_tier",
    "chunks_of",
    "classed",
    "close_day",
    "closing_violations",
    "days_up_to",
    "decoded",
    "empty",
    "export_day",
    "in_columns",
    "last_day",
    "movement_table",
    "nothing_closed",
    "number_of",
    "provided",
    "put_aside",
    "read_range",
    "reopen",
    "row",
    "run_of",
    "sealed_day",
    "sealed_days",
    "take_over",
    "tie_out",
]
