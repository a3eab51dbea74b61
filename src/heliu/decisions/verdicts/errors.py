"""Refusals of the verdicts desk."""

from collections.abc import Sequence
from uuid import UUID

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


class KeyReused(Refusal):
    """The key was used before for another request."""

    def __init__(self, key: UUID) -> None:
        super().__init__(
            "verdict.key_reused",
            Text(
                f"键 {key} 已用于另一份申请", f"the key {key} was used for another request before"
            ),
            Text("新的申请请使用新的键", "give a new request a key of its own"),
            {"key": str(key)},
        )


class UnknownRelease(Refusal):
    """No release of that name is stored or travels with the package."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "release.unknown",
            Text(f"没有名为 {name} 的决策版本", f"there is no decision release named {name}"),
            Text("请先登记该版本", "register the release first"),
            {"release": name},
        )


class ReleaseChanged(Refusal):
    """A release was edited after it had been recorded; a change needs a new name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "release.changed",
            Text(
                f"决策版本 {name} 登记后被改动",
                f"the decision release {name} was changed after it was recorded",
            ),
            Text("请以新的版本名发布改动", "publish the change under a new release name"),
            {"release": name},
        )


class ReleaseInvalid(Refusal):
    """The text of a release is not one: every mistake by its place."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        listed = "; ".join(mistakes)
        super().__init__(
            "release.invalid",
            Text(f"决策版本文件有误: {listed}", f"the decision release is not valid: {listed}"),
            Text("按所列位置改正", "correct the places named"),
            {"mistakes": list(mistakes)},
        )


class VerdictUnknown(Refusal):
    """No verdict has that id."""

    def __init__(self, verdict_id: UUID) -> None:
        super().__init__(
            "verdict.unknown",
            Text(f"没有决策 {verdict_id}", f"there is no verdict {verdict_id}"),
            Text("请核对决策编号", "check the verdict's id"),
            {"verdict": str(verdict_id)},
        )
