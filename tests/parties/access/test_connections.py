"""Connections: issued with rights, renewed, revoked, and never changed behind anybody's back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import psycopg
import pytest

from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.parties.access.api import (
    Connection,
    IssueConnection,
    Permission,
    Vault,
    connections,
    credential_of,
    issue,
    renew,
    require,
    revoke,
)

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLERK = Actor("staff:1")
VAULT = Vault(bytes(range(32)))
MAY = frozenset({Permission.ACTS_READ, Permission.FINANCINGS_WRITE})
ERP = IssueConnection("91350100M000100Y43", " ERP ", MAY, NOON + HOUR)


def test_a_connection_is_found_as_it_was_issued(tx: Tx) -> None:
    erp = issue(tx, CLERK, ERP, NOON)
    bank = issue(tx, CLERK, IssueConnection(None, "desk", frozenset(Permission)), NOON + HOUR)
    assert connections(tx) == [erp, bank]
    assert (erp.party_uscc, erp.name, erp.permissions) == (ERP.party_uscc, "ERP", MAY)
    assert erp.id.startswith("hk_")
    assert erp.id != bank.id


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"party_uscc": "91350100M000100Y44"}, "connection.party"),
        ({"party_uscc": ""}, "connection.party"),
        ({"name": " "}, "connection.name"),
        ({"name": "n" * 101}, "connection.name"),
        ({"permissions": frozenset()}, "connection.no_permission"),
        ({"permissions": frozenset({Permission.PROGRAMMES_RELEASE})}, "connection.bank_only"),
        ({"expires_at": NOON}, "connection.expiry_past"),
    ],
)
def test_a_connection_that_may_not_be_is_not_issued(
    tx: Tx, change: dict[str, object], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        issue(tx, CLERK, replace(ERP, **change), NOON)  # type: ignore[arg-type]  # table of fields
    assert refused.value.code == code
    assert connections(tx) == []


def test_what_was_not_granted_is_denied(tx: Tx) -> None:
    erp = issue(tx, CLERK, ERP, NOON)
    require(erp, Permission.ACTS_READ)
    with pytest.raises(Refusal, match=r"permission\.denied"):
        require(erp, Permission.PAYMENTS_WRITE)


def test_a_party_sees_its_own_and_the_bank_sees_all() -> None:
    erp = Connection("hk_1", "A", "ERP", MAY, NOON)
    assert erp.sees(frozenset("AB"))
    assert not erp.sees(frozenset("B"))
    assert not erp.sees(frozenset())
    assert replace(erp, party_uscc=None).sees(frozenset())


def test_a_renewed_connection_has_another_secret_and_the_same_key(tx: Tx) -> None:
    erp = issue(tx, CLERK, ERP, NOON)
    renewed = renew(tx, CLERK, erp.id, NOON + HOUR)
    assert connections(tx) == [renewed]
    old, new = credential_of(VAULT, erp), credential_of(VAULT, renewed)
    assert old.key == new.key
    assert old.secret != new.secret
    assert new.secret not in repr(renewed) + repr(new)


def test_a_revoked_connection_is_over_for_good(tx: Tx) -> None:
    erp = issue(tx, CLERK, ERP, NOON)
    revoke(tx, CLERK, [erp.id], NOON + HOUR)
    revoke(tx, CLERK, [erp.id], NOON + 2 * HOUR)
    assert connections(tx) == [replace(erp, revoked_at=NOON + HOUR)]
    with pytest.raises(Refusal, match=r"connection\.ended"):
        renew(tx, CLERK, erp.id, NOON)


def test_with_one_unknown_key_none_is_revoked(tx: Tx) -> None:
    erp = issue(tx, CLERK, ERP, NOON)
    with pytest.raises(Refusal, match=r"connection\.unknown"):
        revoke(tx, CLERK, [erp.id, "hk_stranger"], NOON)
    assert connections(tx) == [erp]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE parties.connection SET permissions = '{acts:read}'",
        "DELETE FROM parties.connection_secret",
        "DELETE FROM parties.connection_end",
    ],
)
def test_grants_cannot_be_changed_even_by_hand(tx: Tx, change: LiteralString) -> None:
    revoke(tx, CLERK, [issue(tx, CLERK, ERP, NOON).id], NOON)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        tx.run(change)


def test_the_database_lets_no_party_release_programmes(tx: Tx) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        tx.run(
            """
            INSERT INTO parties.connection (id, party_uscc, name, permissions, issued_at, issued_by)
            VALUES ('hk_aaaaaaaaaaaaaaaaaaaaaaaaaa', '91350100M000100Y43', 'x',
              '{programmes:release}', now(), 'x')"""
        )
