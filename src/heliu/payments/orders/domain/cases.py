"""What a person is told of a payment case, and what to do about it; both languages."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from heliu.ground.text import Text
from heliu.payments.orders.domain.machine import CaseCode


class Advice(NamedTuple):
    """Why the case is open, and its cure."""

    reason: Text
    cure: Text


ADVICE: Final[Mapping[CaseCode, Advice]] = {
    CaseCode.WRONG_AMOUNT: Advice(
        Text(
            "清算回执的金额与支付指令不符", "the rail's answer states another amount than the order"
        ),
        Text(
            "与清算行核对实付金额后人工处理; 付款账户资金继续冻结",
            "agree with the rail what was paid and settle it by hand; the payer's hold stays",
        ),
    ),
    CaseCode.UNKNOWN_REFERENCE: Advice(
        Text("回执所指的付款不在本行账上", "the rail speaks of a payment that is not on our books"),
        Text("与清算行核对该笔报文", "agree with the rail what this message is about"),
    ),
    CaseCode.UNREADABLE: Advice(
        Text("无法理解清算行发来的报文", "a message from the rail cannot be understood"),
        Text("请清算行重发有效的 ISO 20022 报文", "have the rail send a valid ISO 20022 message"),
    ),
    CaseCode.STATUS_UNKNOWN: Advice(
        Text(
            "回执状态代码无法判定付款结果",
            "the status code does not say what became of the payment",
        ),
        Text("向清算行查询该笔付款", "ask the rail about this payment"),
    ),
    CaseCode.REJECTED_AFTER_ACCEPTANCE: Advice(
        Text(
            "清算行先受理后拒绝; 冻结已解除",
            "accepted first and then rejected; the hold is released",
        ),
        Text("通知付款人后可用新指令重新付款", "tell the payer; a new order may pay again"),
    ),
    CaseCode.REJECTED_AFTER_SETTLEMENT: Advice(
        Text("已结清的付款又被清算行拒绝", "the rail rejects a payment it had settled"),
        Text(
            "核对清算账户是否已扣款, 未扣款则冲正",
            "see whether the settlement account was debited; if not, reverse by hand",
        ),
    ),
    CaseCode.SETTLED_AFTER_REJECTION: Advice(
        Text("已被拒绝的付款又被清算行结清", "the rail settles a payment it had rejected"),
        Text(
            "立即与清算行核对; 款项若已付出, 追回或向付款人补扣",
            "agree with the rail at once; if the money left, recall it or debit the payer",
        ),
    ),
    CaseCode.RETURN_DIFFERS: Advice(
        Text("退回金额与原付款不符", "the money that came back is not what was paid"),
        Text(
            "不超过原金额的部分已退回付款人; 差额与清算行核对",
            "what does not exceed the payment is back with the payer; agree the rest with the rail",
        ),
    ),
    CaseCode.RETURN_UNEXPECTED: Advice(
        Text("退回了一笔未结清的付款", "money came back for a payment that was not settled"),
        Text("与清算行核对该笔款项的归属", "agree with the rail whose money this is"),
    ),
    CaseCode.UNRESOLVED: Advice(
        Text(
            "多次查询后付款结果仍然未知",
            "the rail was asked again and again; the outcome is unknown",
        ),
        Text(
            "向清算行人工查询; 查明之前不得重新付款",
            "ask the rail by hand; do not pay again before the outcome is known",
        ),
    ),
}
