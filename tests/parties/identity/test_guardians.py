"""Guardians: begin by accepting, see risks and orders only, and are ended by either side."""

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.parties.identity.door import (
    HOUR,
    LI,
    NOON,
    SECOND,
    WANG,
    enrolled,
    logged_in,
    person,
    raises,
)

from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    Bond,
    Guardianship,
    Happening,
    Membership,
    Order,
    Role,
    Ruling,
    Session,
    accept_guardianship,
    approvals,
    approvals_waiting,
    ask_approval,
    end_guardianship,
    guardianships_of,
    invite_guardian,
    memberships_of,
    needs_approval,
    risk_events,
    rule_approval,
    security_events_of,
    tell_guardians,
)

LIMIT = Money(500_000)
ORDER = Order("deposits.transfer", Text("转账 ¥9,000.00", "transfer ¥9,000.00"), b"{}")
RISK = Text("夜间大额转账被拦下", "a large transfer at night was stopped")
STRANGER = "13700000003"


def family(tx: Tx) -> tuple[Session, Session, Guardianship]:
    """An elder, his guardian and their bond, live from noon on."""
    elder, guardian = logged_in(tx, person(tx)), logged_in(tx, enrolled(tx, LI, "李雷").person)
    bond = invite_guardian(tx, elder, LI, LIMIT, NOON)
    accept_guardianship(tx, guardian, bond.id, NOON)
    return elder, guardian, guardianships_of(tx, elder.person, NOON)[0]


def test_a_guardianship_begins_when_it_is_accepted(tx: Tx) -> None:
    elder, guardian = logged_in(tx, person(tx)), logged_in(tx, enrolled(tx, LI, "李雷").person)
    bond = invite_guardian(tx, elder, "139 0000 0002", LIMIT, NOON)
    assert guardianships_of(tx, guardian.person, NOON) == [bond]
    assert bond.bond(NOON) is Bond.INVITED
    assert not needs_approval(tx, elder.person, Money(10**9), NOON)
    accept_guardianship(tx, guardian, bond.id, NOON)
    (live,) = guardianships_of(tx, elder.person, NOON)
    assert (live.bond(NOON), live.guardian, live.guardian_name, live.ward_name) == (
        Bond.LIVE,
        guardian.person.id,
        "李雷",
        "王小明",
    )
    assert memberships_of(tx, guardian.person.id) == [Membership(Role.GUARDIAN)]
    assert security_events_of(tx, elder.person.id)[0].happening is Happening.GUARDIAN_ACCEPTED
    with raises("guardianship.unknown"):
        accept_guardianship(tx, guardian, bond.id, NOON)


def test_inviting_a_number_nobody_has_is_answered_alike(tx: Tx) -> None:
    elder = logged_in(tx, person(tx))
    bond = invite_guardian(tx, elder, STRANGER, LIMIT, NOON)
    assert bond.bond(NOON + timedelta(days=7)) is Bond.LAPSED
    assert guardianships_of(tx, elder.person, NOON + timedelta(days=7)) == []


@pytest.mark.parametrize(
    ("login", "limit", "code"),
    [
        ("x", LIMIT, "login.invalid"),
        (WANG, LIMIT, "guardianship.self"),
        (LI, Money(0), "guardianship.limit"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(
    tx: Tx, login: str, limit: Money, code: str
) -> None:
    elder = logged_in(tx, person(tx))
    with raises(code):
        invite_guardian(tx, elder, login, limit, NOON)


def test_there_are_three_guardians_at_most(tx: Tx) -> None:
    elder = logged_in(tx, person(tx))
    bonds = [invite_guardian(tx, elder, f"1370000000{n}", LIMIT, NOON) for n in range(3)]
    with raises("guardianship.full"):
        invite_guardian(tx, elder, LI, LIMIT, NOON)
    end_guardianship(tx, elder, bonds[0].id, NOON)
    assert invite_guardian(tx, elder, LI, LIMIT, NOON)


def test_only_who_was_invited_accepts(tx: Tx) -> None:
    elder, other = logged_in(tx, person(tx)), logged_in(tx, person(tx, STRANGER))
    bond = invite_guardian(tx, elder, LI, LIMIT, NOON)
    for session in (elder, other):
        with raises("guardianship.unknown"):
            accept_guardianship(tx, session, bond.id, NOON)
    with raises("guardianship.unknown"):
        accept_guardianship(tx, other, uuid4(), NOON)


@pytest.mark.parametrize("side", [0, 1])
def test_either_side_ends_it_alone(tx: Tx, side: int) -> None:
    elder, guardian, bond = family(tx)
    one = (elder, guardian)[side]
    end_guardianship(tx, one, bond.id, NOON + HOUR)
    assert guardianships_of(tx, elder.person, NOON + HOUR) == []
    assert not needs_approval(tx, elder.person, Money(10**9), NOON + HOUR)
    tell_guardians(tx, elder.person.id, RISK, NOON + HOUR)
    assert risk_events(tx, guardian.person) == []
    with raises("guardianship.unknown"):
        end_guardianship(tx, one, bond.id, NOON + HOUR)


def test_a_guardian_is_told_of_risks_since_he_accepted(tx: Tx) -> None:
    early = person(tx, STRANGER)
    elder, guardian, _ = family(tx)
    tell_guardians(tx, elder.person.id, RISK, NOON - SECOND)
    tell_guardians(tx, elder.person.id, RISK, NOON + HOUR)
    tell_guardians(tx, early.id, RISK, NOON + HOUR)
    (told,) = risk_events(tx, guardian.person)
    assert (told.ward, told.ward_name, told.text, told.at) == (
        elder.person.id,
        "王小明",
        RISK,
        NOON + HOUR,
    )


@pytest.mark.parametrize(("fen", "needed"), [(500_000, False), (500_001, True)])
def test_above_the_limit_both_must_agree(tx: Tx, fen: int, *, needed: bool) -> None:
    elder, guardian, _ = family(tx)
    assert needs_approval(tx, elder.person, Money(fen), NOON) is needed
    assert not needs_approval(tx, guardian.person, Money(fen), NOON)


@pytest.mark.parametrize(("approved", "ruling"), [(True, Ruling.APPROVED), (False, Ruling.REFUSED)])
def test_a_guardian_rules_once_on_what_he_is_asked(
    tx: Tx, ruling: Ruling, *, approved: bool
) -> None:
    elder, guardian, _ = family(tx)
    key = UUID(int=7)
    asked = ask_approval(tx, elder.person, key, ORDER, NOON)
    assert ask_approval(tx, elder.person, key, ORDER, NOON + SECOND) == asked
    assert approvals_waiting(tx, guardian.person, NOON) == [asked]
    assert (asked.order, asked.ruling(NOON)) == (ORDER, Ruling.WAITING)
    ruled = rule_approval(tx, guardian, key, NOON + HOUR, approved=approved)
    assert ruled.ruling(NOON + HOUR) is ruling
    assert approvals(tx, [key]) == {key: ruled}
    assert approvals_waiting(tx, guardian.person, NOON + HOUR) == []
    with raises("approval.over"):
        rule_approval(tx, guardian, key, NOON + HOUR, approved=True)


def test_a_request_expires_after_a_day(tx: Tx) -> None:
    elder, guardian, _ = family(tx)
    asked = ask_approval(tx, elder.person, uuid4(), ORDER, NOON)
    late = asked.expires_at
    assert late == NOON + timedelta(hours=24)
    assert asked.ruling(late) is Ruling.EXPIRED
    assert approvals_waiting(tx, guardian.person, late) == []
    with raises("approval.over"):
        rule_approval(tx, guardian, asked.id, late, approved=True)


def test_nobody_else_rules_and_least_of_all_the_ward_himself(tx: Tx) -> None:
    elder, guardian, bond = family(tx)
    other = logged_in(tx, person(tx, STRANGER))
    asked = ask_approval(tx, elder.person, uuid4(), ORDER, NOON)
    for session in (elder, other):
        with raises("approval.over"):
            rule_approval(tx, session, asked.id, NOON, approved=True)
    end_guardianship(tx, guardian, bond.id, NOON)
    with raises("approval.over"):
        rule_approval(tx, guardian, asked.id, NOON, approved=True)
    with pytest.raises(psycopg.errors.CheckViolation):
        tx.run(
            "INSERT INTO parties.co_approval_ruling VALUES (%s, %s, %s, true, now())",
            (asked.id, elder.person.id, elder.person.id),
        )
