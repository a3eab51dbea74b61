"""Quantities in units of measure, compared and converted within one dimension only.

Source of codes and factors: UN/ECE Recommendation 20 (units) and 21 (packages); Chinese spellings
are those of invoices and delivery notes. A package (box, carton) is a dimension of its own: how
many pieces it holds is a matter of the contract, never of this table.
"""

import unicodedata
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from heliu.flows.intake.api import Line

PLACES: Final = Decimal("0.000001")
"""Quantities leave verification with six decimals; what is supported is rounded down."""


class Unit(NamedTuple):
    """A unit as a dimension and how many base units of that dimension it holds."""

    dimension: str
    factor: Fraction


PIECE: Final = Unit("piece", Fraction(1))
_RULES: Final[Mapping[str, tuple[str, str, str]]] = {
    # code: (dimension, factor, other spellings)
    "C62": ("piece", "1", "EA H87 PCE PC PCS NAR NMP ONE 件 个 台 只 把 支 枚 辆 部"),
    "DZN": ("piece", "12", "DOZ 打"),
    "MIL": ("piece", "1000", ""),
    "GRM": ("mass", "1", "G 克"),
    "KGM": ("mass", "1000", "KG 千克 公斤"),
    "TNE": ("mass", "1000000", "T MT 吨 公吨"),
    "MGM": ("mass", "0.001", "MG 毫克"),
    "LBR": ("mass", "453.59237", "LB LBS 磅"),
    "ONZ": ("mass", "28.349523125", "OZ 盎司"),
    "MMT": ("length", "0.001", "MM 毫米"),
    "CMT": ("length", "0.01", "CM 厘米"),
    "MTR": ("length", "1", "M 米"),
    "KMT": ("length", "1000", "KM 千米 公里"),
    "MTK": ("area", "1", "M2 平方米"),
    "MTQ": ("volume", "1", "M3 立方米"),
    "LTR": ("volume", "0.001", "L 升"),
    "MLT": ("volume", "0.000001", "ML 毫升"),
    "HLT": ("volume", "0.1", "HL 百升"),
    "KWH": ("energy", "1", "度 千瓦时"),
    "MWH": ("energy", "1000", "兆瓦时"),
    "HUR": ("time", "1", "H 小时"),
    "DAY": ("time", "24", "天"),
    "SET": ("set", "1", "套"),
    "PR": ("pair", "1", "双 对"),
    "BX": ("box", "1", "XBX 箱 盒"),
    "CT": ("carton", "1", "XCT 纸箱"),
    "BG": ("bag", "1", "XBG 袋"),
    "PF": ("pallet", "1", "XPF PX XPX 托 托盘"),
    "RO": ("roll", "1", "XRO 卷"),
    "BO": ("bottle", "1", "XBO 瓶"),
}
_UNITS: Final = {
    spelling: Unit(dimension, Fraction(factor))
    for code, (dimension, factor, spellings) in _RULES.items()
    for spelling in (code, *spellings.split())
}


def unit_of(text: str | None, aliases: Mapping[str, tuple[str, ...]]) -> Unit:
    """The unit `text` names; `aliases` are the programme's own spellings by code.

    An unknown unit, and no unit at all, is a dimension of its own: comparable with itself only.
    """
    name = _folded(text or "")
    for code, spellings in aliases.items():
        if name in map(_folded, spellings):
            name = _folded(code)
            break
    return _UNITS.get(name, Unit(f"? {name}", Fraction(1)))


def convert(quantity: Fraction, of: Unit, to: Unit) -> Fraction | None:
    """`quantity` in the unit `to`, exactly; None if the two units measure different things."""
    return quantity * of.factor / to.factor if of.dimension == to.dimension else None


def net_of(line: Line) -> Fraction | None:
    """A line's amount without tax in major units: as stated, else quantity times price."""
    if line.net is not None:
        return Fraction(line.net)
    if line.quantity is None or line.price is None or not line.price_base:
        return None
    return Fraction(line.quantity) * Fraction(line.price) / Fraction(line.price_base)


def floor(quantity: Fraction) -> Decimal:
    """A supported quantity as a Decimal of six places, rounded down."""
    return _rounded(quantity, ROUND_FLOOR)


def ceiling(quantity: Fraction) -> Decimal:
    """A used-up quantity as a Decimal of six places, rounded up."""
    return _rounded(quantity, ROUND_CEILING)


def _rounded(quantity: Fraction, mode: str) -> Decimal:
    scaled = quantity / Fraction(PLACES)
    whole = scaled.__floor__() if mode == ROUND_FLOOR else scaled.__ceil__()
    return (whole * PLACES).normalize() + 0


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()
