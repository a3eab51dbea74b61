"""Recovery: asked for alike by everybody, seen and cancelled by the person, given by two."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from tests.parties.identity.authenticator import Phone
from tests.parties.identity.door import (
    HOUR,
    LI,
    NOON,
    RP,
    SECOND,
    SECOND_STAFF,
    STAFF,
    WANG,
    logged_in,
    person,
    raises,
    refused,
    with_passkey,
    with_pin,
)

from heliu.ground.db import Tx
from heliu.parties.identity.api import (
    Happening,
    Recovery,
    Role,
    Stage,
    begin_recovery,
    cancel_recovery,
    enter_by_code,
    has_pin,
    passkeys_of,
    recoveries_under_way,
    recovery_of,
    release_recovery,
    security_events_of,
    session_of,
    sessions_of,
    vouch_recovery,
)
from heliu.parties.identity.domain.recovery import COOLING_OFF, LAPSES_AFTER

COOL = NOON + COOLING_OFF


def begun(tx: Tx, login: str = WANG) -> Recovery:
    assert begin_recovery(tx, RP, login, "10.0.0.1", NOON) is None
    return recoveries_under_way(tx, NOON)[-1]


def test_asking_for_recovery_is_answered_alike_for_everybody(tx: Tx) -> None:
    who = person(tx)
    for login in (WANG, LI, "nobody at all", ""):
        assert begin_recovery(tx, RP, login, "10.0.0.1", NOON) is None
    (one,) = recoveries_under_way(tx, NOON)
    assert one.person == who.id


def test_asking_again_goes_on_with_the_recovery_under_way(tx: Tx) -> None:
    one = begun(tx, person(tx).login)
    assert begin_recovery(tx, RP, WANG, "10.0.0.1", NOON + HOUR) is None
    assert recoveries_under_way(tx, NOON + HOUR) == [one]


def test_an_address_that_asks_for_many_is_locked_whoever_he_asks_for(tx: Tx) -> None:
    for n in range(30):
        assert begin_recovery(tx, RP, f"137{n:08}", "10.0.0.1", NOON) is None
    assert refused(begin_recovery(tx, RP, LI, "10.0.0.1", NOON)) == "login.locked"
    assert begin_recovery(tx, RP, LI, "10.0.0.2", NOON) is None


def test_the_person_sees_it_in_his_session_and_cancels_it(tx: Tx) -> None:
    session = with_pin(tx, person(tx))
    one = begun(tx)
    assert recovery_of(tx, session.person.id, NOON) == one
    cancel_recovery(tx, session, one.id, NOON + HOUR)
    assert recovery_of(tx, session.person.id, NOON + HOUR) is None
    with raises("recovery.over"):
        cancel_recovery(tx, session, one.id, NOON + HOUR)
    with raises("recovery.over"):
        vouch_recovery(tx, person(tx, STAFF, Role.SECURITY).actor, one.id, NOON + HOUR)


def test_nobody_cancels_the_recovery_of_another(tx: Tx) -> None:
    person(tx)
    one = begun(tx)
    with raises("recovery.over"):
        cancel_recovery(tx, logged_in(tx, person(tx, LI)), one.id, NOON)
    with raises("recovery.over"):
        cancel_recovery(tx, logged_in(tx, person(tx, STAFF, Role.RISK)), uuid4(), NOON)


def test_after_a_day_and_by_two_of_the_staff_a_code_voids_all_former_ways_in(tx: Tx) -> None:
    who, staff = person(tx), person(tx, STAFF, Role.SECURITY).actor
    second = person(tx, SECOND_STAFF, Role.SECURITY).actor
    with_passkey(tx, with_pin(tx, who), Phone())
    one = begun(tx)
    with raises("recovery.not_vouched"):
        release_recovery(tx, second, one.id, COOL)
    vouch_recovery(tx, staff, one.id, NOON + HOUR)
    with raises("recovery.second_person"):
        vouch_recovery(tx, second, one.id, NOON + HOUR)
    with raises("recovery.second_person"):
        release_recovery(tx, staff, one.id, COOL)
    with raises("recovery.cooling"):
        release_recovery(tx, second, one.id, COOL - SECOND)
    code = release_recovery(tx, second, one.id, COOL)
    with raises("recovery.over"):
        release_recovery(tx, second, one.id, COOL)
    assert passkeys_of(tx, who.id)
    assert enter_by_code(tx, code, COOL + HOUR) == who
    assert passkeys_of(tx, who.id) == []
    assert not has_pin(tx, who.id)
    assert sessions_of(tx, who.id, NOON) == []
    assert session_of(tx, "any", NOON) is None
    told = [event.happening for event in security_events_of(tx, who.id)[:2]]
    assert told == [Happening.CODE_USED, Happening.RECOVERY_RELEASED]


def test_nobody_vouches_for_himself(tx: Tx) -> None:
    staff = person(tx, STAFF, Role.SECURITY).actor
    second = person(tx, SECOND_STAFF, Role.SECURITY).actor
    one = begun(tx, STAFF)
    with raises("recovery.second_person"):
        vouch_recovery(tx, staff, one.id, NOON)
    vouch_recovery(tx, second, one.id, NOON)
    with raises("recovery.second_person"):
        release_recovery(tx, staff, one.id, COOL)


@pytest.mark.parametrize(
    ("after", "stage", "is_open"),
    [
        (timedelta(0), Stage.COOLING, True),
        (COOLING_OFF - SECOND, Stage.COOLING, True),
        (COOLING_OFF, Stage.WAITING, True),
        (LAPSES_AFTER, Stage.LAPSED, False),
    ],
)
def test_a_recovery_cools_waits_and_lapses(
    after: timedelta, stage: Stage, *, is_open: bool
) -> None:
    one = Recovery(uuid4(), uuid4(), NOON)
    assert one.stage(NOON + after) is stage
    assert one.open(NOON + after) is is_open


def test_a_recovery_that_was_cancelled_or_released_is_over() -> None:
    cancelled = Recovery(uuid4(), uuid4(), NOON, cancelled_at=NOON)
    released = Recovery(uuid4(), uuid4(), NOON, None, "person:1", NOON)
    assert (cancelled.stage(NOON), released.stage(NOON)) == (Stage.CANCELLED, Stage.RELEASED)
    assert not cancelled.open(NOON)
    assert not released.open(NOON)


@pytest.mark.parametrize(
    ("step", "after", "by"),
    [
        ("vouched", HOUR, "the person"),
        ("released", HOUR, "person:b"),
        ("released", COOLING_OFF, "person:a"),
        ("released", COOLING_OFF - SECOND, "person:b"),
    ],
)
def test_the_database_releases_nothing_early_or_by_one_person(
    tx: Tx, step: str, after: timedelta, by: str
) -> None:
    who = person(tx)
    one = begun(tx)
    insert = "INSERT INTO parties.recovery_step (recovery_id, step, done_at, done_by)"
    values = " VALUES (%s, %s, %s, %s)"
    tx.run(insert + values, (one.id, "vouched", NOON, "person:a"))
    actor = by.replace("the person", who.actor.id)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        tx.run(insert + values, (one.id, step, NOON + after, actor))
