"""Refusals of the monitoring desk: what is so, and what would cure it."""

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def warning_unknown() -> Refusal:
    """There is no such warning."""
    return Refusal(
        "monitoring.warning_unknown",
        Text("没有这条预警", "there is no such warning"),
        Text("核对编号: heliu warnings", "check its number: heliu warnings"),
    )


def said_already(status: str) -> Refusal:
    """A warning is acknowledged once, closed once, and neither when it is over."""
    words = {
        "acknowledged": Text("已受理", "acknowledged"),
        "closed": Text("已关闭", "closed"),
        "cleared": Text("已消除", "over"),
    }[status]
    return Refusal(
        "monitoring.said_already",
        Text(f"该预警{words.zh}", f"the warning is {words.en} already"),
        Text(
            "无需再处理; 再次出现会另行预警",
            "nothing is left to do; if it comes back, it is raised anew",
        ),
        {"status": status},
    )


def reason_missing() -> Refusal:
    """Who answers a warning says why."""
    return Refusal(
        "monitoring.reason_missing",
        Text("未写明理由", "no reason is given"),
        Text("写明理由: --because", "say why: --because"),
    )


def loan_unknown() -> Refusal:
    """A covenant belongs to a live loan with a buyer."""
    return Refusal(
        "monitoring.loan_unknown",
        Text("没有这笔有买方的存续贷款", "there is no such live loan with a buyer"),
        Text("核对贷款编号: heliu loan list", "check its number: heliu loan list"),
    )


def feature_unknown(feature: str) -> Refusal:
    """A covenant is on a feature of the pair."""
    return Refusal(
        "monitoring.feature_unknown",
        Text(f"没有特征 {feature!r}", f"there is no feature {feature!r}"),
        Text("特征见 docs/features.md", "docs/features.md lists the features"),
    )


def covenant_unsound() -> Refusal:
    """A covenant has one bound and at least one day."""
    return Refusal(
        "monitoring.covenant_unsound",
        Text(
            "约定须有且仅有一个界限, 期限至少一天",
            "a covenant has one bound and lasts a day at least",
        ),
        Text("给出 --at-least 或 --at-most", "give --at-least or --at-most"),
    )


def key_reused() -> Refusal:
    """One command key stands for one command for ever."""
    return Refusal(
        "monitoring.key_reused",
        Text("该指令键已用于另一条指令", "this command key was used for another command"),
        Text("新的指令用新的键", "give a new command a new key"),
    )
