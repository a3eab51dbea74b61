"""Refusals of the screening desk."""

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


class TableRefused(Refusal):
    """An invoice table cannot be screened: a needed column is missing or unreadable."""

    def __init__(self, column: str, defect: str) -> None:
        super().__init__(
            "screening.table_refused",
            Text(f"发票表的列 {column} 不可用", f"column {column} of the invoice table: {defect}"),
            Text(
                "请提供 firm, direction, invoice_no, date, counterparty, total 等列",
                "give the columns firm, direction, invoice_no, date, counterparty, total",
            ),
            {"column": column},
        )
