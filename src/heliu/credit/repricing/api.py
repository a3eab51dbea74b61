"""Door of the repricing desk."""

from heliu.credit.repricing.domain import Change, Due, Missed, Why
from heliu.credit.repricing.service import (
    Day,
    Repriced,
    may_be_due,
    reprice,
    set_last,
    still_due,
)
from heliu.credit.repricing.store import SetRate

__all__ = [
    "Change",
    "Day",
    "Due",
    "Missed",
    "Repriced",
    "SetRate",
    "Why",
    "may_be_due",
    "reprice",
    "set_last",
    "still_due",
]
