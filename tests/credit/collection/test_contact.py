"""Contacts within their limits: hours, days, weeks, and whatever is asked side by side."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.credit.collection import store
from heliu.credit.collection.api import Contact, Law, Result, contact, record_results, shipped
from heliu.credit.collection.domain.case import Arrears, Case, Clock, Debtor, opened
from heliu.credit.collection.domain.contact import Limits, Place, permitted, week_of
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.actor import Actor
from heliu.ground.clock import BANK_ZONE
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal

POLICY = shipped()
LIMITS = Limits(3, 7, 22, 8, ())
WEDNESDAY = date(2026, 3, 4)
COLLECTOR = Actor("collector")
LAW = Law(in_force(WEDNESDAY, Profile.STANDARD), POLICY)
NUMBERS = count(1)


def at(hour: int, minute: int = 0, day: date = WEDNESDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BANK_ZONE)


def a_case(tx: Tx, uscc: str, clock: Clock = Clock.OWN) -> Case:
    debtor = Debtor(uscc, clock, "CNY")
    case = opened(debtor, 1, Arrears(1, 1, 1, 2, (UUID(int=7),)), WEDNESDAY, POLICY)
    store.add(tx, [(case, case.last)], (at(9), COLLECTOR.id))
    return case


def asked(tx: Tx, case: Case, now: datetime, channel: str = "call") -> UUID | Refusal:
    (outcome,) = contact(
        tx, COLLECTOR, [Contact(UUID(int=next(NUMBERS)), case.id, channel)], LAW, now
    )
    return outcome


@pytest.mark.parametrize(
    ("channel", "now", "used", "code"),
    [
        ("call", at(8), (0, 0), None),
        ("call", at(21, 59), (2, 6), None),
        ("call", at(22), (0, 0), "collection.quiet_hours"),
        ("call", at(7, 59), (0, 0), "collection.quiet_hours"),
        ("call", at(9), (3, 3), "collection.day_limit"),
        ("call", at(9), (0, 7), "collection.week_limit"),
        ("pigeon", at(9), (0, 0), "collection.channel_unknown"),
        ("call", at(9, day=date(2026, 2, 17)), (0, 0), "collection.day_forbidden"),
    ],
)
def test_a_debtor_is_tried_within_hours_days_and_limits(
    channel: str, now: datetime, used: tuple[int, int], code: str | None
) -> None:
    found = permitted(channel, now, used, (LIMITS, POLICY))
    assert (found.code if isinstance(found, Refusal) else None) == code


def test_a_contact_counts_in_the_banks_day_and_week() -> None:
    night = datetime(2026, 3, 8, 16, 30, tzinfo=UTC)  # half past midnight of Monday in Beijing
    late = permitted("call", night, (0, 0), (Limits(3, 7, 25, 0, ()), POLICY))
    assert late == Place(date(2026, 3, 9), date(2026, 3, 9), 1, 1)


def test_the_fourth_contact_of_a_day_is_refused_with_its_cure(tx: Tx) -> None:
    case = a_case(tx, "91120101123456780A")
    made = [asked(tx, case, at(9, n)) for n in range(4)]
    assert [isinstance(one, UUID) for one in made] == [True, True, True, False]
    assert isinstance(made[3], Refusal)
    assert made[3].code == "collection.day_limit"
    assert "tomorrow" in made[3].cure.en


def test_both_cases_of_a_debtor_share_his_limits(tx: Tx) -> None:
    cases = [a_case(tx, "91120101123456780B", clock) for clock in Clock]
    made = [asked(tx, cases[n % 2], at(10, n)) for n in range(4)]
    assert [isinstance(one, UUID) for one in made] == [True, True, True, False]


def test_a_contact_asked_twice_is_one_contact(tx: Tx) -> None:
    case = a_case(tx, "91120101123456780C")
    command = Contact(UUID(int=99), case.id, "call")
    twice = contact(tx, COLLECTOR, [command, command], LAW, at(9))
    other = contact(tx, COLLECTOR, [Contact(command.key, case.id, "visit")], LAW, at(9))
    assert twice == [command.key, command.key]
    assert isinstance(other[0], Refusal)
    assert tx.rows("SELECT count(*) FROM credit.contact WHERE case_id = %s", (case.id,)) == [(1,)]


def test_nobody_unknown_is_contacted_and_nobody_whose_case_is_closed(tx: Tx) -> None:
    (unknown,) = contact(tx, COLLECTOR, [Contact(UUID(int=5), UUID(int=6), "call")], LAW, at(9))
    assert isinstance(unknown, Refusal)
    assert unknown.code == "collection.case_unknown"


def test_what_came_of_a_contact_is_said_once_in_a_known_word(tx: Tx) -> None:
    case = a_case(tx, "91120101123456780D")
    made = asked(tx, case, at(9))
    assert isinstance(made, UUID)
    words = ["reached", "reached", "no_answer", "sang"]
    told = record_results(tx, COLLECTOR, [Result(made, word) for word in words], POLICY, at(10))
    missing = record_results(tx, COLLECTOR, [Result(UUID(int=1), "reached")], POLICY, at(10))
    codes = [one.code if isinstance(one, Refusal) else "" for one in (*told, *missing)]
    assert codes == [
        *("", "", "collection.key_reused", "collection.result_unknown"),
        "collection.contact_unknown",
    ]


def test_an_unverified_limit_blocks_contacts_in_production(tx: Tx) -> None:
    case = a_case(tx, "91120101123456780E")
    law = Law(in_force(WEDNESDAY, Profile.PRODUCTION), POLICY)
    with pytest.raises(Refusal, match=r"regulation\.unverified"):
        contact(tx, COLLECTOR, [Contact(UUID(int=8), case.id, "call")], law, at(9))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(0, 8 * 24 * 60), max_size=60).map(sorted),
    sizes=st.lists(st.integers(1, 6), min_size=60, max_size=60),
)
def test_no_order_of_asking_makes_more_contacts_than_the_limits(
    tx: Tx, minutes: list[int], sizes: list[int]
) -> None:
    uscc = f"P{next(NUMBERS):017}"
    case = a_case(tx, uscc)
    for minute, size in zip(minutes, sizes, strict=False):
        now = at(0) + timedelta(minutes=minute)
        commands = [Contact(UUID(int=next(NUMBERS)), case.id, "call") for _ in range(size)]
        contact(tx, COLLECTOR, commands, LAW, now)
    made = [
        at_.astimezone(BANK_ZONE)
        for (at_,) in tx.rows(
            "SELECT contacted_at FROM credit.contact WHERE debtor_uscc = %s", (uscc,)
        )
    ]
    days = [one.date() for one in made]
    weeks = [week_of(day) for day in days]
    assert max(map(days.count, days), default=0) <= 3
    assert max(map(weeks.count, weeks), default=0) <= 7
    assert [one for one in made if not 8 <= one.hour < 22] == []


def test_collectors_side_by_side_stay_within_the_limit(fresh: Database) -> None:
    with fresh.transaction() as tx:
        case = a_case(tx, "91120101123456780F")

    def tries(_: int) -> UUID | Refusal:
        with fresh.transaction() as tx:
            return asked(tx, case, at(9))

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(tries, range(12)))
    assert sum(isinstance(one, UUID) for one in made) == 3
    with fresh.transaction() as tx:
        assert tx.rows("SELECT day_place FROM credit.contact ORDER BY day_place") == [
            (1,),
            (2,),
            (3,),
        ]
