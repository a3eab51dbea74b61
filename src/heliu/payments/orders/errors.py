"""Refusals of the orders desk: what is so, and what would cure it."""

from typing import Final

from heliu.books.ledger.api import Refused
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

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
