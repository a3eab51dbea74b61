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
from heliu.credit.limits.service_proposal import ProposeLimit, propose_limits, release_limits
from heliu.credit.limits.store import all_lines, holdings, lines_of, violations
from heliu.credit.limits.store_proposal import LimitProposal, limit_proposals

__all__ = [
    "Axis",
    "Holding",
    "LimitExceeded",
    "LimitLine",
    "LimitProposal",
    "LineKey",
    "Move",
    "ProposeLimit",
    "Reserve",
    "Reserved",
    "all_lines",
    "axes",
    "cancel",
    "expire",
    "holdings",
    "limit_proposals",
    "lines_of",
    "programme_limits",
    "propose_limits",
    "release",
    "release_limits",
    "reserve",
    "set_limits",
    "supplier_limit",
    "utilise",
    "violations",
]
