"""What the papers of a trade are called."""

from collections.abc import Mapping
from typing import Final

from heliu.flows.intake.api import Kind
from heliu.ground.text import Text

KIND_TEXT: Final[Mapping[Kind, Text]] = {
    Kind.ORDER: Text("订单", "Order"),
    Kind.ORDER_RESPONSE: Text("订单答复", "Order response"),
    Kind.INVOICE: Text("发票", "Invoice"),
    Kind.CREDIT_NOTE: Text("红字发票", "Credit note"),
    Kind.REMITTANCE_ADVICE: Text("付款通知", "Remittance advice"),
    Kind.DESPATCH_ADVICE: Text("发货单", "Despatch advice"),
    Kind.RECEIPT_ADVICE: Text("收货单", "Receipt advice"),
    Kind.WAYBILL: Text("运单", "Waybill"),
    Kind.LOGISTICS_EVENT: Text("物流事件", "Logistics event"),
    Kind.APPROVAL: Text("应付确认", "Approval"),
}
OTHER: Final = Text("其他", "Other")
