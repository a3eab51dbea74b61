"""Cases of debtors who are late, told as days."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.collection.domain.case import (
    Arrears,
    Case,
    CaseEventKind,
    Clock,
    DayOf,
    Debtor,
    LateLoan,
    by_debtor,
    work,
)
from heliu.credit.collection.policy_file import shipped

START = date(2026, 3, 1)
BUYER = Debtor("91120101123456780A", Clock.BUYER, "CNY")
OWN = Debtor("91120101123456780A", Clock.OWN, "CNY")
POLICY = shipped()


def late(days: int) -> Arrears:
    return Arrears(100_00, 900_00, days, 2, (UUID(int=1),))


def lived(days: Sequence[tuple[int | None, bool]]) -> list[tuple[Case, CaseEventKind, date, str]]:
    """All events of one debtor over days, each (days late or None, a loan is observed)."""
    cases: dict[UUID, Case] = {}
    told = []
    for number, (days_late, observed) in enumerate(days):
        on = START + timedelta(number)
        arrears = {} if days_late is None else {BUYER: late(days_late)}
        open_ = [case for case in cases.values() if case.is_open]
        seen = frozenset(case.id for case in open_) if observed else frozenset()
        day = DayOf(on, arrears, seen)
        for case, event in work(open_, {BUYER: len(cases)}, day, POLICY):
            cases[case.id] = case
            told.append((case, event.kind, on, event.step))
    return told


def kinds(days: Sequence[tuple[int | None, bool]]) -> list[tuple[str, str]]:
    return [(kind.value, step) for _, kind, _, step in lived(days)]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([(None, False)], []),
        ([(1, False), (2, False)], [("opened", "reminder")]),
        ([(1, False), (None, False)], [("opened", "reminder"), ("closed", "reminder")]),
        ([(20, False)], [("opened", "demand")]),
        ([(1, False), (16, False)], [("opened", "reminder"), ("escalated", "demand")]),
        ([(31, False), (3, False)], [("opened", "visit")]),
        (
            [(1, False), (None, True), (None, True), (None, False)],
            [("opened", "reminder"), ("observed", "observation"), ("closed", "observation")],
        ),
        (
            [(31, False), (None, True), (1, True)],
            [("opened", "visit"), ("observed", "observation"), ("escalated", "reminder")],
        ),
    ],
    ids=[
        "nobody is late",
        "a quiet day adds nothing",
        "paid",
        "found late",
        "a step further",
        "never a step back within an episode",
        "observed after a restructuring",
        "late again under observation",
    ],
)
def test_a_case_lives_through_its_days(
    days: list[tuple[int | None, bool]], told: list[tuple[str, str]]
) -> None:
    assert kinds(days) == told


def test_both_clocks_of_one_firm_are_two_cases() -> None:
    day = DayOf(START, {BUYER: late(1), OWN: late(1)}, frozenset())
    opened = work([], {}, day, POLICY)
    assert [case.debtor for case, _ in opened] == [BUYER, OWN]
    assert len({case.id for case, _ in opened}) == 2


def test_a_debtor_answers_for_all_his_loans_in_one_case() -> None:
    loans = [
        LateLoan(UUID(int=2), BUYER, START, 9, 10_00, 100_00, 2),
        LateLoan(UUID(int=1), BUYER, START, 40, 5_00, 50_00, 3),
        LateLoan(UUID(int=3), OWN, START, 1, 1_00, 1_00, 2),
    ]
    assert by_debtor(loans) == {
        BUYER: Arrears(15_00, 150_00, 40, 3, (UUID(int=1), UUID(int=2))),
        OWN: Arrears(1_00, 1_00, 1, 2, (UUID(int=3),)),
    }


@given(
    days=st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 400)), st.booleans()), max_size=40)
)
def test_an_episode_opens_exactly_one_case(days: list[tuple[int | None, bool]]) -> None:
    told = lived(days)
    episodes = 0
    in_case = False
    for days_late, observed in days:
        begins = days_late is not None and not in_case
        episodes += begins
        in_case = begins or (in_case and (days_late is not None or observed))
    opened = [case for case, kind, _, _ in told if kind is CaseEventKind.OPENED]
    closed = [case.id for case, kind, _, _ in told if kind is CaseEventKind.CLOSED]
    assert [case.no for case in opened] == list(range(1, episodes + 1))
    assert len(set(closed)) == len(closed) == episodes - in_case
