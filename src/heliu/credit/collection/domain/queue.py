"""The queue: open cases in the order in which they are worked. Pure.

The order is said once: a broken promise before none, the worse class, the later bucket of days,
the more warnings, the larger overdue amount; ties by case id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from heliu.credit.collection.domain.case import Arrears, Case
from heliu.credit.collection.domain.promise import PromiseState

# Upper ends of the buckets of days late, both included; what is later is the last bucket.
BUCKETS: Final = (7, 30, 60, 90, 180, 360)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in the queue: what is late today, how many warnings stand against its debtor."""

    case: Case
    arrears: Arrears
    bucket: str
    warnings: int
    promise: PromiseState | None
    promised_for: date | None
    contacts_today: int

    @property
    def id(self) -> UUID:
        """The case's id."""
        return self.case.id


def bucket(days_late: int) -> str:
    """The bucket of days late: "1-7", ..., ">360"; "0" for none."""
    if days_late <= 0:
        return "0"
    start = 1
    for end in BUCKETS:
        if days_late <= end:
            return f"{start}-{end}"
        start = end + 1
    return f">{BUCKETS[-1]}"


def ranked(waiting: Sequence[Waiting]) -> list[Waiting]:
    """The queue, most pressing first."""
    return sorted(waiting, key=_order)


def _order(one: Waiting) -> tuple[bool, int, int, int, int, UUID]:
    late = sum(one.arrears.days_late > end for end in (0, *BUCKETS))
    calm = one.promise is not PromiseState.BROKEN
    return calm, -one.arrears.tier, -late, -one.warnings, -one.arrears.overdue, one.id
