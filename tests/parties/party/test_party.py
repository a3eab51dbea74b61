"""The register of enterprises: versions in two times, and who is related to whom."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import LiteralString

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.ground.actor import SYSTEM
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.parties.party.api import (
    Account,
    AsOf,
    Party,
    Profile,
    Recorded,
    RecordParty,
    Relation,
    RelationKind,
    Role,
    Status,
    Tie,
    find_parties,
    record_parties,
    related_pairs,
)
from heliu.parties.party.domain.history import History

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
MORNING, NOON = (datetime(2026, 5, 20, hour, tzinfo=UTC) for hour in (1, 4))
MILL = Profile(
    "91350100M000100Y43",
    "闽江纸业有限公司",
    "Minjiang Paper",
    roles=frozenset({Role.SUPPLIER, Role.CARRIER}),
    legal_representative="赵一",
    phone="0591-88881234",
    address="福州市江滨路 8 号",
    registered_on=date(2015, 6, 1),
    accounts=(Account("35001001", "江滨银行"), Account("35001002")),
    relations=(
        Relation(RelationKind.SHAREHOLDER, "钱二", None, Decimal("0.6")),
        Relation(RelationKind.GUARANTOR, "闽江担保"),
    ),
)
PRESS = Profile("91110000000000019B", "书局印务")


def said(profile: Profile, on: date = MARCH, at: datetime = MORNING) -> RecordParty:
    return RecordParty(profile, on, at)


def recorded(tx: Tx, *commands: RecordParty) -> list[tuple[int, bool]]:
    outcomes = record_parties(tx, SYSTEM, commands)
    return [(o.party.version, o.changed) for o in outcomes if isinstance(o, Recorded)]


def test_an_enterprise_is_found_as_it_was_recorded(tx: Tx) -> None:
    assert recorded(tx, said(MILL)) == [(1, True)]
    assert find_parties(tx, [MILL.uscc, PRESS.uscc]) == {MILL.uscc: Party(MILL, 1, MARCH, MORNING)}


def test_saying_the_same_again_changes_nothing(tx: Tx) -> None:
    assert recorded(tx, said(MILL), said(MILL, APRIL, NOON)) == [(1, True), (1, False)]
    assert recorded(tx, said(MILL, MAY, NOON)) == [(1, False)]


def test_a_revocation_is_in_force_from_its_date_and_known_from_its_hour(tx: Tx) -> None:
    revoked = replace(MILL, status=Status.REVOKED)
    assert recorded(tx, said(MILL), said(revoked, APRIL, NOON)) == [(1, True), (2, True)]
    seen = {
        (on, at): find_parties(tx, [MILL.uscc], AsOf(on, at))
        for on in (MARCH, APRIL)
        for at in (MORNING, NOON)
    }
    assert {when: found[MILL.uscc].profile.status for when, found in seen.items()} == {
        (MARCH, MORNING): Status.ACTIVE,
        (MARCH, NOON): Status.ACTIVE,
        (APRIL, MORNING): Status.ACTIVE,
        (APRIL, NOON): Status.REVOKED,
    }


def test_news_of_the_past_does_not_replace_what_is_so_now(tx: Tx) -> None:
    old = replace(MILL, name_zh="闽江造纸厂")
    assert recorded(tx, said(MILL, APRIL), said(old, MARCH, NOON)) == [(1, True), (2, True)]
    assert find_parties(tx, [MILL.uscc])[MILL.uscc].profile == MILL
    assert find_parties(tx, [MILL.uscc], AsOf(MARCH, NOON))[MILL.uscc].profile == old


def test_an_enterprise_is_unknown_before_its_first_date(tx: Tx) -> None:
    recorded(tx, said(MILL, APRIL))
    assert find_parties(tx, [MILL.uscc], AsOf(MARCH, NOON)) == {}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"uscc": "GB123"}, "party.uscc_shape"),
        ({"uscc": "91350100M000100Y53"}, "party.uscc_organisation_check"),
        ({"uscc": "91350100M000100Y44"}, "party.uscc_check"),
        ({"name_zh": " "}, "party.name_missing"),
        ({"accounts": (Account("1"), Account("1"))}, "party.accounts"),
        ({"accounts": (Account(""),)}, "party.accounts"),
        ({"relations": (Relation(RelationKind.SHAREHOLDER, "钱二"),)}, "party.relation"),
        (
            {"relations": (Relation(RelationKind.SHAREHOLDER, "钱二", None, Decimal("1.01")),)},
            "party.relation",
        ),
        (
            {"relations": (Relation(RelationKind.GUARANTOR, "钱二", None, Decimal(1)),)},
            "party.relation",
        ),
        ({"relations": (Relation(RelationKind.GUARANTOR, ""),)}, "party.relation"),
    ],
)
def test_a_wrong_statement_is_refused_alone_and_without_personal_data(
    tx: Tx, change: dict[str, object], code: str
) -> None:
    wrong = replace(MILL, **change)  # type: ignore[arg-type]  # table of fields
    first, second = record_parties(tx, SYSTEM, [said(wrong), said(PRESS)])
    assert isinstance(first, Refusal)
    assert first.code == code
    assert not {"赵一", "0591", "钱二"} & set(f"{first} {first.reason} {first.facts}".split())
    assert isinstance(second, Recorded)
    assert list(find_parties(tx, [MILL.uscc, PRESS.uscc])) == [PRESS.uscc]


def test_personal_data_and_accounts_do_not_show_in_a_printed_party() -> None:
    printed = repr(Party(MILL, 1, MARCH, MORNING))
    assert not [
        secret for secret in ("赵一", "8888", "江滨路", "350010", "钱二") if secret in printed
    ]


def test_roles_the_bank_does_not_know_are_kept_as_other() -> None:
    assert Role("harbour_master") is Role.OTHER


def test_related_enterprises_are_related_on_the_day_and_not_before(tx: Tx) -> None:
    bought = replace(PRESS, phone="0591 8888 1234", legal_representative="赵一")
    recorded(tx, said(MILL), said(PRESS), said(bought, APRIL))
    both = [MILL.uscc, PRESS.uscc]
    assert related_pairs(tx, both, AsOf(MARCH, NOON)) == []
    (pair,) = related_pairs(tx, both)
    assert pair.ties == (Tie.LEGAL_REPRESENTATIVE, Tie.PHONE)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE parties.party_version SET status = 'active'",
        "DELETE FROM parties.party_account",
        "DELETE FROM parties.party_relation",
        "UPDATE parties.party SET first_recorded_at = now()",
    ],
)
def test_history_cannot_be_changed_even_by_hand(tx: Tx, change: LiteralString) -> None:
    recorded(tx, said(MILL))
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        tx.run(change)


def test_two_desks_speaking_of_one_enterprise_follow_each_other(fresh: Database) -> None:
    def speak(number: int) -> list[tuple[int, bool]]:
        with closing(Database(fresh.url)) as desk, desk.transaction() as tx:
            return recorded(tx, said(replace(MILL, name_en=f"Mill {number}")), said(PRESS))

    with ThreadPoolExecutor(4) as desks:
        outcomes = list(desks.map(speak, range(8)))
    assert sorted(first for first, _ in outcomes) == [(n, True) for n in range(1, 9)]
    assert sorted(second for _, second in outcomes) == [(1, False)] * 7 + [(1, True)]


statements = st.lists(
    st.builds(
        said,
        st.sampled_from([MILL, PRESS, replace(MILL, name_zh="新名"), replace(PRESS, phone=None)]),
        st.sampled_from([MARCH, APRIL, MAY]),
        st.sampled_from([MORNING, NOON]),
    ),
    max_size=8,
)


@given(commands=statements)
def test_replaying_statements_in_order_of_date_changes_nothing(
    commands: list[RecordParty],
) -> None:
    history = History([])
    ordered = sorted(commands, key=lambda command: command.effective_on)
    [history.record(command) for command in ordered]
    last = {(c.profile.uscc, c.effective_on): c for c in ordered}
    assert not any(history.record(command).changed for command in last.values())


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(statements, max_size=3))
def test_batches_of_any_size_answer_as_one_by_one(tx: Tx, batches: list[list[RecordParty]]) -> None:
    tx.run("SAVEPOINT example")
    history = History([])
    expected = [[history.record(command) for command in batch] for batch in batches]
    assert [record_parties(tx, SYSTEM, batch) for batch in batches] == expected
    tx.run("ROLLBACK TO SAVEPOINT example")
