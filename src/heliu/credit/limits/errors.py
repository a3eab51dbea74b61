"""Refusals of the limits desk: what is so, and what would cure it."""

from uuid import UUID

from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text


def borrower_invalid() -> Refusal:
    """The borrower is named by no valid unified social credit code."""
    return Refusal(
        "limit.borrower_invalid",
        Text("统一社会信用代码无效", "this is no valid unified social credit code"),
        Text("核对借款人的统一社会信用代码", "check the borrower's code"),
    )


def amount_negative() -> Refusal:
    """A borrower may owe nothing, not less."""
    return Refusal(
        "limit.amount_negative",
        Text("额度不能为负", "a limit is not below zero"),
        Text("填写零或正数金额", "give an amount of zero or more"),
    )


def reason_needed() -> Refusal:
    """Who proposes says why, so that the second person has something to judge."""
    return Refusal(
        "limit.reason_needed",
        Text("须说明理由(2 至 500 字)", "say why, in 2 to 500 characters"),
        Text("填写授信理由", "give the grounds of the limit"),
    )


def key_reused() -> Refusal:
    """One command key stands for one proposal for ever."""
    return Refusal(
        "limit.key_reused",
        Text("该指令键已用于另一项额度提议", "this key was used for another proposal"),
        Text("新的提议用新的键", "give a new proposal a new key"),
    )


def proposal_unknown(proposal: UUID) -> Refusal:
    """Nobody proposed it."""
    return Refusal(
        "limit.proposal_unknown",
        Text("没有这项额度提议", "there is no such proposal"),
        Text("核对编号: heliu loan limit list", "check its number: heliu loan limit list"),
        {"proposal": str(proposal)},
    )


def same_person(proposal: UUID) -> Refusal:
    """Who proposes a limit does not release it."""
    return Refusal(
        "limit.same_person",
        Text("提议人不能发布自己的额度", "who proposed a limit does not release it"),
        Text("由另一人复核发布", "have another person look at it and release it"),
        {"proposal": str(proposal)},
    )


def superseded(proposal: UUID, by: Money) -> Refusal:
    """A later proposal of this borrower counts already."""
    return Refusal(
        "limit.superseded",
        Text(f"其后的额度 {by} 已生效", f"a later limit, {by}, counts already"),
        Text("如需调整，提出新的额度", "propose anew if it has to change"),
        {"proposal": str(proposal)},
    )
