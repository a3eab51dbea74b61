"""Refusals of the identity desk: why somebody does not come in, and what would let him."""

from datetime import timedelta
from typing import Final

from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.domain.guardianship import GUARDIANS_AT_MOST
from heliu.parties.identity.domain.person import MAX_NAME, SIZES
from heliu.parties.identity.domain.roles import Role
from heliu.parties.identity.domain.ways_in import MAX_LABEL, PASSKEYS_AT_MOST

_AGAIN: Final = Text("重新开始一次", "begin again")
_ASK_STAFF: Final = Text("请联系银行工作人员", "ask the bank's staff")
_LOOK: Final = Text("刷新页面查看当前状态", "look at the page again to see how it stands")
_MINUTE: Final = 60


def login_invalid() -> Refusal:
    """What was typed is no log-in."""
    return Refusal(
        "login.invalid",
        Text("不是手机号或员工号", "this is neither a mobile number nor a staff number"),
        Text("输入 11 位手机号, 或员工号如 S1001", "give 11 digits, or a staff number like S1001"),
    )


def login_wrong() -> Refusal:
    """Log-in or PIN is wrong; which of them is not said."""
    return Refusal(
        "login.wrong",
        Text("手机号或 PIN 码不正确", "the log-in or the PIN is not right"),
        Text("核对后再试, 或改用通行密钥", "check both and try again, or use your passkey"),
    )


def locked(wait: timedelta) -> Refusal:
    """Too many failures; the wait says how long."""
    seconds = max(1, round(wait.total_seconds()))
    minutes = -(-seconds // _MINUTE)
    return Refusal(
        "login.locked",
        Text(f"失败次数过多, 约 {minutes} 分钟后可再试", f"too many failures, wait {minutes} min"),
        Text("等待, 或改用通行密钥", "wait, or use your passkey"),
        {"seconds": seconds},
    )


def passkey_refused() -> Refusal:
    """The passkey's answer does not prove anything; why is in the security events."""
    return Refusal(
        "passkey.refused",
        Text("通行密钥没有通过验证", "the passkey was not accepted"),
        Text(
            "再试一次并完成指纹、面容或锁屏验证",
            "try again and let the device check your finger, face or screen lock",
        ),
    )


def passkey_cloned() -> Refusal:
    """The counter did not rise."""
    return Refusal(
        "passkey.cloned",
        Text(
            "通行密钥的计数没有增加, 可能被复制",
            "the passkey's counter did not rise: somebody may have a copy of it",
        ),
        Text("用另一把通行密钥或 PIN 登录并移除它", "come in another way and remove this passkey"),
    )


def passkey_known() -> Refusal:
    """This authenticator is registered already."""
    return Refusal(
        "passkey.known",
        Text("这把通行密钥已经登记过", "this passkey is registered already"),
        Text("用它登录, 或换一台设备", "log in with it, or use another device"),
    )


def passkey_unknown() -> Refusal:
    """No such passkey of this person."""
    return Refusal("passkey.unknown", Text("没有这把通行密钥", "there is no such passkey"), _LOOK)


def passkeys_full() -> Refusal:
    """As many as one person may have."""
    return Refusal(
        "passkey.full",
        Text(
            f"最多 {PASSKEYS_AT_MOST} 把通行密钥",
            f"there are {PASSKEYS_AT_MOST} passkeys at most",
        ),
        Text("先移除不用的一把", "remove one you do not use"),
    )


def label_invalid() -> Refusal:
    """A passkey's name."""
    return Refusal(
        "passkey.label",
        Text(f"名称应为 1 至 {MAX_LABEL} 个字符", f"a name has 1 to {MAX_LABEL} characters"),
        Text("写明是哪台设备", "say which device it is"),
    )


def ceremony_over() -> Refusal:
    """The challenge was used, has expired or never was."""
    return Refusal(
        "challenge.over",
        Text("这次验证已用过或已过期", "this check was used or is too old"),
        _AGAIN,
    )


def last_way_in() -> Refusal:
    """Nobody locks himself out."""
    return Refusal(
        "ways_in.last",
        Text("这是最后一种登录方式", "this is your last way in"),
        Text("先添加另一把通行密钥或设置 PIN", "first add another passkey, or set a PIN"),
    )


def not_proven() -> Refusal:
    """The way in is changed by whoever has just proven who he is."""
    return Refusal(
        "session.not_proven",
        Text("修改登录方式前须再次确认本人", "confirm it is you before a way in is changed"),
        Text("用通行密钥或 PIN 确认后再试", "confirm with your passkey or PIN, then try again"),
    )


def session_over() -> Refusal:
    """The session ended between two clicks."""
    return Refusal(
        "session.over", Text("登录已结束", "the log-in is over"), Text("重新登录", "log in again")
    )


def session_unknown() -> Refusal:
    """No such live session of this person."""
    return Refusal("session.unknown", Text("没有这次登录", "there is no such log-in"), _LOOK)


def pin_invalid() -> Refusal:
    """Not six digits."""
    return Refusal(
        "pin.invalid",
        Text("PIN 码是 6 位数字", "a PIN is six digits"),
        Text("输入 6 位数字", "give six digits"),
    )


def pin_easy() -> Refusal:
    """One of those that are guessed first."""
    return Refusal(
        "pin.easy",
        Text("这个 PIN 码太容易猜到", "this PIN is guessed too easily"),
        Text(
            "不用连续、重复的数字或手机号的一部分",
            "use no run, no repeats and no part of your number",
        ),
    )


def code_wrong() -> Refusal:
    """The one-time code is not good."""
    return Refusal(
        "code.wrong",
        Text("一次性登录码不正确、已用过或已过期", "the code is wrong, used or expired"),
        _ASK_STAFF,
    )


def person_unknown() -> Refusal:
    """Said to staff only."""
    return Refusal(
        "person.unknown",
        Text("没有这个用户", "there is nobody with this log-in"),
        Text("用 heliu people list 查看", "see `heliu people list`"),
    )


def person_known() -> Refusal:
    """Said to staff only."""
    return Refusal(
        "person.known",
        Text("这个登录名已经登记", "somebody is enrolled with this log-in"),
        Text("用 heliu people grant 给他角色", "give him a role: `heliu people grant`"),
    )


def has_a_way_in() -> Refusal:
    """A new code would be a way around recovery."""
    return Refusal(
        "person.has_a_way_in",
        Text("此人已有登录方式", "this person has a way in"),
        Text("丢失时走恢复流程", "if it was lost, begin a recovery"),
    )


def name_invalid() -> Refusal:
    """A person's name."""
    return Refusal(
        "person.name",
        Text(f"姓名应为 1 至 {MAX_NAME} 个字符", f"a name has 1 to {MAX_NAME} characters"),
        Text("写全名", "give the full name"),
    )


def settings_invalid() -> Refusal:
    """A size that is none of the steps."""
    return Refusal(
        "person.settings",
        Text("没有这个字号", "there is no such text size"),
        Text("可选: " + ", ".join(map(str, SIZES)), "one of: " + ", ".join(map(str, SIZES))),
    )


def party_needed(role: Role) -> Refusal:
    """An enterprise's role without, or another role with, an enterprise."""
    return Refusal(
        "membership.party",
        Text(
            "企业角色须给出有效的统一社会信用代码, 其他角色不给",
            "an enterprise's role names its unified social credit code, another role names none",
        ),
        Text("按营业执照核对代码", "copy the code from the business licence"),
        {"role": role.value},
    )


def membership_held() -> Refusal:
    """The person has it."""
    return Refusal(
        "membership.held",
        Text("此人已有这个角色", "this person has this role"),
        Text("无需再给", "nothing is to be done"),
    )


def membership_missing() -> Refusal:
    """The person has it not."""
    return Refusal(
        "membership.missing", Text("此人没有这个角色", "this person has not this role"), _LOOK
    )


def own_role() -> Refusal:
    """Nobody gives himself a role."""
    return Refusal(
        "membership.own",
        Text("不能给自己角色", "nobody gives himself a role"),
        Text("由另一名有权限的人授予", "another person who may has to give it"),
    )


def order_over() -> Refusal:
    """The shown order was signed, has expired or was another session's."""
    return Refusal(
        "order.over",
        Text("这项指令已签署或已过期", "this order was signed or has expired"),
        Text("返回并重新核对后签署", "go back, read it again and sign"),
    )


def recovery_over() -> Refusal:
    """Cancelled, released or lapsed."""
    return Refusal(
        "recovery.over", Text("没有进行中的恢复", "there is no such recovery under way"), _LOOK
    )


def recovery_cooling(left: timedelta) -> Refusal:
    """The day is not over."""
    minutes = max(1, round(left.total_seconds() / _MINUTE))
    return Refusal(
        "recovery.cooling",
        Text("冷静期未满 24 小时", "the 24 hours in which it can be cancelled are not over"),
        Text(f"还需 {minutes} 分钟", f"wait {minutes} more minutes"),
        {"minutes": minutes},
    )


def recovery_second_person() -> Refusal:
    """Two of the staff, and neither is the person."""
    return Refusal(
        "recovery.second_person",
        Text(
            "核实与放行须由两名工作人员, 且都不是本人",
            "two of the staff act, neither is the person",
        ),
        _ASK_STAFF,
    )


def recovery_not_vouched() -> Refusal:
    """Nobody checked the identity yet."""
    return Refusal(
        "recovery.not_vouched",
        Text("身份尚未核实", "nobody has checked the identity yet"),
        Text("先由一名工作人员核实证件", "first one of the staff checks the papers"),
    )


def guardian_unknown() -> Refusal:
    """No such bond that this person can act on."""
    return Refusal(
        "guardianship.unknown", Text("没有这个守护关系", "there is no such guardianship"), _LOOK
    )


def guardian_self() -> Refusal:
    """Nobody guards himself."""
    return Refusal(
        "guardianship.self",
        Text("不能邀请自己", "nobody guards himself"),
        Text("填写家人的手机号", "give the number of one of your family"),
    )


def guardians_full() -> Refusal:
    """As many as one person may have."""
    return Refusal(
        "guardianship.full",
        Text(f"最多 {GUARDIANS_AT_MOST} 位守护人", f"there are {GUARDIANS_AT_MOST} at most"),
        Text("先结束一个守护关系", "first end one"),
    )


def limit_invalid() -> Refusal:
    """The limit of co-approval."""
    return Refusal(
        "guardianship.limit",
        Text("共同确认的金额须大于零", "the limit above which both agree is more than zero"),
        Text("填写一个金额", "give an amount"),
    )


def approval_over() -> Refusal:
    """Ruled on, expired, or not this guardian's."""
    return Refusal(
        "approval.over",
        Text("这项请求已处理或已过期", "this request was answered or has expired"),
        _LOOK,
    )
