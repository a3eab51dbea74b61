"""Every no the door itself says: stable code, HTTP status, reason and cure in both languages.

Refusals of the desks below bring their own words; here stands only which status they travel under.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


class Entry(NamedTuple):
    """One kind of problem of the door's own."""

    status: int
    reason: Text
    cure: Text


DOOR: Final[Mapping[str, Entry]] = {
    "http.malformed": Entry(
        400,
        Text("请求不是有效的 HTTP 或表单数据", "the request is not well-formed HTTP or form data"),
        Text("按接口文档重新组成请求", "form the request as the API page shows"),
    ),
    "json.malformed": Entry(
        400,
        Text("请求正文不是有效的 JSON", "the body is not well-formed JSON"),
        Text("改正 facts 所指位置", "correct it at the place named in facts"),
    ),
    "json.duplicate_key": Entry(
        400,
        Text("JSON 对象中同一键出现两次", "a key stands twice in one JSON object"),
        Text("每个键只写一次", "write each key once"),
    ),
    "json.too_deep": Entry(
        400,
        Text("JSON 嵌套过深", "the JSON is nested too deeply"),
        Text("减少嵌套层数", "nest less deeply"),
    ),
    "idempotency.missing": Entry(
        400,
        Text("缺少 Idempotency-Key", "the Idempotency-Key header is missing"),
        Text(
            "为每个操作带上唯一的 Idempotency-Key，重试时沿用",
            "send a key of your own for every act, and the same one when you retry",
        ),
    ),
    "idempotency.malformed": Entry(
        400,
        Text("Idempotency-Key 不合规", "the Idempotency-Key is not acceptable"),
        Text("使用 1 至 200 个可见 ASCII 字符", "use 1 to 200 visible ASCII characters"),
    ),
    "http.unknown_route": Entry(
        404,
        Text("没有此路径", "there is nothing at this path"),
        Text("查看 /docs 中的路径", "see the paths at /docs"),
    ),
    "resource.unknown": Entry(
        404,
        Text("没有您可见的此项记录", "there is no such record that you may see"),
        Text("核对编号", "check the id"),
    ),
    "http.method_not_allowed": Entry(
        405,
        Text("此路径不支持该方法", "this path does not support the method"),
        Text("使用 Allow 所列方法", "use a method of the Allow header"),
    ),
    "http.timeout": Entry(
        408,
        Text("请求发送过慢", "the request arrived too slowly"),
        Text("以更快的连接重试", "send it again over a faster connection"),
    ),
    "http.too_large": Entry(
        413,
        Text("请求正文过大", "the body is larger than this path takes"),
        Text(
            "分次发送，每次不超过 facts.limit_bytes", "send it in parts of up to facts.limit_bytes"
        ),
    ),
    "http.unsupported_media": Entry(
        415,
        Text("不支持此内容类型或编码", "this content type or encoding is not taken here"),
        Text(
            "以 application/json 发送，不使用 Content-Encoding",
            "send application/json without a Content-Encoding",
        ),
    ),
    "request.invalid": Entry(
        422,
        Text("请求内容不合规", "the request does not fit its schema"),
        Text("按 errors 逐条改正", "correct each place listed in errors"),
    ),
    "http.headers_too_large": Entry(
        431,
        Text("请求头过大", "the request's head is too large"),
        Text("减少请求头", "send fewer or shorter headers"),
    ),
    "service.connection_busy": Entry(
        429,
        Text("该连接同时进行的请求过多", "this connection has too many requests in flight"),
        Text("等待已发请求的应答，再以同一键重试", "await answers, then retry with the same key"),
    ),
    "service.fault": Entry(
        500,
        Text("银行内部错误，本次操作未生效", "a fault of ours; nothing of this took effect"),
        Text("以同一键重试，并告知银行 instance 编号", "retry with the same key; tell us instance"),
    ),
    "service.busy": Entry(
        503,
        Text("服务繁忙", "the service is busy"),
        Text("稍后以同一键重试", "retry with the same key after Retry-After"),
    ),
    "service.down": Entry(
        503,
        Text("服务暂不可用", "the service cannot reach what it needs"),
        Text("稍后以同一键重试", "retry with the same key after Retry-After"),
    ),
}

# Codes of the desks that do not travel as 422.
_STATUS: Final[Mapping[str, int]] = {
    **{code: entry.status for code, entry in DOOR.items()},
    "act.unknown_subject": 404,
    "act.not_yours": 403,
    "document.not_yours": 403,
    "programme.unknown": 404,
    "acquisition.unknown_run": 404,
    "acquisition.not_finished": 409,
    "programme.version_changed": 409,
    "programme.version_old": 409,
    "programme.same_person": 403,
    "idempotency.other_body": 409,
}
_PREFIXES: Final[tuple[tuple[str, int], ...]] = (
    ("signature.", 401),
    ("key.", 401),
    ("permission.", 403),
)
UNPROCESSABLE: Final = 422

TITLES: Final[Mapping[int, Text]] = {
    400: Text("请求有误", "Bad request"),
    401: Text("身份未能证明", "Not authenticated"),
    403: Text("不允许", "Not permitted"),
    404: Text("未找到", "Not found"),
    405: Text("方法不允许", "Method not allowed"),
    408: Text("请求超时", "Request timed out"),
    409: Text("与先前请求冲突", "Conflict with an earlier request"),
    413: Text("内容过大", "Content too large"),
    415: Text("类型不支持", "Unsupported media type"),
    422: Text("银行拒绝", "Refused"),
    429: Text("请求过多", "Too many requests"),
    431: Text("请求头过大", "Request header fields too large"),
    500: Text("内部错误", "Internal fault"),
    503: Text("暂不可用", "Unavailable, retry"),
}


def no(code: str, **facts: object) -> Refusal:
    """The door's own refusal of that code. Raises KeyError for a code it does not have."""
    entry = DOOR[code]
    return Refusal(code, entry.reason, entry.cure, facts)


def status_of(code: str) -> int:
    """The HTTP status a refusal of that code travels under: 422 unless another is written here."""
    known = _STATUS.get(code)
    if known is not None:
        return known
    return next((status for start, status in _PREFIXES if code.startswith(start)), UNPROCESSABLE)
