"""Refusals of the loans desk: what is so, and what would cure it."""

from heliu.books.ledger.api import Refused
from heliu.credit.limits.api import Axis, LimitExceeded
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

_AXES = {
    Axis.PROGRAMME: Text("方案额度", "the programme's limit"),
    Axis.OBLIGOR: Text("买方额度", "the buyer's limit"),
    Axis.GROUP: Text("集团额度", "the group's limit"),
    Axis.SUPPLIER: Text("供应商额度", "the supplier's limit"),
    Axis.PRODUCT: Text("产品额度", "the product's limit"),
}


def limit_exceeded(outcome: LimitExceeded) -> Refusal:
    """No room on the narrowest axis."""
    axis = _AXES[outcome.line.axis]
    return Refusal(
        "credit.limit_exceeded",
        Text(
            f"{axis.zh}已用尽，余额 {outcome.headroom}",
            f"{axis.en} is used up: {outcome.headroom} left",
        ),
        Text(
            "前一笔融资还款后额度释放，或由信贷员调高额度",
            "a repayment of an earlier loan frees it, or a credit officer raises it",
        ),
        {"axis": outcome.line.axis.value, "headroom": outcome.headroom.minor},
    )


def ledger_refused(refused: Refused) -> Refusal:
    """The books did not take the posting; their own reason and cure."""
    return Refusal(refused.code, refused.reason, refused.cure)
