"""Door of the limits desk."""

from heliu.credit.limits.domain import Axis, LimitExceeded, LimitLine, LineKey, Reserve, Reserved
from heliu.credit.limits.service import Move, cancel, expire, release, reserve, set_limits, utilise
from heliu.credit.limits.store import all_lines, violations

__all__ = [
    "Axis",
    "LimitExceeded",
    "LimitLine",
    "LineKey",
    "Move",
    "Reserve",
    "Reserved",
    "all_lines",
    "cancel",
    "expire",
    "release",
    "reserve",
    "set_limits",
    "utilise",
    "violations",
]
