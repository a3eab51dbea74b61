"""Reads the goods book: which goods the bank lends on, and how far. A bad book is refused whole."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

import yaml

from heliu.credit.collateral.domain.goods import WHOLE_BP, GoodsBook, GoodsPolicy, Haircut
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

_WHOLE: Final = ("wild_bp", "stale_days", "doubt_bp")


def shipped_book() -> GoodsBook:
    """The book that comes with the house."""
    return read_book(files(__package__).joinpath("goods.yaml").read_text(encoding="utf-8"))


def read_book(text: str) -> GoodsBook:
    """The goods book of a YAML text. Raises the Refusal `collateral.goods_book` with the place."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _refused("/", f"not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(said, dict) or set(said) != {"version", "goods"}:
        raise _refused("/", "version and goods, nothing else")
    if not isinstance(said["goods"], dict) or not said["goods"]:
        raise _refused("/goods", "a mapping of goods by code")
    policies = {str(code): _policy(str(code), item) for code, item in said["goods"].items()}
    return GoodsBook(_whole("/version", said["version"]), policies)


def _policy(code: str, item: Any) -> GoodsPolicy:
    place = f"/goods/{code}"
    if not isinstance(item, dict) or set(item) != {
        "zh",
        "en",
        "unit",
        "whole_units",
        "haircuts",
        *_WHOLE,
    }:
        raise _refused(place, "zh, en, unit, whole_units, haircuts, wild_bp, stale_days, doubt_bp")
    texts = [item["zh"], item["en"], item["unit"]]
    if not all(isinstance(word, str) and word for word in texts):
        raise _refused(place, "zh, en and unit are words")
    if not isinstance(item["whole_units"], bool):
        raise _refused(f"{place}/whole_units", "true or false")
    wild_bp, stale_days, doubt_bp = (_whole(f"{place}/{key}", item[key]) for key in _WHOLE)
    if doubt_bp > WHOLE_BP:
        raise _refused(f"{place}/doubt_bp", "at most 10000")
    return GoodsPolicy(
        code, Text(item["zh"], item["en"]), item["unit"], _haircuts(place, item["haircuts"]),
        wild_bp, stale_days, doubt_bp, item["whole_units"],
    )  # fmt: skip


def _haircuts(place: str, said: Any) -> tuple[Haircut, ...]:
    place = f"{place}/haircuts"
    if not isinstance(said, list) or not said:
        raise _refused(place, "a list of {under_days, rate_bp}, the youngest first")
    cuts: list[Haircut] = []
    for at, item in enumerate(said):
        if not isinstance(item, Mapping) or set(item) != {"under_days", "rate_bp"}:
            raise _refused(f"{place}/{at}", "under_days and rate_bp")
        cut = Haircut(
            _whole(f"{place}/{at}/under_days", item["under_days"]),
            _whole(f"{place}/{at}/rate_bp", item["rate_bp"]),
        )
        if cut.rate_bp >= WHOLE_BP:
            raise _refused(f"{place}/{at}/rate_bp", "below 10000")
        if cuts and (cut.under_days <= cuts[-1].under_days or cut.rate_bp < cuts[-1].rate_bp):
            raise _refused(f"{place}/{at}", "older goods are cut no less, and days rise")
        cuts.append(cut)
    return tuple(cuts)


def _whole(place: str, said: Any) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        raise _refused(place, "a whole number above 0")
    return said


def _refused(place: str, wanted: str) -> Refusal:
    return Refusal(
        "collateral.goods_book",
        Text(f"货物目录 {place} 处有误：须为 {wanted}", f"goods book at {place}: wanted {wanted}"),
        Text("改正该处后重新读取", "correct the place and read it again"),
        {"place": place},
    )
