"""Refusals of the acquisition desk: what stops a whole list, never one line of it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def no_programme(code: str, on: date) -> Refusal:
    """Nothing is pre-approved under terms that do not count."""
    return Refusal(
        "acquisition.no_programme",
        Text(f"方案 {code} 在 {on} 没有生效的版本", f"programme {code} is not in force on {on}"),
        Text("由第二人发布方案后重试", "have a second person release it, then run again"),
        {"programme": code, "on": on.isoformat()},
    )


def columns_missing(names: Sequence[str]) -> Refusal:
    """The header lacks what no line can do without."""
    listed = ", ".join(names)
    return Refusal(
        "acquisition.columns_missing",
        Text(f"名单表头缺少: {listed}", f"the list's header lacks: {listed}"),
        Text("按说明补充这些列 (中文或英文列名均可)", "add these columns, by their zh or en names"),
        {"columns": list(names)},
    )


def unreadable(what: str) -> Refusal:
    """The bytes are no list at all."""
    return Refusal(
        "acquisition.list_unreadable",
        Text(f"名单无法读取: {what}", f"the list cannot be read: {what}"),
        Text("另存为 UTF-8 的 CSV 后重试", "save it as CSV in UTF-8 and send that"),
        {"what": what},
    )


def too_many(lines: int, most: int) -> Refusal:
    """A list beyond what one run takes."""
    return Refusal(
        "acquisition.list_too_long",
        Text(
            f"名单有 {lines} 行, 上限 {most} 行", f"the list has {lines} lines, the limit is {most}"
        ),
        Text("拆分后分次提交", "send it in parts"),
        {"lines": lines, "most": most},
    )


def release_unfit(name: str, why: str) -> Refusal:
    """The decision release cannot judge a supplier list."""
    return Refusal(
        "acquisition.release_unfit",
        Text(
            f"决策版本 {name} 不适用于名单预审: {why}", f"release {name} cannot judge a list: {why}"
        ),
        Text("使用预审版本, 如 scf-preapproval-1", "use a release like scf-preapproval-1"),
        {"release": name},
    )


def unknown_run(run_id: UUID) -> Refusal:
    """There is no such run."""
    return Refusal(
        "acquisition.unknown_run",
        Text(f"没有预审批次 {run_id}", f"there is no acquisition run {run_id}"),
        Text("核对编号", "check the id"),
        {"run": str(run_id)},
    )


def not_finished(run_id: UUID) -> Refusal:
    """The run has no answer yet."""
    return Refusal(
        "acquisition.not_finished",
        Text(f"预审批次 {run_id} 尚未完成", f"run {run_id} has no answer yet"),
        Text("稍后再查询", "ask again shortly"),
        {"run": str(run_id)},
    )


def expired(run_id: UUID, until: date) -> Refusal:
    """An offer does not stand for ever."""
    return Refusal(
        "acquisition.expired",
        Text(f"预审结果已于 {until} 失效", f"the pre-approvals of {run_id} ended on {until}"),
        Text("提交新的名单", "send a new list"),
        {"run": str(run_id), "until": until.isoformat()},
    )


def nobody(run_id: UUID) -> Refusal:
    """Nobody in the run can be enrolled."""
    return Refusal(
        "acquisition.nobody_to_enrol",
        Text("没有可入列的供应商", "there is no supplier to enrol"),
        Text("检查预审结果、收款账号与方案名单", "check the answers, accounts and who is enrolled"),
        {"run": str(run_id)},
    )
