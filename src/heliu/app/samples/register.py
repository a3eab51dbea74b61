"""A buyer's invoice register (发票台账) as its tax platform exports it: CSV, Chinese headers.

It lists what was bought before the programme began. A register has no lines, orders or receipts:
it tells how long the parties have traded, and finances nothing.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from heliu.app.samples.firms import FIRMS, HAIHE, Firm, drawn
from heliu.app.samples.trade import fen

_HEADER: Final = (
    "发票号码", "开票日期", "销方识别号", "销方名称", "购方识别号", "购买方名称",
    "金额", "税额", "价税合计", "发票状态",
)  # fmt: skip
_SELLERS: Final = ("HC", "AT", "SD", "HT", "QM", "LX")
_ROWS: Final = 12
_VOID_ROW: Final = 7
_FIRST_DAY: Final = date(2026, 1, 6)
_EVERY_DAYS: Final = 4
_RATE: Final = Decimal("0.13")


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice of the register."""

    number: str
    seller: Firm
    issued_on: date
    net: Decimal
    void: bool

    @property
    def tax(self) -> Decimal:
        """Value added tax."""
        return fen(self.net * _RATE)


def rows() -> list[Row]:
    """What Haihe bought in January and February, one row void."""
    found = []
    for index in range(_ROWS):
        seller = FIRMS[_SELLERS[index % len(_SELLERS)]]
        tail = drawn("register", index, below=10**15)
        net = Decimal(3_000_000 + drawn("register", index, "net", below=6_000_000)) / 100
        day = _FIRST_DAY + timedelta(_EVERY_DAYS * index)
        number = f"26{seller.division[:2]}2{tail:015d}"
        found.append(Row(number, seller, day, net, index == _VOID_ROW))
    return found


def register() -> bytes:
    """The export: UTF-8 with a byte order mark and CRLF, as spreadsheets like it."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_HEADER)
    for row in rows():
        seller = row.seller
        table.writerow(
            (
                row.number,
                row.issued_on.isoformat(),
                seller.uscc,
                seller.zh,
                HAIHE.uscc,
                HAIHE.zh,
                f"{row.net:.2f}",
                f"{row.tax:.2f}",
                f"{row.net + row.tax:.2f}",
                "作废" if row.void else "正常",
            )
        )
    return text.getvalue().encode("utf-8-sig")
