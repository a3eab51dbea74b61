"""Refusals of the portal."""

from heliu.ground.errors import Refusal
from heliu.ground.text import Text

_ANOTHER = Text(
    "请由另一位有复核权限的人办理", "have another person with the checker's right do it"
)


def own_proposal() -> Refusal:
    """Who proposed does not rule."""
    what = Text("提交人不能复核自己的提交", "who proposed it does not check it")
    return Refusal("proposal.own", what, _ANOTHER)


def ruled() -> Refusal:
    """It was ruled on already."""
    return Refusal(
        "proposal.ruled",
        Text("这份提交已有结论", "this proposal was ruled on already"),
        Text("查看结论，需要时重新提交", "look at the ruling; propose again if need be"),
    )


def nothing_open() -> Refusal:
    """None of what was chosen may be said anything of now."""
    return Refusal(
        "proposal.nothing_open",
        Text("所选应付都已在处理中或已有结论", "all of these are being checked or are settled"),
        Text("按“待确认”筛选后再选", "filter by 'to confirm' and choose again"),
    )


def shown_before() -> Refusal:
    """The secret was shown once, and that was it."""
    return Refusal(
        "secret.shown_before",
        Text("密钥只显示一次，已经显示过", "the secret is shown once, and was"),
        Text("没有记下就换一个新密钥", "renew it if it was not noted down"),
    )


def draft_gone() -> Refusal:
    """The table that was brought is no longer kept."""
    return Refusal(
        "table.draft_gone",
        Text("文件保留一小时，已过期", "a file is kept for an hour, and that is over"),
        Text("请重新上传", "bring it again"),
    )


def not_filed(reason: Text) -> Refusal:
    """What was said was not taken."""
    return Refusal(
        "proposal.not_filed", reason, Text("核对后重新提交", "look at it, then propose it again")
    )
