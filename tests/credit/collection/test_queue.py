"""The order in which cases are worked."""

from datetime import date
from itertools import permutations
from uuid import UUID

import pytest

from heliu.credit.collection.domain.case import Arrears, Clock, Debtor, opened
from heliu.credit.collection.domain.promise import PromiseState
from heliu.credit.collection.domain.queue import Waiting, bucket, ranked
from heliu.credit.collection.policy_file import shipped

ON = date(2026, 3, 2)


def waiting(
    uscc: str, overdue: int, days: int, tier: int = 2, warnings: int = 0, *, broken: bool = False
) -> Waiting:
    arrears = Arrears(overdue, overdue, days, tier, (UUID(int=1),))
    case = opened(Debtor(uscc, Clock.OWN, "CNY"), 1, arrears, ON, shipped())
    promise = PromiseState.BROKEN if broken else None
    return Waiting(case, arrears, bucket(days), warnings, promise, None, 0)


@pytest.mark.parametrize(
    ("days", "name"),
    [(0, "0"), (1, "1-7"), (7, "1-7"), (8, "8-30"), (90, "61-90"), (360, "181-360"), (361, ">360")],
)
def test_days_late_fall_into_buckets(days: int, name: str) -> None:
    assert bucket(days) == name


def test_the_most_pressing_case_comes_first() -> None:
    queue = [
        waiting("A", 1, 1, broken=True),
        waiting("B", 1, 1, tier=4),
        waiting("C", 1, 61, tier=3),
        waiting("D", 1, 40, tier=3, warnings=2),
        waiting("E", 900, 40, tier=3),
        waiting("F", 800, 40, tier=3),
    ]
    for order in list(permutations(queue))[::97]:
        assert [one.case.debtor.uscc for one in ranked(order)] == list("ABCDEF")
