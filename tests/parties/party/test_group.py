"""Groups of connected customers: by control and by guarantee, the same from every member."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.ground.actor import SYSTEM
from heliu.ground.db import Tx
from heliu.parties.party.api import (
    Account,
    Profile,
    RecordParty,
    Relation,
    RelationKind,
    Role,
    complete_uscc,
    group_of,
    record_parties,
)
from heliu.parties.party.domain.group import group_ids

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
SHAREHOLDER, GUARANTOR = RelationKind
CODES = [complete_uscc(f"91350100MA{n:06d}") for n in range(8)]
A, B, C, D = (
    Profile(code, f"{letter}商贸") for code, letter in zip(CODES, "甲乙丙丁", strict=False)
)


def owned(name: str, share: str, uscc: str | None = None) -> tuple[Relation, ...]:
    return (Relation(SHAREHOLDER, name, uscc, Decimal(share)),)


def backed(name: str, uscc: str | None = None) -> tuple[Relation, ...]:
    return (Relation(GUARANTOR, name, uscc),)


def told(tx: Tx, *profiles: Profile, on: date = MARCH) -> None:
    record_parties(tx, SYSTEM, [RecordParty(profile, on, NOON) for profile in profiles])


def together(tx: Tx, *profiles: Profile, on: date = MARCH) -> bool:
    """Whether they are one group, asked of all at once and of each alone."""
    groups = group_of(tx, [profile.uscc for profile in profiles], on)
    alone = {p.uscc: group_of(tx, [p.uscc], on)[p.uscc] for p in profiles}
    assert groups == alone
    return len(set(groups.values())) == 1


def test_who_is_unknown_or_stands_alone_is_his_own_group(tx: Tx) -> None:
    told(tx, A)
    assert group_of(tx, [A.uscc, B.uscc], MARCH) == {A.uscc: A.uscc, B.uscc: B.uscc}


@pytest.mark.parametrize(
    ("relations", "connected"),
    [
        (owned("甲商贸", "0.51", A.uscc), True),
        (owned("", "0.51", A.uscc), True),
        (owned("甲商贸", "0.51"), True),
        (owned("甲商贸", "0.5"), False),
        (owned("甲商贸 ", "0.51"), False),
        (backed("", A.uscc), True),
        (backed("甲商贸"), True),
        (backed("甲担保"), False),
    ],
)
def test_two_enterprises_are_connected_by_control_and_by_guarantee(
    tx: Tx,
    relations: tuple[Relation, ...],
    connected: bool,  # noqa: FBT001 - a table
) -> None:
    told(tx, A, replace(B, relations=relations))
    assert together(tx, A, B) is connected


@pytest.mark.parametrize(
    "owner", [("", D.uscc), ("丁控股有限公司", D.uscc), ("丁控股有限公司", None)]
)
def test_two_under_one_controller_the_bank_does_not_know_are_connected(
    tx: Tx, owner: tuple[str, str | None]
) -> None:
    told(
        tx,
        replace(B, relations=owned("丁控股有限公司", "0.9", D.uscc)),
        replace(C, relations=owned(owner[0], "0.6", owner[1])),
    )
    assert together(tx, B, C)


def test_control_goes_along_a_chain_and_the_group_is_called_by_its_smallest_code(tx: Tx) -> None:
    told(
        tx,
        replace(D, relations=owned("丙商贸", "1")),
        replace(C, relations=owned("", "0.6", A.uscc)),
        replace(B, relations=backed("丁商贸")),
    )
    assert together(tx, A, B, C, D)
    assert group_of(tx, [B.uscc], MARCH) == {B.uscc: min(p.uscc for p in (A, B, C, D))}


def test_a_professional_guarantor_connects_nobody(tx: Tx) -> None:
    told(
        tx,
        replace(A, roles=frozenset({Role.GUARANTOR})),
        replace(B, relations=backed("甲商贸")),
        replace(C, relations=backed("", A.uscc)),
        replace(D, relations=backed("", CODES[7])),
    )
    assert len(set(group_of(tx, [p.uscc for p in (A, B, C, D)], MARCH).values())) == 4


@pytest.mark.parametrize(
    ("first", "second", "connected"),
    [
        ({}, {}, False),
        ({"phone": "0591-8888 1234"}, {"phone": "(0591) 88881234"}, True),
        ({"phone": "0591-88881234"}, {"phone": "0591-88881235"}, False),
        ({"address": "福州市江滨路8号"}, {"address": "福建省福州市江滨路 8 号"}, True),
        ({"accounts": (Account("62 01"),)}, {"accounts": (Account("6201"),)}, True),
        ({"legal_representative": "张伟"}, {"legal_representative": "张伟"}, False),
    ],
)
def test_one_owners_name_connects_only_with_a_second_trace(
    tx: Tx,
    first: dict[str, object],
    second: dict[str, object],
    connected: bool,  # noqa: FBT001
) -> None:
    """Namesakes are common: a name alone would make one group of strangers."""
    zhang = owned("张伟", "0.9")
    one = replace(A, relations=zhang, **first)  # type: ignore[arg-type]  # table of fields
    other = replace(B, relations=zhang, **second)  # type: ignore[arg-type]  # table of fields
    told(tx, one, other)
    assert together(tx, one, other) is connected


def test_a_group_is_as_it_was_on_the_day(tx: Tx) -> None:
    told(tx, A, replace(B, relations=owned("甲商贸", "0.8")))
    told(tx, replace(B, relations=owned("甲商贸", "0.2")), on=APRIL)
    assert together(tx, A, B)
    assert not together(tx, A, B, on=APRIL)


links = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from([SHAREHOLDER, GUARANTOR]),
        st.integers(0, 7),
        st.booleans(),
        st.sampled_from(["0.4", "0.6"]),
    ),
    max_size=8,
)


def linked(drawn: list[tuple[int, RelationKind, int, bool, str]]) -> list[Profile]:
    relations: dict[int, list[Relation]] = {n: [] for n in range(6)}
    for of, kind, by, coded, share in drawn:
        uscc = CODES[by] if coded else None
        held = Decimal(share) if kind is SHAREHOLDER else None
        relations[of].append(Relation(kind, f"{by}号公司", uscc, held))
    return [Profile(CODES[n], f"{n}号公司", relations=tuple(relations[n])) for n in range(6)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=links)
def test_a_group_is_the_same_from_whichever_member_one_starts(
    tx: Tx, drawn: list[tuple[int, RelationKind, int, bool, str]]
) -> None:
    tx.run("SAVEPOINT example")
    profiles = linked(drawn)
    told(tx, *profiles)
    whole = group_ids({profile.uscc: profile for profile in profiles})
    assert group_of(tx, CODES[:6], MARCH) == {code: whole[code] for code in CODES[:6]}
    assert {code: group_of(tx, [code], MARCH)[code] for code in CODES[:6]} == {
        code: whole[code] for code in CODES[:6]
    }
    tx.run("ROLLBACK TO SAVEPOINT example")
