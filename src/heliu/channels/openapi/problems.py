"""Every problem of the interface by status: the codes, what they mean, an example of each."""

from collections.abc import Mapping
from typing import Any, Final

from heliu.channels.web.api import DOOR, MEDIA_TYPE, TITLES, Language, no, problem_body, status_of
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

_SIGN: Final = Text("重新签名", "sign again with a new timestamp and nonce")
# What desks refuse with, as it may travel: the words here are examples, the desks have their own.
_DESKS: Final[Mapping[str, tuple[Text, Text]]] = {
    "signature.missing": (Text("缺少签名头", "a signing header is missing"), _SIGN),
    "signature.unknown_key": (
        Text("没有这个连接密钥", "there is no connection with this key"),
        Text("核对 Heliu-Key", "check Heliu-Key"),
    ),
    "signature.wrong": (Text("签名与请求不符", "the signature does not fit the request"), _SIGN),
    "signature.stale": (
        Text("时间戳超出正负 300 秒", "the timestamp is more than 300 seconds off"),
        Text("校准时钟并重新签名", "set the clock right and sign again"),
    ),
    "signature.replayed": (Text("随机数已经用过", "the nonce was used before"), _SIGN),
    "signature.before_start": (
        Text("签名早于服务启动", "signed before the service started"),
        _SIGN,
    ),
    "key.revoked": (
        Text("连接已被撤销", "the connection was revoked"),
        Text("向银行申请新的连接", "ask the bank for a new connection"),
    ),
    "key.expired": (
        Text("连接已到期", "the connection has expired"),
        Text("向银行申请新的连接", "ask the bank for a new connection"),
    ),
    "permission.denied": (
        Text("连接没有此权限", "the connection may not do this"),
        Text("向银行申请该权限", "ask the bank for this permission"),
    ),
    "act.not_yours": (
        Text("这不是您的业务", "this is another party's business"),
        Text("由当事企业的连接提出", "ask over the connection of the party concerned"),
    ),
    "document.not_yours": (
        Text("issuer 不是该连接的企业", "the issuer is not the party of this connection"),
        Text("由有权的连接提交", "send it over a connection that may say this"),
    ),
    "act.unknown_subject": (
        Text("没有此项应收账款、决定或放款", "there is no such receivable, decision or drawdown"),
        Text("核对编号", "check the id"),
    ),
    "idempotency.other_body": (
        Text("此键已用于另一请求", "this key was used for another request"),
        Text("新的操作使用新的键", "use a new key for a new act"),
    ),
    "receivable.already_financed": (
        Text("该应收账款已融资", "the receivable is already financed"),
        Text("选择另一笔应收账款", "choose another receivable"),
    ),
    "draw.limit_exceeded": (
        Text("限额不足", "a limit does not suffice"),
        Text("减少金额或等待还款", "draw less, or wait for a repayment"),
    ),
    "decision.refused": (
        Text("未予授信", "credit is refused"),
        Text("按理由补足后再申请", "cure the reasons and ask again"),
    ),
}
_HEADERS: Final = {
    "Content-Language": {"schema": {"type": "string"}},
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds, where present."},
    "Idempotency-Replayed": {"schema": {"const": "true"}},
    "Allow": {"schema": {"type": "string"}},
}
PROBLEM_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "description": "Problem details (RFC 9457). `code` is stable; `detail` and `cure` are for "
    "people, in the language of Content-Language.",
    "required": ["type", "title", "status", "detail", "instance", "code", "cure", "facts"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:heliu:"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "pattern": r"^[a-z_]+(\.[a-z_0-9]+)+$"},
        "cure": {"type": "string"},
        "facts": {"type": "object"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "pointer", "detail"],
                "properties": {
                    "in": {"type": "string"},
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def problem_responses() -> dict[str, Any]:
    """A response component per status, with an example per code."""
    return {
        f"Problem{status}": {
            "description": title.en,
            "x-zh": {"description": title.zh},
            "headers": _HEADERS,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {code: {"value": _example(code)} for code in codes_of(status)},
                }
            },
        }
        for status, title in TITLES.items()
    }


def codes_of(status: int) -> list[str]:
    """The codes known to travel under `status`."""
    return [code for code in (*DOOR, *_DESKS) if status_of(code) == status]


def _example(code: str) -> dict[str, Any]:
    refusal = no(code) if code in DOOR else Refusal(code, *_DESKS[code])
    return problem_body(refusal, Language.EN, "/v1/financings")
