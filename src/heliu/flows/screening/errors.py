"""Refusals of the screening desk."""

from uuid import UUID

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


class Unclaimable(Refusal):
    """An invoice does not say enough to be told from every other: it cannot be registered."""

    def __init__(self, document_id: UUID, lacking: str) -> None:
        super().__init__(
            "screening.unclaimable",
            Text(
                "发票缺少买卖双方、号码、日期、币种或正数金额，无法登记",
                f"the invoice lacks a usable {lacking} and cannot be registered",
            ),
            Text("请补全发票后重新提交", "complete the invoice and send it again"),
            {"document": str(document_id)},
        )


def already_claimed(claim_id: UUID, opposed_by: UUID) -> Refusal:
    """The receivable stands registered to another financing."""
    return Refusal(
        "screening.already_claimed",
        Text("该应收账款已登记融资", "this receivable is already registered as financed"),
        Text(
            "若前一笔融资已撤销，请先解除其登记",
            "if the earlier financing was withdrawn, release its registration first",
        ),
        {"claim": str(claim_id), "opposed_by": str(opposed_by)},
    )


def possible_renumbered_duplicate(claim_id: UUID, opposed_by: UUID) -> Refusal:
    """Another invoice with these parties, date and amount is registered under another number."""
    return Refusal(
        "screening.possible_renumbered_duplicate",
        Text(
            "双方、日期、金额相同而号码不同的发票已登记融资，疑为换号重开",
            "an invoice of the same parties, date and amount is registered under another number",
        ),
        Text(
            "核实两笔交易各有订单与收货后，由信贷员说明理由予以豁免",
            "show an order and a receipt for each; a credit officer may then waive with a reason",
        ),
        {"claim": str(claim_id), "opposed_by": str(opposed_by)},
    )
