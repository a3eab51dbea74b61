"""Refusals of the orders desk: what is so, and what would cure it."""

from typing import Final

from heliu.books.ledger.api import Refused
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.payments.orders.domain.order import State

_FIELDS: Final = {
    "name": Text("户名", "name"),
    "account": Text("账号", "account"),
    "uscc": Text("统一社会信用代码", "unified social credit code"),
    "bank": Text("开户行行号", "bank identifier"),
}


def key_reused(order_id: str) -> Refusal:
    """The key names another payment already."""
    return Refusal(
        "payment.key_reused",
        Text("幂等键已用于另一笔内容不同的付款", "the key was used by a payment of other content"),
        Text("请为新付款使用新的幂等键", "give a new payment a new key"),
        {"payment": order_id},
    )


def amount_not_positive() -> Refusal:
    """Nothing is to be paid."""
    return Refusal(
        "payment.amount_not_positive",
        Text("付款金额须大于零", "a payment's amount must be above zero"),
        Text("请更正金额", "correct the amount"),
    )


def payee_invalid(field: str) -> Refusal:
    """A field of the payee does not fit into a payment message."""
    zh, en = _FIELDS[field]
    return Refusal(
        "payment.payee_invalid",
        Text(
            f"收款人{zh}缺失、过长或含不可用字符",
            f"the payee's {en} is missing, too long or illegible",
        ),
        Text(f"请更正收款人{zh}", f"correct the payee's {en}"),
        {"field": field},
    )


def payee_account_unknown() -> Refusal:
    """The account is spelled like one of ours, and is none a customer can be paid on."""
    return Refusal(
        "payment.payee_account_unknown",
        Text("本行没有该收款账户", "no customer account of this bank has that name"),
        Text(
            "请核对收款账户, 或填写他行账号",
            "check the account, or give its number at another bank",
        ),
    )


def payee_account_of_another() -> Refusal:
    """The account of our ledger belongs to somebody else than the payee named."""
    return Refusal(
        "payment.payee_differs",
        Text("收款账户不属于该收款人", "the account does not belong to the payee named"),
        Text("请核对收款人与收款账户", "check the payee and the account"),
    )


def ledger_refused(refused: Refused) -> Refusal:
    """The books did not take the posting; their own reason and cure."""
    return Refusal(refused.code, refused.reason, refused.cure)


def unknown_order(order: str) -> Refusal:
    """No such payment on a rail."""
    return Refusal(
        "payment.unknown",
        Text("没有这笔外部付款", "there is no such payment on a rail"),
        Text("核对付款编号: heliu payment cases", "check its id: heliu payment cases"),
        {"payment": order},
    )


def not_left_open(order: str, state: State) -> Refusal:
    """The outcome is known, or the rail may still say it."""
    return Refusal(
        "payment.not_left_open",
        Text(
            f"该付款状态为 {state}, 不由人工裁定",
            f"the payment is {state}: persons rule only on what the rail left open",
        ),
        Text(
            "等待清算行的答复, 或等其成为差错",
            "wait for the rail's answer, or until it becomes a case",
        ),
        {"payment": order, "state": state.value},
    )


def unknown_ruling(ruling: str) -> Refusal:
    """No such ruling."""
    return Refusal(
        "payment.unknown_ruling",
        Text("没有这项裁定", "there is no such ruling"),
        Text("核对裁定编号: heliu payment cases", "check its id: heliu payment cases"),
        {"ruling": ruling},
    )


def own_ruling(ruling: str) -> Refusal:
    """Who proposed it does not release it."""
    return Refusal(
        "payment.own_ruling",
        Text("提出裁定的人不得自行放行", "who proposed a ruling does not release it"),
        Text("请另一人放行", "have a second person release it"),
        {"ruling": ruling},
    )


def unknown_case(case: str) -> Refusal:
    """No such case."""
    return Refusal(
        "payment.unknown_case",
        Text("没有这个差错", "there is no such case"),
        Text("核对差错编号: heliu payment cases", "check its id: heliu payment cases"),
        {"case": case},
    )


def ruling_needed(order: str) -> Refusal:
    """Money is still held: looking at it is not enough."""
    return Refusal(
        "payment.ruling_needed",
        Text("资金仍被占用, 不能直接结案", "its money is still held: looking is not enough"),
        Text("先裁定该付款: heliu payment rule", "rule on the payment: heliu payment rule"),
        {"payment": order},
    )


def no_reason() -> Refusal:
    """A person's decision needs its reason."""
    return Refusal(
        "payment.no_reason",
        Text("理由须为 10 至 500 字", "a reason has 10 to 500 characters"),
        Text("写明依据, 如对账单号或对方行答复", "say what it rests on: a statement, a reply"),
    )
