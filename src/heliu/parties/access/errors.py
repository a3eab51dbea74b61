"""Refusals of the access desk: who may not come in, and what would let him."""

from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.access.domain.connection import MAX_NAME, Permission

_SIGN_AGAIN = Text("用新的时间戳和随机数重新签名", "sign again with a new timestamp and nonce")


def signature_missing() -> Refusal:
    """A signing header is missing or not of its form."""
    return Refusal(
        "signature.missing",
        Text("请求没有完整的签名头", "the request has not all four signing headers in their form"),
        Text(
            "发送 Heliu-Key, Heliu-Timestamp, Heliu-Nonce 和 Heliu-Signature: v1=...",
            "send Heliu-Key, Heliu-Timestamp, Heliu-Nonce and Heliu-Signature: v1=...",
        ),
    )


def unknown_key() -> Refusal:
    """No connection has this key."""
    return Refusal(
        "signature.unknown_key",
        Text("没有这个连接密钥", "there is no connection with this key"),
        Text(
            "核对 Heliu-Key 或向银行申请连接", "check Heliu-Key, or ask the bank for a connection"
        ),
    )


def wrong() -> Refusal:
    """The signature is not the one of this request."""
    return Refusal(
        "signature.wrong",
        Text("签名与请求不符", "the signature does not fit the request"),
        Text(
            "按文档的六个部分逐字节签名, 并核对密钥",
            "sign the six parts byte for byte as sent, and check the secret",
        ),
    )


def stale(off_seconds: int) -> Refusal:
    """Signed too long ago, or in the future."""
    return Refusal(
        "signature.stale",
        Text("时间戳超出正负 300 秒", "the timestamp is more than 300 seconds off"),
        Text("校准时钟并重新签名", "set the clock right and sign again"),
        {"off_seconds": off_seconds},
    )


def replayed() -> Refusal:
    """This nonce was used before."""
    return Refusal(
        "signature.replayed",
        Text("随机数已经用过", "the nonce was used before"),
        _SIGN_AGAIN,
    )


def before_start() -> Refusal:
    """Signed before the time of which every nonce is remembered; safe to sign and send again."""
    return Refusal(
        "signature.before_start",
        Text(
            "请求的签名早于服务可以核对重放的时间",
            "the request was signed before the time from which replays can be told",
        ),
        _SIGN_AGAIN,
        {"retryable": True},
    )


def revoked() -> Refusal:
    """The connection was revoked."""
    return Refusal(
        "key.revoked",
        Text("连接已被撤销", "the connection was revoked"),
        Text("向银行申请新的连接", "ask the bank for a new connection"),
    )


def expired() -> Refusal:
    """The connection's time is over."""
    return Refusal(
        "key.expired",
        Text("连接已到期", "the connection has expired"),
        Text("向银行申请新的连接", "ask the bank for a new connection"),
    )


def denied(permission: Permission) -> Refusal:
    """The connection was not granted this."""
    return Refusal(
        "permission.denied",
        Text(f"连接没有权限 {permission}", f"the connection may not {permission}"),
        Text("向银行申请该权限", "ask the bank for a connection with this permission"),
        {"permission": permission.value},
    )


def unknown_connection(id_: str) -> Refusal:
    """No such connection to change."""
    return Refusal(
        "connection.unknown",
        Text("没有这个连接", "there is no such connection"),
        Text("用 heliu connect list 查看", "see `heliu connect list`"),
        {"connection": id_},
    )


def ended(id_: str) -> Refusal:
    """What was revoked is not changed any more."""
    return Refusal(
        "connection.ended",
        Text("连接已被撤销", "the connection was revoked"),
        Text("签发新的连接", "issue a new connection"),
        {"connection": id_},
    )


def party_invalid(uscc: str) -> Refusal:
    """The party's code is no USCC."""
    return Refusal(
        "connection.party",
        Text("不是有效的统一社会信用代码", "not a valid unified social credit code"),
        Text("请按营业执照核对代码", "copy the code from the business licence"),
        {"uscc": uscc},
    )


def name_invalid() -> Refusal:
    """The connection's name is empty or too long."""
    return Refusal(
        "connection.name",
        Text(
            f"连接名称应为 1 至 {MAX_NAME} 个字符",
            f"a connection's name has 1 to {MAX_NAME} characters",
        ),
        Text("写明哪个系统使用它", "say which system uses it"),
    )


def no_permission() -> Refusal:
    """A connection that may do nothing."""
    return Refusal(
        "connection.no_permission",
        Text("连接没有任何权限", "the connection would have no permission"),
        Text(
            "至少授予一项: " + ", ".join(Permission),
            "grant at least one of: " + ", ".join(Permission),
        ),
    )


def bank_only(permissions: frozenset[Permission]) -> Refusal:
    """A party was to get what only the bank does."""
    listed = ", ".join(sorted(permissions))
    return Refusal(
        "connection.bank_only",
        Text(f"仅限银行自身的权限: {listed}", f"only the bank itself may: {listed}"),
        Text("去掉该权限, 或签发银行连接", "leave it out, or issue a connection of the bank"),
        {"permissions": listed},
    )


def expiry_past() -> Refusal:
    """It would be over before it began."""
    return Refusal(
        "connection.expiry_past",
        Text("到期时间已过", "the time of expiry is past"),
        Text("给出将来的时间", "give a time to come"),
    )


def master_key_invalid(place: str) -> Refusal:
    """What is there is no key. The value is not repeated."""
    return Refusal(
        "vault.master_key_invalid",
        Text(f"{place} 不是 32 字节的主密钥", f"{place} does not hold a master key of 32 bytes"),
        Text(
            "恢复备份的主密钥; 新的主密钥会使所有连接密钥失效",
            "restore the master key from its backup; a new one voids every connection's secret",
        ),
    )


def master_key_open(place: str) -> Refusal:
    """Others on this machine can read the key."""
    return Refusal(
        "vault.master_key_open",
        Text(f"{place} 可被他人读取", f"others on this machine can read {place}"),
        Text(f"chmod 600 {place}, 并考虑更换", f"chmod 600 {place}, and consider a new one"),
    )
