"""What the ledger answers no to, in both languages, and how its writer fails."""

from enum import IntEnum
from typing import Final, NamedTuple

from heliu.ground.errors import Outage, Refusal
from heliu.ground.text import Text


class Why(IntEnum):
    """Why a transfer was refused; the number is what the arrays of a bulk answer hold."""

    NONE = 0
    AMOUNT = 1
    SAME_ACCOUNT = 2
    DEBIT_UNKNOWN = 3
    CREDIT_UNKNOWN = 4
    CURRENCY = 5
    EXPIRED = 6
    KEY_REUSED = 7
    PENDING_NOT_OPEN = 8
    PENDING_DIFFERS = 9
    FLOOR = 10
    CHAIN_BROKEN = 11
    CHAIN_PARTLY_POSTED = 12
    CHAIN_OPEN = 13


class Refused(NamedTuple):
    """A reason as the customer gets it: stable code, reason and cure."""

    code: str
    reason: Text
    cure: Text


REFUSALS: Final = {
    Why.AMOUNT: Refused(
        "ledger.amount_out_of_range",
        Text(
            "金额须大于零且不超过一万亿元",
            "The amount must be above zero and at most 10^14 minor units",
        ),
        Text("请更正金额或拆分交易", "Correct the amount or split the transfer"),
    ),
    Why.SAME_ACCOUNT: Refused(
        "ledger.same_account",
        Text("借贷双方为同一账户", "Debit and credit are the same account"),
        Text("请更正其中一个账户", "Correct one of the two accounts"),
    ),
    Why.DEBIT_UNKNOWN: Refused(
        "ledger.debit_account_unknown",
        Text("借方账户不存在", "The debit account does not exist"),
        Text("请先开立账户", "Open the account first"),
    ),
    Why.CREDIT_UNKNOWN: Refused(
        "ledger.credit_account_unknown",
        Text("贷方账户不存在", "The credit account does not exist"),
        Text("请先开立账户", "Open the account first"),
    ),
    Why.CURRENCY: Refused(
        "ledger.currencies_mixed",
        Text("一笔交易不得混用币种", "One transfer may not mix currencies"),
        Text("请使用同一币种的账户与金额", "Use accounts and an amount of one currency"),
    ),
    Why.EXPIRED: Refused(
        "ledger.pending_expired",
        Text("预记交易的到期时间已过", "The pending transfer's expiry lies in the past"),
        Text("请设定将来的到期时间", "Give an expiry in the future"),
    ),
    Why.KEY_REUSED: Refused(
        "ledger.key_reused",
        Text("幂等键已用于另一笔内容不同的交易", "The key was used by a transfer of other content"),
        Text("请为新交易使用新的幂等键", "Give a new transfer a new key"),
    ),
    Why.PENDING_NOT_OPEN: Refused(
        "ledger.pending_not_open",
        Text("找不到未了结的预记交易", "There is no open pending transfer of that key"),
        Text(
            "请核对预记交易是否已入账、撤销或到期", "See whether it was posted, voided or expired"
        ),
    ),
    Why.PENDING_DIFFERS: Refused(
        "ledger.pending_differs",
        Text("账户或金额与预记交易不符", "Accounts or amount do not fit the pending transfer"),
        Text("账户须一致，入账金额不得超过预记金额", "Use its accounts and at most its amount"),
    ),
    Why.FLOOR: Refused(
        "ledger.floor_reached",
        Text("账户可用余额不足", "The account's available balance does not suffice"),
        Text("请补足余额或减少金额", "Fund the account or lower the amount"),
    ),
    Why.CHAIN_BROKEN: Refused(
        "ledger.chain_broken",
        Text(
            "关联交易中有一笔未通过，整组不入账", "Another transfer of the linked chain was refused"
        ),
        Text("请更正未通过的一笔后整组重发", "Cure the refused one and send the chain again"),
    ),
    Why.CHAIN_PARTLY_POSTED: Refused(
        "ledger.chain_partly_posted",
        Text("关联交易中有一笔此前已入账", "One transfer of the linked chain was posted before"),
        Text("请为新的一组使用新的幂等键", "Give a new chain new keys"),
    ),
    Why.CHAIN_OPEN: Refused(
        "ledger.chain_open",
        Text("批次结束时关联交易未闭合", "The batch ended inside a linked chain"),
        Text("最后一笔不得标记为关联", "The last transfer must not be linked to a next one"),
    ),
}


class Fenced(Outage):
    """Another writer has taken the ledger; this one may not write any more (safe to retry)."""


class LedgerBusy(Outage):
    """Another process or transaction holds the ledger (safe to retry)."""


def account_differs(account: int) -> Refusal:
    """The account's name is open already, as something else."""
    return Refusal(
        "ledger.account_differs",
        Text(
            "该名称的账户已按其他类型、币种或底限开立",
            "The name is open as another kind of account",
        ),
        Text("请使用新的账户名称", "Use another name"),
        {"account": account},
    )


def unknown_account_type(kind: str, currency: str) -> Refusal:
    """The chart of accounts has no such type, or the books no such currency."""
    return Refusal(
        "ledger.account_type_unknown",
        Text("科目表中没有该账户类型或币种", "The chart has no such account type or currency"),
        Text("请使用科目表中的类型与币种", "Use a type and currency of the chart"),
        {"type": kind, "currency": currency},
    )
