"""Tenor of a voucher: how long after issue it may fall due, by a dated rule of the caller's."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from heliu.ground.text import Text


@dataclass(frozen=True, slots=True)
class TenorRule:
    """Tenor in months from issue: usual in principle, and at most; `source` is the rule's text."""

    usual_months: int
    max_months: int
    source: Text

    def __post_init__(self) -> None:
        assert 0 < self.usual_months <= self.max_months, "the usual tenor is within the longest"

    def latest(self, issued_on: date) -> date:
        """The last day a voucher issued then may fall due."""
        return months_after(issued_on, self.max_months)

    def is_usual(self, issued_on: date, due_on: date) -> bool:
        """Whether it falls due within the usual tenor."""
        return due_on <= months_after(issued_on, self.usual_months)


def months_after(day: date, months: int) -> date:
    """The same day `months` (>= 0) later, or that month's last day (Civil Code of the PRC, 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
