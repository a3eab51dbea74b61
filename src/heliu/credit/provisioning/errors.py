"""Refusals of the provisioning desk."""

from datetime import date

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def parameters_missing(on: date) -> Refusal:
    """No parameters hold on that date."""
    return Refusal(
        "provisioning.parameters_missing",
        Text(f"{on} 没有生效的减值参数", f"no provisioning parameters are in force on {on}"),
        Text("补充该日生效的参数文件", "add a parameter file that is in force on that date"),
        {"on": on.isoformat()},
    )


def parameters_unverified(on: date) -> Refusal:
    """The production profile does not rest on parameters that nobody has checked."""
    return Refusal(
        "provisioning.parameters_unverified",
        Text(
            f"{on} 的减值参数未经校准核实, 生产模式不得使用",
            f"the provisioning parameters of {on} were not validated; production does not use them",
        ),
        Text(
            "以本行数据校准后在参数文件中填写 checked, 经复核发布",
            "calibrate them on the bank's own data, say so under `checked`, release after review",
        ),
        {"on": on.isoformat()},
    )


def cause_invalid() -> Refusal:
    """A flag names its cause by a code."""
    return Refusal(
        "provisioning.cause_invalid",
        Text("风险标记的原因代码无效", "the cause of a risk flag is not a code"),
        Text("使用小写字母代码，如 warning.order_drop", "use a code such as warning.order_drop"),
    )


def period_empty() -> Refusal:
    """The flag ends before it begins."""
    return Refusal(
        "provisioning.period_empty",
        Text("风险标记的结束日不晚于开始日", "the flag ends before it begins"),
        Text("结束日须晚于开始日", "let it end after it begins"),
    )


def key_reused() -> Refusal:
    """One key stands for one flag for ever."""
    return Refusal(
        "provisioning.key_reused",
        Text("该指令键已用于另一项风险标记", "this key was used for another flag"),
        Text("新的标记用新的键", "give a new flag a new key"),
    )
