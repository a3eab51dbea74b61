"""Refusals of the classification desk."""

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def reason_missing() -> Refusal:
    """A judgement without a reason cannot be examined later."""
    return Refusal(
        "classification.reason_missing",
        Text("分类调整缺少理由", "a judgement needs its reason"),
        Text("写明依据后重新提交", "say what it rests on and send it again"),
    )


def period_empty() -> Refusal:
    """The judgement ends before it begins."""
    return Refusal(
        "classification.period_empty",
        Text("分类调整的结束日不晚于开始日", "the judgement ends before it begins"),
        Text("结束日须晚于开始日", "let it end after it begins"),
    )


def key_reused() -> Refusal:
    """One key stands for one judgement for ever."""
    return Refusal(
        "classification.key_reused",
        Text("该指令键已用于另一项分类调整", "this key was used for another judgement"),
        Text("新的调整用新的键", "give a new judgement a new key"),
    )


def judgement_unknown() -> Refusal:
    """There is no judgement of that id."""
    return Refusal(
        "classification.judgement_unknown",
        Text("没有这项分类调整", "there is no such judgement"),
        Text("核对编号", "check its id"),
    )


def same_person() -> Refusal:
    """Who judged does not release."""
    return Refusal(
        "classification.same_person",
        Text("提出人不得自行复核", "who made the judgement does not release it"),
        Text("由另一人复核", "have a second person release it"),
    )
