"""What people do in the ecosystem: frauds, ways to ask, ways to pay - each with its name."""

from enum import StrEnum
from typing import Final

from heliu.ground.text import Text


class Fraud(StrEnum):
    """A way to cheat the bank: the first by documents, the others by requests."""

    RENUMBERED = "renumbered"
    SPLIT = "split"
    CIRCULAR = "circular"
    RELATED = "related"
    SHORT = "short"
    INFLATED = "inflated"
    PADDED = "padded"
    GHOST = "ghost"
    SPOILT = "spoilt"
    DENIED = "denied"
    STRANGER = "stranger"
    TWICE = "twice"
    GREEDY = "greedy"
    FALSE_PAYEE = "false_payee"
    FORGED_APPROVAL = "forged_approval"
    FORGED_CASH = "forged_cash"
    FORGED_SIGNATURE = "forged_signature"
    REPLAYED = "replayed"

    @property
    def called(self) -> Text:
        """What it is called."""
        return _TITLES[self]


_TITLES: Final = {
    Fraud.RENUMBERED: Text("换号重复开票", "one delivery, invoiced twice"),
    Fraud.SPLIT: Text("拆分重复质押", "one delivery, pledged in parts"),
    Fraud.CIRCULAR: Text("循环贸易", "goods that run in a circle"),
    Fraud.RELATED: Text("关联交易", "a relative of the buyer"),
    Fraud.SHORT: Text("少交全开", "40 % delivered, all invoiced"),
    Fraud.INFLATED: Text("价格虚增", "two and a half times the price"),
    Fraud.PADDED: Text("价格加码 8 %", "8 % above the agreed price"),
    Fraud.GHOST: Text("无货开票", "nothing was delivered"),
    Fraud.SPOILT: Text("冷链断链", "the cold chain broke"),
    Fraud.DENIED: Text("买方否认", "the buyer denies the payable"),
    Fraud.STRANGER: Text("冒领他人应收", "asks on another's receivable"),
    Fraud.TWICE: Text("一笔应收融资两次", "one receivable, financed twice"),
    Fraud.GREEDY: Text("超额申请", "asks for more than there is"),
    Fraud.FALSE_PAYEE: Text("受托支付改账户", "entrusted money to another account"),
    Fraud.FORGED_APPROVAL: Text("伪造确权", "a stranger confirms the payable"),
    Fraud.FORGED_CASH: Text("伪造回款通知", "a stranger says cash came"),
    Fraud.FORGED_SIGNATURE: Text("伪造签名", "a request signed with a wrong secret"),
    Fraud.REPLAYED: Text("重放请求", "a recorded request sent again"),
}


class Manner(StrEnum):
    """How a supplier asks for his money."""

    WHOLE = "whole"  # all three acts at once; the money stays on his account with us
    STEPS = "steps"  # credit decision, drawdown, payment, one after the other
    ONWARD = "onward"  # at once, and on to his account at another bank
    ENTRUSTED = "entrusted"  # at once, and on to his own supplier
    AGAIN = "again"  # the answer was lost: the same request once more


class Paying(StrEnum):
    """How a buyer pays what he owes."""

    ON_TIME = "on_time"
    LATE = "late"
    SHORT = "short"
    OVER = "over"
    WRONG_PAYER = "wrong_payer"
    NAMELESS = "nameless"
    NEVER = "never"

    @property
    def days_late(self) -> int:
        """Days after the due date on which the cash comes."""
        return 12 if self is Paying.LATE else 0
