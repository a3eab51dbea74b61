"""Refusals of the deposits desk: what is so, and what would cure it. No account numbers."""

from datetime import time

from heliu.books.ledger.api import Refused
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text


def _yuan(money: Money) -> Text:
    figure = f"{money.minor // 100:,}.{money.minor % 100:02d}"
    return Text(f"{figure} 元", f"{money.currency} {figure}")


def unknown_account() -> Refusal:
    """No such account, or it is another's: both look the same."""
    return Refusal(
        "deposit.unknown_account",
        Text("没有这个账户", "there is no such account"),
        Text("请从自己的账户中选择", "choose one of your own accounts"),
    )


def amount_not_positive() -> Refusal:
    """Nothing is to be paid."""
    return Refusal(
        "deposit.amount_not_positive",
        Text("金额须大于零", "the amount must be above zero"),
        Text("请更正金额", "correct the amount"),
    )


def other_currency() -> Refusal:
    """The account is kept in another currency."""
    return Refusal(
        "deposit.other_currency",
        Text("账户币种与金额币种不同", "the account is kept in another currency"),
        Text("请使用同一币种", "use one currency"),
    )


def too_long(what: Text) -> Refusal:
    """A text does not fit."""
    return Refusal(
        "deposit.too_long",
        Text(f"{what.zh}过长或含不可用字符", f"the {what.en} is too long or illegible"),
        Text(f"请缩短或更正{what.zh}", f"shorten or correct the {what.en}"),
    )


def no_such_number() -> Refusal:
    """The number begins like ours and is none."""
    return Refusal(
        "deposit.no_such_number",
        Text("本行没有这个账号", "this bank has no account of that number"),
        Text("请核对账号, 每一位都要一致", "check the number, digit by digit"),
    )


def bank_needed() -> Refusal:
    """The number is another bank's, and nobody said which."""
    return Refusal(
        "deposit.bank_needed",
        Text("这是他行账号, 需要开户行行号", "the number is another bank's: which one is needed"),
        Text("请填写开户行行号 (12 位)", "give the bank's identifier"),
    )


def name_differs() -> Refusal:
    """The account belongs to somebody of another name."""
    return Refusal(
        "deposit.name_differs",
        Text("账号与户名不符", "the account does not belong to that name"),
        Text(
            "请向收款人本人核对户名与账号; 对方催促时先不要付款",
            "ask the payee himself; do not pay while somebody hurries you",
        ),
    )


def to_itself() -> Refusal:
    """From an account to the same account."""
    return Refusal(
        "deposit.to_itself",
        Text("收款账户与付款账户相同", "payer and payee are the same account"),
        Text("请选择另一个账户", "choose another account"),
    )


def not_enough(refused: Refused) -> Refusal:
    """The books did not hold the amount; the usual reason is that it is not there."""
    if refused.code != "ledger.floor_reached":
        return Refusal(refused.code, refused.reason, refused.cure)
    return too_little()


def too_little() -> Refusal:
    """The amount is not there, or is held for something else."""
    return Refusal(
        "deposit.not_enough",
        Text("可用余额不足", "the available balance does not suffice"),
        Text(
            "请减少金额或先存入; 待付转账占用的金额也算在内",
            "lower the amount or pay in first; what is held for other transfers counts",
        ),
    )


def locked_night(starts: time, ends: time) -> Refusal:
    """The holder's own night lock."""
    hours = f"{starts:%H:%M}-{ends:%H:%M}"
    return Refusal(
        "deposit.locked_night",
        Text(f"您设置了夜间锁: {hours} 不转出", f"your own night lock is on: {hours}"),
        Text(f"请在 {ends:%H:%M} 之后再办", f"come back after {ends:%H:%M}"),
    )


def locked_single(most: Money) -> Refusal:
    """The holder's own lock of single amounts."""
    return Refusal(
        "deposit.locked_single",
        Text(
            f"您设置了单笔锁: 每笔不超过 {_yuan(most).zh}",
            f"your own lock: at most {_yuan(most).en} at once",
        ),
        Text(
            "请减少金额, 或申请放宽 (24 小时后生效)",
            "lower the amount, or ask to relax the lock (takes 24 hours)",
        ),
        {"most": most.minor},
    )


def locked_daily(most: Money, left: Money) -> Refusal:
    """The holder's own lock of a day's amounts."""
    return Refusal(
        "deposit.locked_daily",
        Text(
            f"您设置了单日锁: 每天不超过 {_yuan(most).zh}, 今天还剩 {_yuan(left).zh}",
            f"your own lock: at most {_yuan(most).en} a day; {_yuan(left).en} is left today",
        ),
        Text(
            "请减少金额或明天再办, 或申请放宽 (24 小时后生效)",
            "lower the amount, come back tomorrow, or ask to relax the lock (takes 24 hours)",
        ),
        {"most": most.minor, "left": left.minor},
    )


def locked_payees() -> Refusal:
    """The holder pays only who stands on his list."""
    return Refusal(
        "deposit.locked_payees",
        Text(
            "您设置了名单锁: 只付给名单上满 24 小时的收款人",
            "your own lock: only payees that stand on your list for 24 hours are paid",
        ),
        Text("先把收款人加入名单, 24 小时后再付", "add the payee, and pay in 24 hours"),
    )


def key_reused() -> Refusal:
    """The key names another transfer already."""
    return Refusal(
        "deposit.key_reused",
        Text("幂等键已用于另一笔转账", "the key was used by another transfer"),
        Text("请为新转账使用新的幂等键", "give a new transfer a new key"),
    )


def unknown_transfer() -> Refusal:
    """No such transfer, or it is another's."""
    return Refusal(
        "deposit.unknown_transfer",
        Text("没有这笔转账", "there is no such transfer"),
        Text("请从转账记录中选择", "choose one from the list of transfers"),
    )


def already_paid() -> Refusal:
    """The window is over."""
    return Refusal(
        "deposit.already_paid",
        Text("撤回时间已过, 款项已付出", "the time to recall is over, the money has been paid"),
        Text(
            "请联系收款人退回; 如怀疑被骗请立即联系人工",
            "ask the payee to return it; if it may be fraud, call us now",
        ),
    )


def already_ended() -> Refusal:
    """It ended otherwise."""
    return Refusal(
        "deposit.already_ended",
        Text(
            "这笔转账已经结束, 钱在您的账户里",
            "this transfer has ended; the money is in the account",
        ),
        Text("如仍需付款, 请重新转账", "make a new transfer if it is still to be paid"),
    )


def not_waiting() -> Refusal:
    """Nobody's approval is waited for."""
    return Refusal(
        "deposit.not_waiting",
        Text("这笔转账不需要审批", "this transfer waits for no approval"),
        Text("无需处理", "there is nothing to do"),
    )


def unknown_bill() -> Refusal:
    """No such bill, or it is another's."""
    return Refusal(
        "deposit.unknown_bill",
        Text("没有这张账单", "there is no such bill"),
        Text("请从自己的账单中选择", "choose one of your own bills"),
    )


def bill_paid() -> Refusal:
    """It is paid, or being paid."""
    return Refusal(
        "deposit.bill_paid",
        Text("这张账单已付或正在付款", "this bill is paid or being paid"),
        Text("无需重复付款", "there is nothing left to pay"),
    )


def unknown_payee() -> Refusal:
    """Not on the list."""
    return Refusal(
        "deposit.unknown_payee",
        Text("名单上没有这个收款人", "this payee is not on the list"),
        Text("请先添加收款人", "add the payee first"),
    )


def unknown_biller(code: str) -> Refusal:
    """No such biller."""
    return Refusal(
        "deposit.unknown_biller",
        Text("没有这个收费单位", "there is no such biller"),
        Text("请先登记收费单位", "register the biller first"),
        {"biller": code},
    )
