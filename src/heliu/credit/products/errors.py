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


def loan_product_invalid(name: str, mistakes: list[str]) -> Refusal:
    """A product file that says what cannot be, with the place of every mistake."""
    listed = "; ".join(mistakes)
    return Refusal(
        "loan_product.invalid",
        Text(f"贷款产品文件 {name} 有误: {listed}", f"product file {name}: {listed}"),
        Text("按所列位置改正后重试", "correct the places named and run again"),
        {"file": name, "mistakes": mistakes},
    )


def loan_product_changed(code: str, version: int) -> Refusal:
    """A version number stands for one text for ever."""
    name = f"{code} v{version}"
    return Refusal(
        "loan_product.version_changed",
        Text(f"产品 {name} 已登记，条款不能再改", f"{name} is recorded and cannot change"),
        Text("提高 version 后再提交", "raise its version number and propose that"),
        {"product": code, "version": version},
    )


def loan_product_old(code: str, version: int, latest: int) -> Refusal:
    """What is proposed or released must come after what stands."""
    return Refusal(
        "loan_product.version_old",
        Text(
            f"产品 {code} v{version} 早于现有的 v{latest}",
            f"{code} v{version} comes after v{latest} in time, not in number",
        ),
        Text(f"以 version {latest + 1} 提交", f"propose it as version {latest + 1}"),
        {"product": code, "version": version, "latest": latest},
    )


def loan_product_unknown(code: str, version: int | None = None) -> Refusal:
    """There is no such product, or no such version of it, or none in force."""
    name = code if version is None else f"{code} v{version}"
    return Refusal(
        "loan_product.unknown",
        Text(f"没有生效的贷款产品 {name}", f"there is no loan product {name} in force"),
        Text(
            "先用 heliu loan product propose 提交并由第二人发布",
            "propose it (heliu loan product propose FILE) and have a second person release it",
        ),
        {"product": code, "version": version},
    )


def loan_product_same_person(code: str, version: int) -> Refusal:
    """Who proposed a product does not release it."""
    name = f"{code} v{version}"
    return Refusal(
        "loan_product.same_person",
        Text(
            f"产品 {name} 须由提交人以外的人发布", f"{name} is released by another than proposed it"
        ),
        Text("请第二人复核后发布", "have a second person look at it and release it"),
        {"product": code, "version": version},
    )
