"""Sessions: found by token, renewed, idle and absolute ends, remote log-out, stolen tokens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given as holds
from hypothesis import strategies as st
from tests.parties.identity.door import (
    CLERK,
    LI,
    MINUTE,
    NOON,
    SECOND,
    STAFF,
    SUPPLIER,
    WANG,
    given,
    live,
    logged_in,
    person,
    raises,
)

from heliu.ground.db import Database, Tx
from heliu.parties.identity.api import (
    RIGHTS_OF,
    Grant,
    Happening,
    Membership,
    Person,
    Right,
    Role,
    Session,
    choose_membership,
    close_others,
    close_session,
    end_memberships,
    grant,
    open_session,
    security_events_of,
    session_of,
    sessions_of,
)
from heliu.parties.identity.domain.session import ABSOLUTE, OVERLAP, Token, judge

RETAIL = Membership(Role.RETAIL)


def test_a_token_finds_its_session_and_only_its_digest_is_kept(tx: Tx) -> None:
    who = person(tx)
    token = open_session(tx, who, RETAIL, "Firefox on Linux", NOON)
    session = live(tx, token, NOON)
    assert (session.person, session.membership, session.device) == (who, RETAIL, "Firefox on Linux")
    assert (session.rights, session.party, session.actor) == (
        RIGHTS_OF[Role.RETAIL],
        None,
        who.actor,
    )
    assert (session.renewed, session.demo) == (None, False)
    kept = tx.rows("SELECT row_to_json(t)::text FROM parties.session_token t")
    assert not any(token in row for (row,) in kept)


@pytest.mark.parametrize("token", ["", "x", "é", "\x00", "a" * 10_000])
def test_a_token_that_was_never_issued_finds_nothing(tx: Tx, token: str) -> None:
    logged_in(tx, person(tx))
    assert session_of(tx, token, NOON) is None


@pytest.mark.parametrize(
    ("login", "role", "idle"),
    [(WANG, Role.RETAIL, 10 * MINUTE), (STAFF, Role.OPERATIONS, 30 * MINUTE)],
)
def test_a_session_ends_when_nothing_is_done(
    tx: Tx, login: str, role: Role, idle: timedelta
) -> None:
    token = open_session(tx, person(tx, login, role), Membership(role), "d", NOON)
    assert session_of(tx, token, NOON + idle) is None
    seen = live(tx, token, NOON + idle - SECOND)
    assert live(tx, seen.renewed or token, NOON + 2 * idle - 2 * SECOND)


def test_a_session_ends_after_twelve_hours_whatever_is_done(tx: Tx) -> None:
    who, now = person(tx), NOON
    token = open_session(tx, who, RETAIL, "d", NOON)
    for _ in range(79):
        now += 9 * MINUTE
        token = live(tx, token, now).renewed or token
    assert now == NOON + timedelta(hours=11, minutes=51)
    assert session_of(tx, token, NOON + ABSOLUTE - SECOND) is not None
    assert session_of(tx, token, NOON + ABSOLUTE) is None
    assert sessions_of(tx, who.id, NOON + ABSOLUTE) == []


def test_a_token_is_renewed_after_a_quarter_and_the_old_one_lives_half_a_minute(tx: Tx) -> None:
    old = open_session(tx, person(tx), RETAIL, "d", NOON)
    assert live(tx, old, NOON + 9 * MINUTE).renewed is None
    at = NOON + 15 * MINUTE
    new = live(tx, old, at).renewed
    assert new is not None
    assert live(tx, old, at + SECOND).renewed is None
    assert live(tx, new, at + SECOND).renewed is None
    assert live(tx, old, at + 29 * SECOND)


def test_an_old_token_that_comes_again_later_ends_the_session(tx: Tx) -> None:
    who = person(tx)
    old = open_session(tx, who, RETAIL, "d", NOON)
    live(tx, old, NOON + 9 * MINUTE)
    new = live(tx, old, NOON + 15 * MINUTE).renewed
    assert new is not None
    assert session_of(tx, old, NOON + 16 * MINUTE) is None
    assert session_of(tx, new, NOON + 16 * MINUTE) is None
    assert security_events_of(tx, who.id)[0].happening is Happening.TOKEN_REUSED


def test_two_requests_at_once_get_one_new_token_between_them(fresh: Database) -> None:
    with fresh.transaction() as tx:
        old = open_session(tx, person(tx), RETAIL, "d", NOON)
    with fresh.transaction() as tx:
        live(tx, old, NOON + 9 * MINUTE)

    def ask(_: int) -> str | None:
        with fresh.transaction() as tx:
            return live(tx, old, NOON + 15 * MINUTE).renewed

    with ThreadPoolExecutor(4) as pool:
        renewed = [token for token in pool.map(ask, range(8)) if token]
    assert len(renewed) == 1


def test_who_has_chosen_no_role_may_only_do_what_everybody_may(tx: Tx) -> None:
    session = logged_in(tx, person(tx))
    assert session.rights == {Right.SELF}
    assert session.party is None


def test_choosing_a_role_gives_its_rights_and_a_new_token(tx: Tx) -> None:
    who = person(tx)
    given(grant(tx, CLERK, [Grant(WANG, Role.SUPPLIER, SUPPLIER)], NOON)[0])
    token = open_session(tx, who, None, "d", NOON)
    supplier = Membership(Role.SUPPLIER, SUPPLIER)
    new = choose_membership(tx, live(tx, token, NOON), supplier, NOON + SECOND)
    session = live(tx, new, NOON + SECOND)
    assert (session.rights, session.party) == (RIGHTS_OF[Role.SUPPLIER], SUPPLIER)
    with raises("membership.missing"):
        choose_membership(tx, session, Membership(Role.RISK), NOON + SECOND)
    with raises("membership.missing"):
        open_session(tx, who, Membership(Role.RISK), "d", NOON)


def test_a_session_loses_the_rights_of_a_role_that_is_ended(tx: Tx) -> None:
    token = open_session(tx, person(tx), RETAIL, "d", NOON)
    end_memberships(tx, CLERK, [Grant(WANG, Role.RETAIL)], NOON)
    assert live(tx, token, NOON).rights == {Right.SELF}


def test_who_logs_out_is_out_and_cannot_choose_a_role_any_more(tx: Tx) -> None:
    token = open_session(tx, person(tx), RETAIL, "d", NOON)
    session = live(tx, token, NOON)
    close_session(tx, session, NOON)
    close_session(tx, session, NOON)
    assert session_of(tx, token, NOON) is None
    with raises("session.over"):
        choose_membership(tx, session, RETAIL, NOON)


def test_a_person_ends_his_other_log_ins_from_one_of_them(tx: Tx) -> None:
    who = person(tx)
    phone, tablet, desk = (logged_in(tx, who, RETAIL, NOON + n * SECOND) for n in range(3))
    later = NOON + MINUTE
    assert {s.id for s in sessions_of(tx, who.id, later)} == {phone.id, tablet.id, desk.id}
    assert close_others(tx, phone, later, only=[tablet.id]) == 1
    with raises("session.unknown"):
        close_others(tx, phone, later, only=[tablet.id])
    assert close_others(tx, phone, later) == 1
    assert [s.id for s in sessions_of(tx, who.id, later)] == [phone.id]


def test_nobody_ends_the_log_in_of_another(tx: Tx) -> None:
    wang, li = (logged_in(tx, person(tx, login)) for login in (WANG, LI))
    with raises("session.unknown"):
        close_others(tx, wang, NOON, only=[li.id])
    with raises("session.unknown"):
        close_others(tx, wang, NOON, only=[uuid4()])


@pytest.mark.parametrize(
    "change",
    [
        "person_id = gen_random_uuid()",
        "opened_at = opened_at + interval '1 hour'",
        "seen_at = seen_at - interval '1 second'",
        "ended_at = NULL, ended_why = NULL",
    ],
)
def test_the_database_keeps_a_session_whose_it_is_and_ended(tx: Tx, change: str) -> None:
    session = logged_in(tx, person(tx))
    close_session(tx, session, NOON)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        tx.run(f"UPDATE parties.session SET {change}")  # noqa: S608


instants = st.integers(0, 13 * 3600).map(lambda s: NOON + timedelta(seconds=s))


@holds(seen=instants, issued=instants, replaced=st.none() | instants, now=instants)
def test_no_token_outlives_its_session_nor_its_successor_by_more_than_the_overlap(
    seen: datetime, issued: datetime, replaced: datetime | None, now: datetime
) -> None:
    who = Person(UUID(int=1), WANG, "w")
    session = Session(UUID(int=2), who, RETAIL, "d", NOON, seen)
    token = judge(session, issued, replaced, now)
    works = token in (Token.GOOD, Token.TO_RENEW)
    assert not works or (now < NOON + ABSOLUTE and now < seen + 10 * MINUTE)
    assert not works or replaced is None or now < replaced + OVERLAP
    assert (token is Token.TO_RENEW) <= (replaced is None and now >= issued + 15 * MINUTE)
