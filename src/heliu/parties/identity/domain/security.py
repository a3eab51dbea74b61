"""Security events: what happened at the door, in words the person and the bank's staff can read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from heliu.ground.text import Text


class Happening(StrEnum):
    """What happened."""

    ENROLLED = "enrolled"
    GRANTED = "granted"
    MEMBERSHIP_ENDED = "membership_ended"
    CODE_ISSUED = "code_issued"
    CODE_USED = "code_used"
    CODE_REFUSED = "code_refused"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PASSKEY_REFUSED = "passkey_refused"
    PASSKEY_CLONED = "passkey_cloned"
    PIN_SET = "pin_set"
    PIN_REMOVED = "pin_removed"
    PIN_WRONG = "pin_wrong"
    LOCKED = "locked"
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    SESSION_ENDED = "session_ended"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - the event's name
    ORDER_SIGNED = "order_signed"
    RECOVERY_BEGUN = "recovery_begun"
    RECOVERY_CANCELLED = "recovery_cancelled"
    RECOVERY_VOUCHED = "recovery_vouched"
    RECOVERY_RELEASED = "recovery_released"
    GUARDIAN_INVITED = "guardian_invited"
    GUARDIAN_ACCEPTED = "guardian_accepted"
    GUARDIAN_ENDED = "guardian_ended"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_GIVEN = "approval_given"
    APPROVAL_REFUSED = "approval_refused"


SAID: Final[Mapping[Happening, Text]] = MappingProxyType(
    {
        Happening.ENROLLED: Text("已登记为用户", "was enrolled"),
        Happening.GRANTED: Text("获得了一个角色", "was given a role"),
        Happening.MEMBERSHIP_ENDED: Text("一个角色已结束", "a role was ended"),
        Happening.CODE_ISSUED: Text("签发了一次性登录码", "a one-time code was issued"),
        Happening.CODE_USED: Text("用一次性登录码登录", "came in by a one-time code"),
        Happening.CODE_REFUSED: Text("一次性登录码无效", "a one-time code was refused"),
        Happening.PASSKEY_ADDED: Text("添加了通行密钥", "a passkey was added"),
        Happening.PASSKEY_REMOVED: Text("移除了通行密钥", "a passkey was removed"),
        Happening.PASSKEY_REFUSED: Text("通行密钥验证未通过", "a passkey was refused"),
        Happening.PASSKEY_CLONED: Text(
            "通行密钥的计数倒退, 可能被复制", "a passkey's counter went back: it may be a copy"
        ),
        Happening.PIN_SET: Text("设置了 PIN 码", "the PIN was set"),
        Happening.PIN_REMOVED: Text("移除了 PIN 码", "the PIN was removed"),
        Happening.PIN_WRONG: Text("PIN 码错误", "a wrong PIN was given"),
        Happening.LOCKED: Text("多次失败后暂停尝试", "tries were paused after failures"),
        Happening.LOGGED_IN: Text("登录", "logged in"),
        Happening.LOGGED_OUT: Text("退出登录", "logged out"),
        Happening.SESSION_ENDED: Text("在另一设备上结束了登录", "was ended from elsewhere"),
        Happening.TOKEN_REUSED: Text(
            "已更换的会话凭证被再次使用, 登录已结束",
            "a replaced session token came again; the log-in was ended",
        ),
        Happening.ORDER_SIGNED: Text("签署了一项指令", "signed an order"),
        Happening.RECOVERY_BEGUN: Text("申请恢复登录", "recovery was asked for"),
        Happening.RECOVERY_CANCELLED: Text("恢复登录已取消", "recovery was cancelled"),
        Happening.RECOVERY_VOUCHED: Text("工作人员核实了身份", "staff checked the identity"),
        Happening.RECOVERY_RELEASED: Text(
            "第二名工作人员放行了恢复", "a second member of staff released the recovery"
        ),
        Happening.GUARDIAN_INVITED: Text("邀请了守护人", "a guardian was invited"),
        Happening.GUARDIAN_ACCEPTED: Text("守护关系开始", "guardianship began"),
        Happening.GUARDIAN_ENDED: Text("守护关系结束", "guardianship ended"),
        Happening.APPROVAL_ASKED: Text("请守护人共同确认", "a guardian was asked to co-approve"),
        Happening.APPROVAL_GIVEN: Text("守护人已确认", "the guardian approved"),
        Happening.APPROVAL_REFUSED: Text("守护人未同意", "the guardian refused"),
    }
)


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """Something that happened at the door. `about` holds ids and codes only."""

    id: UUID
    at: datetime
    happening: Happening
    person: UUID | None
    session: UUID | None
    about: Mapping[str, str]

    @property
    def text(self) -> Text:
        """What happened, in words."""
        return SAID[self.happening]
