"""People: enrolled once, given roles by others, and let in first by a code that is used once."""

from datetime import timedelta

import psycopg
import pytest
from hypothesis import given as holds
from hypothesis import strategies as st
from tests.parties.identity.door import (
    CLERK,
    HOUR,
    LI,
    NOON,
    SECOND,
    STAFF,
    SUPPLIER,
    WANG,
    enrolled,
    given,
    logged_in,
    person,
    raises,
    refused,
    with_pin,
)

from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.parties.identity.api import (
    OF_AN_ENTERPRISE,
    OF_THE_STAFF,
    RIGHTS_OF,
    SIZES,
    Enrol,
    Grant,
    Happening,
    Membership,
    Right,
    Role,
    Settings,
    change_settings,
    end_memberships,
    enrol,
    enter_by_code,
    grant,
    issue_code,
    login_of,
    masked,
    memberships_of,
    people,
    person_of_login,
    persons,
    security_events,
    security_events_of,
)


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        ("138 0000 0001", "13800000001"),
        ("+86-138-0000-0001", "13800000001"),
        (" s1001 ", "S1001"),
        ("12800000001", None),
        ("1380000000", None),
        ("S", None),
        ("S1001; --", None),
        ("١٣٨٠٠٠٠٠٠٠١", None),
        ("1" * 41, None),
        ("", None),
    ],
)
def test_a_log_in_is_understood_however_it_is_typed(typed: str, login: str | None) -> None:
    assert login_of(typed) == login


@pytest.mark.parametrize(
    ("login", "shown"), [("13812345678", "138****5678"), ("S1001", "S10**"), ("ABC", "A**")]
)
def test_a_log_in_is_shown_masked(login: str, shown: str) -> None:
    assert masked(login) == shown


@holds(st.text(max_size=60))
def test_what_is_understood_as_a_log_in_is_understood_alike_again(typed: str) -> None:
    login = login_of(typed)
    assert login is None or login_of(login) == login


def test_a_batch_enrols_whom_it_can_and_answers_in_order(tx: Tx) -> None:
    enrolled(tx, LI)
    wishes = Settings("en", "care", "dark", 4)
    asked = [
        Enrol(WANG, " 王小明 ", wishes),
        Enrol("138-0000-0001", "twice"),
        Enrol("nobody!", "x"),
        Enrol("13800000009", " "),
        Enrol("13800000009", "n" * 61),
        Enrol(LI, "known"),
        Enrol("13800000008", "x", Settings(size=5)),
    ]
    first, *others = enrol(tx, CLERK, asked, NOON)
    one = given(first)
    assert (one.person.login, one.person.name) == (WANG, "王小明")
    assert (one.person.language, one.person.edition, one.person.shown) == (
        "en",
        "care",
        "138****0001",
    )
    assert list(map(refused, others)) == [
        "person.known",
        "login.invalid",
        "person.name",
        "person.name",
        "person.known",
        "person.settings",
    ]
    assert person_of_login(tx, WANG) == one.person
    assert persons(tx, [one.person.id]) == {one.person.id: one.person}


def test_a_batch_gives_the_roles_it_can_and_answers_in_order(tx: Tx) -> None:
    one = enrolled(tx).person
    asked = [
        Grant(WANG, Role.SUPPLIER, SUPPLIER),
        Grant(WANG, Role.SUPPLIER, SUPPLIER),
        Grant(WANG, Role.RETAIL),
        Grant(WANG, Role.RETAIL, SUPPLIER),
        Grant(WANG, Role.ENTERPRISE_MAKER),
        Grant(WANG, Role.ENTERPRISE_MAKER, "91350100M000100Y44"),
        Grant(LI, Role.RETAIL),
        Grant("?", Role.RETAIL),
    ]
    outcomes = grant(tx, CLERK, asked, NOON)
    supplier, retail = Membership(Role.SUPPLIER, SUPPLIER), Membership(Role.RETAIL)
    assert (outcomes[0], outcomes[2]) == (supplier, retail)
    assert [refused(o) for o in (outcomes[1], *outcomes[3:])] == [
        "membership.held",
        "membership.party",
        "membership.party",
        "membership.party",
        "person.unknown",
        "person.unknown",
    ]
    assert memberships_of(tx, one.id) == [retail, supplier]


def test_nobody_gives_himself_a_role(tx: Tx) -> None:
    one = person(tx, STAFF, Role.SECURITY)
    assert refused(grant(tx, one.actor, [Grant(STAFF, Role.RISK)], NOON)[0]) == "membership.own"
    with pytest.raises(psycopg.errors.CheckViolation), tx.connection.transaction():
        tx.run(
            "INSERT INTO parties.membership (id, person_id, role, granted_at, granted_by)"
            " VALUES (gen_random_uuid(), %s, 'risk', now(), %s)",
            (one.id, one.actor.id),
        )


def test_a_role_that_was_ended_is_gone_and_can_be_given_again(tx: Tx) -> None:
    one = person(tx)
    retail = Grant(WANG, Role.RETAIL)
    outcomes = end_memberships(
        tx, CLERK, [retail, retail, Grant(LI, Role.RETAIL), Grant(WANG, Role.SUPPLIER)], NOON
    )
    assert outcomes[0] == Membership(Role.RETAIL)
    assert list(map(refused, outcomes[1:])) == [
        "membership.missing",
        "person.unknown",
        "membership.missing",
    ]
    assert memberships_of(tx, one.id) == []
    assert grant(tx, CLERK, [retail], NOON + HOUR) == [Membership(Role.RETAIL)]


def test_a_first_code_lets_its_person_in_once(tx: Tx) -> None:
    one = enrolled(tx)
    typed = one.code.upper().replace("-", " ")
    assert enter_by_code(tx, typed, NOON + HOUR) == one.person
    assert refused(enter_by_code(tx, one.code, NOON + HOUR)) == "code.wrong"


@pytest.mark.parametrize("late", [timedelta(hours=72), timedelta(days=30)])
def test_a_first_code_is_good_for_seventy_two_hours(tx: Tx, late: timedelta) -> None:
    one = enrolled(tx)
    assert refused(enter_by_code(tx, one.code, NOON + late)) == "code.wrong"


@pytest.mark.parametrize(
    "code", ["", "a", "aaaa-aaaa-aaaa-aaaa-aaaa-aaaa", "'; DROP", "\x00", "王"]
)
def test_a_code_that_never_was_lets_nobody_in(tx: Tx, code: str) -> None:
    enrolled(tx)
    assert refused(enter_by_code(tx, code, NOON)) == "code.wrong"


def test_a_code_issued_again_voids_the_one_before(tx: Tx) -> None:
    one = enrolled(tx)
    again = issue_code(tx, CLERK, WANG, NOON + SECOND)
    assert refused(enter_by_code(tx, one.code, NOON + HOUR)) == "code.wrong"
    assert enter_by_code(tx, again, NOON + HOUR) == one.person


def test_no_code_is_issued_to_who_has_a_way_in(tx: Tx) -> None:
    with_pin(tx, person(tx))
    with raises("person.has_a_way_in"):
        issue_code(tx, CLERK, WANG, NOON)
    with raises("person.unknown"):
        issue_code(tx, CLERK, LI, NOON)


def test_settings_are_the_persons_own_and_stay(tx: Tx) -> None:
    session = logged_in(tx, person(tx))
    wishes = Settings("en", "care", "dark", SIZES[-1])
    assert change_settings(tx, session, wishes).person.settings == wishes
    found = person_of_login(tx, WANG)
    assert found is not None
    assert found.settings == wishes
    with raises("person.settings"):
        change_settings(tx, session, Settings(size=-1))


def test_staff_sees_everybody_and_how_each_can_come_in(tx: Tx) -> None:
    with_pin(tx, person(tx))
    enrolled(tx, LI)
    # Both came at one instant.
    wang, li = sorted(people(tx), key=lambda known: not known.has_pin)
    assert (wang.memberships, wang.passkeys, wang.has_pin) == ((Membership(Role.RETAIL),), 0, True)
    assert (li.memberships, li.passkeys, li.has_pin) == ((), 0, False)


def test_what_happened_at_the_door_is_told_without_secrets(tx: Tx) -> None:
    one = enrolled(tx)
    grant(tx, Actor("person:boss"), [Grant(WANG, Role.RETAIL)], NOON + SECOND)
    given_role, was_enrolled = security_events_of(tx, one.person.id)
    assert (given_role.happening, was_enrolled.happening) == (
        Happening.GRANTED,
        Happening.ENROLLED,
    )
    assert given_role.about == {"role": "retail", "by": "person:boss"}
    assert given_role.text.zh
    assert security_events(tx, NOON, NOON + SECOND) == [was_enrolled]
    told = tx.rows("SELECT row_to_json(e)::text FROM parties.security_event e")
    assert not any(secret in row for (row,) in told for secret in (WANG, one.code))


@pytest.mark.parametrize("role", Role)
def test_every_role_may_see_itself_and_has_its_kind(role: Role) -> None:
    assert Right.SELF in RIGHTS_OF[role]
    assert not (OF_AN_ENTERPRISE & OF_THE_STAFF)
    with pytest.raises(AssertionError):
        Membership(role, None if role in OF_AN_ENTERPRISE else SUPPLIER)


def test_every_right_is_given_to_somebody() -> None:
    assert frozenset().union(*RIGHTS_OF.values()) == frozenset(Right)


@pytest.mark.parametrize(
    ("one", "other"),
    [(Right.PAYABLES_PROPOSE, Right.PAYABLES_CONFIRM)],
)
def test_who_proposes_payables_never_confirms_them(one: Right, other: Right) -> None:
    assert [role for role in Role if {one, other} <= RIGHTS_OF[role]] == []


@pytest.mark.parametrize("role", sorted(set(Role) - OF_THE_STAFF))
def test_no_customer_has_a_right_of_the_staff(role: Role) -> None:
    staff = frozenset().union(*(RIGHTS_OF[r] for r in OF_THE_STAFF)) - {Right.SELF}
    assert RIGHTS_OF[role] & staff == frozenset()


@pytest.mark.parametrize(
    "table", ["person", "membership", "security_event", "enrolment_code", "membership_end"]
)
def test_what_happened_is_not_rewritten(tx: Tx, table: str) -> None:
    one = enrolled(tx)
    grant(tx, CLERK, [Grant(WANG, Role.RETAIL)], NOON)
    end_memberships(tx, CLERK, [Grant(WANG, Role.RETAIL)], NOON)
    assert one
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        tx.run(f"DELETE FROM parties.{table}")  # noqa: S608
