"""Codes of the desks below in words for people of the bank. Pure."""

from collections.abc import Mapping
from typing import Final

from heliu.credit.loans.api import EventKind
from heliu.flows.intake.api import Kind
from heliu.ground.text import Text
from heliu.payments.orders.api import State

EVENT_TEXT: Final[Mapping[EventKind, Text]] = {
    EventKind.DISBURSED: Text("放款", "disbursed"),
    EventKind.REPAID: Text("回款", "repaid"),
    EventKind.DILUTED: Text("稀释", "diluted"),
    EventKind.EXTENDED: Text("展期", "extended"),
    EventKind.BOUGHT_BACK: Text("回购", "bought back"),
    EventKind.WRITTEN_OFF: Text("核销", "written off"),
    EventKind.RECOVERED: Text("核销后收回", "recovered"),
    EventKind.WRITE_OFF_REVERSED: Text("核销冲回", "write-off reversed"),
}
STATE_TEXT: Final[Mapping[State, Text]] = {
    State.INSTRUCTED: Text("待发出", "instructed"),
    State.SENT: Text("已发出", "sent"),
    State.ACCEPTED: Text("已受理", "accepted"),
    State.UNKNOWN: Text("结果未知", "unknown"),
    State.DISPUTED: Text("有争议", "disputed"),
    State.SETTLED: Text("已到账", "settled"),
    State.REJECTED: Text("被拒绝", "rejected"),
    State.RETURNED: Text("被退回", "returned"),
}
KIND_TEXT: Final[Mapping[Kind, Text]] = {
    Kind.ORDER: Text("订单", "order"),
    Kind.ORDER_RESPONSE: Text("订单回复", "order response"),
    Kind.INVOICE: Text("发票", "invoice"),
    Kind.CREDIT_NOTE: Text("红字发票", "credit note"),
    Kind.REMITTANCE_ADVICE: Text("付款通知", "remittance advice"),
    Kind.DESPATCH_ADVICE: Text("发货单", "despatch advice"),
    Kind.RECEIPT_ADVICE: Text("收货单", "receipt advice"),
    Kind.WAYBILL: Text("运单", "waybill"),
    Kind.LOGISTICS_EVENT: Text("物流事件", "logistics event"),
    Kind.BANK_ENTRY: Text("银行流水", "bank entry"),
    Kind.PAYMENT_ORDER: Text("付款指令", "payment order"),
    Kind.PAYMENT_STATUS: Text("付款状态", "payment status"),
    Kind.PARTY: Text("企业资料", "party"),
    Kind.APPROVAL: Text("确认", "confirmation"),
    Kind.PRICE: Text("价格", "price"),
    Kind.WARNING: Text("警示", "warning"),
    Kind.OTHER: Text("其他", "other"),
}
_LONG: Final = 18
_KEPT: Final = 8


def account(name: str) -> str:
    """An account's name with its long parts cut: `loan:0063d9db…`; a USCC stays whole."""
    parts = name.split(":")
    return ":".join(p if len(p) <= _LONG else f"{p[:_KEPT]}…" for p in parts)
