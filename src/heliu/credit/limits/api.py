"""Door of the limits desk."""

from heliu.credit.limits.domain import (
    Axis,
    Holding,
    LimitExceeded,
    LimitLine,
    LineKey,
    Reserve,
    Reserved,
    axes,
    programme_limits,
    supplier_limit,
)
from heliu.credit.limits.service import Move, cancel, expire, release, reserve, set_limits, utilise
from heliu.credit.limits.store import all_lines, holdings, violations

__all__ = [
    "Axis",
    "Holding",
    "LimitExceeded",
    "LimitLine",
    "LineKey",
    "Move",
    "Reserve",
    "Reserved",
    "all_lines",
    "axes",
    "cancel",
    "expire",
    "holdings",
    "programme_limits",
    "release",
    "reserve",
    "set_limits",
    "supplier_limit",
    "utilise",
    "violations",
]
