"""Refusals of the products desk."""

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def version_changed(code: str, version: int) -> Refusal:
    """A version number stands for one text for ever."""
    name = f"{code} v{version}"
    return Refusal(
        "programme.version_changed",
        Text(f"方案 {name} 已登记，条款不能再改", f"{name} is recorded and cannot change"),
        Text("提高 version 后再提交", "raise its version number and propose that"),
        {"programme": code, "version": version},
    )


def version_old(code: str, version: int, latest: int) -> Refusal:
    """What is proposed or released must come after what stands."""
    return Refusal(
        "programme.version_old",
        Text(
            f"方案 {code} v{version} 早于现有的 v{latest}",
            f"{code} v{version} comes after v{latest} in time, not in number",
        ),
        Text(f"以 version {latest + 1} 提交", f"propose it as version {latest + 1}"),
        {"programme": code, "version": version, "latest": latest},
    )


def unknown(code: str, version: int | None = None) -> Refusal:
    """There is no such programme, or no such version of it."""
    name = code if version is None else f"{code} v{version}"
    return Refusal(
        "programme.unknown",
        Text(f"没有方案 {name}", f"there is no programme {name}"),
        Text(
            "先用 heliu programme propose 提交方案文件",
            "propose its file first: heliu programme propose FILE",
        ),
        {"programme": code, "version": version},
    )


def same_person(code: str, version: int) -> Refusal:
    """Who proposed terms does not release them."""
    name = f"{code} v{version}"
    return Refusal(
        "programme.same_person",
        Text(
            f"方案 {name} 须由提交人以外的人发布", f"{name} is released by another than proposed it"
        ),
        Text("请第二人复核后发布", "have a second person look at it and release it"),
        {"programme": code, "version": version},
    )
