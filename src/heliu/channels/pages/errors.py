"""What the pages themselves refuse, in words for people."""

from typing import Final

from heliu.ground.errors import Refusal
from heliu.ground.text import Text

STATUS: Final = {
    "page.unknown": 404,
    "page.not_yours": 403,
    "page.method": 405,
    "page.too_large": 413,
    "page.malformed": 400,
    "page.cross_site": 403,
    "page.stale_form": 403,
    "page.busy": 503,
    "page.upload_unfit": 422,
    "step_up.not_signed": 422,
    "deposit.unknown_bill": 404,
}


def unknown() -> Refusal:
    """There is no such page, or the thing it shows is not the visitor's: the same answer."""
    return Refusal(
        "page.unknown",
        Text("没有这个页面，或它不属于您", "there is no such page, or it is not yours"),
        Text("回到首页，从菜单进入", "go back to the first page and enter by the menu"),
    )


def not_yours(role: Text) -> Refusal:
    """The role in use has no right to this page."""
    return Refusal(
        "page.not_yours",
        Text(f"“{role.zh}”无权打开此页面", f"the role “{role.en}” may not open this page"),
        Text("换一个身份，或请管理员授权", "choose another role, or ask for the right"),
    )


def method() -> Refusal:
    """The page is there, but is not asked this way."""
    return Refusal(
        "page.method",
        Text("此地址不接受这种请求", "this address does not take such a request"),
        Text("从页面上的链接进入", "enter by a link on a page"),
    )


def too_large(limit: int) -> Refusal:
    """More was sent than the form takes."""
    mib = max(1, limit // 2**20)
    return Refusal(
        "page.too_large",
        Text(f"内容超过 {mib} MB", f"this is more than {mib} MB"),
        Text("分开发送，或压缩后再试", "send it in parts, or smaller"),
        {"limit_bytes": limit},
    )


def malformed() -> Refusal:
    """What was sent is no form."""
    return Refusal(
        "page.malformed",
        Text("提交的内容不是有效的表单", "what was sent is not a form"),
        Text("重新打开页面再提交", "open the page again and send it from there"),
    )


def cross_site() -> Refusal:
    """A form sent from somebody else's page."""
    return Refusal(
        "page.cross_site",
        Text("此操作不是从本行页面发出的", "this was not sent from a page of this bank"),
        Text("请在本行页面上操作", "act on a page of this bank"),
    )


def stale_form() -> Refusal:
    """A form without the token of the session it is sent in."""
    return Refusal(
        "page.stale_form",
        Text("页面已过期", "this page is no longer valid"),
        Text("重新打开页面，填写的内容会保留", "open it again: what you typed is kept"),
    )


def busy() -> Refusal:
    """Too many visits at once."""
    return Refusal(
        "page.busy",
        Text("访问的人太多", "too many people are here at once"),
        Text("请稍后再试", "try again in a moment"),
    )


def not_signed() -> Refusal:
    """An order without a signature."""
    return Refusal(
        "step_up.not_signed",
        Text("尚未确认身份，什么都没有发生", "this was not confirmed by you; nothing has happened"),
        Text("用通行密钥或密码确认", "confirm with your passkey or your PIN"),
    )
