"""Refusals of the webhooks desk: endpoints that may not be, and what there is not."""

from heliu.channels.webhooks.domain.endpoint import MAX_ENDPOINTS, MAX_KINDS
from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def url_invalid() -> Refusal:
    """No plain URL."""
    return Refusal(
        "webhook.url_invalid",
        Text("不是可用的网址", "not a URL that can be called"),
        Text(
            "给出 https 网址, 不含用户名、密码和片段",
            "give an https URL without user, password and fragment",
        ),
    )


def url_insecure() -> Refusal:
    """Not https."""
    return Refusal(
        "webhook.url_insecure",
        Text("网址不是 https", "the URL is not https"),
        Text("使用 https", "use https"),
    )


def host_not_public(host: str) -> Refusal:
    """It leads into somebody's own network."""
    return Refusal(
        "webhook.host_not_public",
        Text("网址不在公共互联网上", "the URL does not lead to the public internet"),
        Text("使用公共互联网上的主机名", "use a host name of the public internet"),
        {"host": host},
    )


def kinds_invalid() -> Refusal:
    """Not names of kinds."""
    return Refusal(
        "webhook.kinds_invalid",
        Text(
            f"事件种类应为不超过 {MAX_KINDS} 个形如 credit.loan_disbursed.v1 的名称",
            f"kinds are up to {MAX_KINDS} names such as credit.loan_disbursed.v1",
        ),
        Text("改正种类, 或留空以接收全部", "correct them, or name none to get all"),
    )


def too_many() -> Refusal:
    """The connection has as many as it may."""
    return Refusal(
        "webhook.too_many",
        Text(f"每个连接最多 {MAX_ENDPOINTS} 个端点", f"a connection has up to {MAX_ENDPOINTS}"),
        Text("先删除一个端点", "delete one first"),
        {"most": MAX_ENDPOINTS},
    )


def replay_unclear() -> Refusal:
    """Neither a delivery nor an instant, or both."""
    return Refusal(
        "webhook.replay_unclear",
        Text("须给出 delivery 或 since 之一", "give one of delivery and since"),
        Text("给出一个投递编号或一个起始时间", "name one delivery, or an instant to begin at"),
    )
