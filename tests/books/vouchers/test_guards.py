# ruff: noqa: S608 - a thief writes his statements by hand
"""The database's own guards: what no program may do to vouchers, and what the audit names."""

from contextlib import suppress

import psycopg
import pytest
from tests.books.vouchers.house import (
    BANK,
    CORE,
    MILL,
    MINE,
    NOON,
    Till,
    accepted,
    backed,
    done,
    finance,
    issue,
    key,
    redemption,
    split,
    the,
    transfer,
    whole,
)

from heliu.books.ledger.api import Ledger, Options
from heliu.books.vouchers.api import child_fragment, voucher_violations
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database, Tx

CHILD, OTHER = (child_fragment(key("split"), n) for n in (1, 2))
VOUCHER, WHOLE = the(), whole()
SHA = "0" * 64
TITLE = "INSERT INTO books.voucher_title SELECT"
AN_EVENT = "(SELECT e.id FROM books.voucher_event e LIMIT 1)"


@pytest.fixture
def parts(tx: Tx) -> Tx:
    """A voucher of 1000, split in 600 (sold on to MINE, then pledged) and 400."""
    accepted(tx, 1000)
    asked = split(WHOLE, 600, 400), transfer(CHILD, MINE), finance(CHILD, 500, by=MINE)
    assert done(tx, *asked) == ["divided", "transferred", "financed"]
    assert done(tx, issue(1000, "W", backing=(backed(1000, "other"),))) == ["drafted"]
    tx.flush()
    tx.run("SET CONSTRAINTS ALL IMMEDIATE")
    tx.run("SET CONSTRAINTS ALL DEFERRED")
    return tx


@pytest.mark.parametrize(
    ("law", "sql"),
    [
        ("V1", f"""INSERT INTO books.voucher_fragment (id, voucher_id, place, parent_id, amount,
            due_on, holder, hops, status, paid)
          SELECT gen_random_uuid(), voucher_id, 9, id, 1, due_on, holder, 0, 'held', 0
          FROM books.voucher_fragment WHERE id = '{WHOLE}'"""),
        ("V1", f"UPDATE books.voucher_fragment SET status = 'split' WHERE id = '{OTHER}'"),
        ("history", f"UPDATE books.voucher_fragment SET amount = 401 WHERE id = '{OTHER}'"),
        ("history", f"UPDATE books.voucher_fragment SET status = 'held' WHERE id = '{WHOLE}'"),
        ("history", f"DELETE FROM books.voucher_fragment WHERE id = '{OTHER}'"),
        ("V2", f"UPDATE books.voucher_fragment SET holder = 'X' WHERE id = '{OTHER}'"),
        ("V2", f"UPDATE books.voucher_fragment SET status = 'void' WHERE id = '{CHILD}'"),
        ("voucher_financing_lock", f"""INSERT INTO books.voucher_financing (id, fragment_id, kind,
            obligor, financier, amount, paid, registry_no, financed_on)
          SELECT (SELECT e.id FROM books.voucher_event e LIMIT 1), '{CHILD}', 'pledge',
            '{MINE}', 'X', 1, 0, 'other', '2026-03-02'"""),
        ("history", "UPDATE books.voucher_financing SET financier = 'X'"),
        ("history", "DELETE FROM books.voucher_financing"),
        ("history", f"""UPDATE books.voucher SET due_on = '2026-09-30'
          WHERE id = '{VOUCHER}'"""),
        ("foreign key", f"""INSERT INTO books.voucher_fragment (id, voucher_id, place, parent_id,
            amount, due_on, holder, hops, status, paid)
          SELECT gen_random_uuid(), voucher_id, 9, '{OTHER}', 400, '2027-01-01', holder, 0, 'held',
            0
          FROM books.voucher_fragment WHERE id = '{OTHER}'"""),
        ("V4", f"{TITLE} '{OTHER}', 1, {AN_EVENT}, 'THIEF', 'X', '{SHA}', '{SHA}', '2026-03-02'"),
        ("V4", f"{TITLE} '{OTHER}', 2, {AN_EVENT}, '{MILL}', 'X', '{SHA}', '{SHA}', '2026-03-02'"),
        ("V2", f"{TITLE} '{OTHER}', 1, {AN_EVENT}, '{MILL}', 'X', '{SHA}', '{SHA}', '2026-03-02'"),
        ("append-only", "UPDATE books.voucher_title SET transferee = 'X'"),
        ("V5", f"""INSERT INTO books.voucher_backing
          SELECT v.id, b.invoice_key, '', 'CNY', 1000, 1, '{SHA}'
          FROM books.voucher v, books.voucher_backing b
          WHERE v.id <> b.voucher_id"""),
        ("V6", f"UPDATE books.voucher_fragment SET paid = 5 WHERE id = '{OTHER}'"),
        ("V6", f"""INSERT INTO books.voucher_payout
          SELECT {AN_EVENT}, 1, '{OTHER}', '{MILL}', 5, gen_random_uuid()"""),
        ("sum of its parts", f"""UPDATE books.voucher SET paid = 5, last_no = last_no + 1
          WHERE id = '{VOUCHER}'"""),
        ("history", f"UPDATE books.voucher SET approved_by = 'X' WHERE id = '{VOUCHER}'"),
        ("history", "DELETE FROM books.voucher"),
        ("append-only", "UPDATE books.voucher_event SET payload = ''"),
        ("append-only", "DELETE FROM books.voucher_event"),
        ("do not sum", f"""INSERT INTO books.voucher_backing
          SELECT '{VOUCHER}', 'more', '', 'CNY', 1000, 1, '{SHA}'"""),
    ],
)  # fmt: skip
def test_the_database_refuses(parts: Tx, law: str, sql: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        assert parts.run(sql) > 0
        parts.run("SET CONSTRAINTS ALL IMMEDIATE")
    assert law in str(refused.value)


def test_who_drafted_cannot_have_approved_even_by_hand(tx: Tx) -> None:
    done(tx, issue(1000))
    with pytest.raises(psycopg.errors.CheckViolation):
        tx.run("UPDATE books.voucher SET approved_by = drafted_by, last_no = last_no + 1")


@pytest.fixture(scope="module")
def lived(told: Database) -> Database:
    """A voucher's whole life, and a draft beside it."""
    with Ledger.open(told, FixedClock(NOON), Options(wait_seconds=0.2)) as ledger:
        till = Till(ledger)
        with told.transaction() as tx:
            accepted(tx, 1000)
            done(tx, split(WHOLE, 600, 400), transfer(CHILD, MINE), finance(CHILD, 500, by=MINE))
            done(tx, issue(1000, "W", backing=(backed(1000, "other"),)))
            till.fund(tx, CORE, 1000)
            assert till.pay(tx, redemption(900)) == ["redeemed"]
    return told


class Undone(Exception):
    """What was tried is rolled back."""


def test_a_payout_is_never_taken_back(lived: Database) -> None:
    with pytest.raises(psycopg.Error, match="append-only"), lived.transaction() as tx:
        tx.run("DELETE FROM books.voucher_payout")


def test_the_audit_finds_nothing_where_nothing_was_changed(lived: Database) -> None:
    with lived.transaction() as tx:
        assert voucher_violations(tx) == []


@pytest.mark.parametrize(
    ("laws", "sql"),
    [
        ({"V2", "V7"}, "UPDATE books.voucher_fragment SET holder = 'THIEF' WHERE status = 'held'"),
        (
            {"V7"},
            "UPDATE books.voucher_event SET payload = replace(payload::text, '6', '7')::bytea",
        ),
        ({"V7"}, "DELETE FROM books.voucher_event WHERE no = 4"),
        ({"V7"}, "DELETE FROM books.evidence_leaf WHERE kind = 'voucher.event' AND position = 2"),
        ({"V7"}, "DELETE FROM books.evidence_leaf WHERE position > 4"),
        ({"V7"}, "UPDATE books.voucher_title SET deed_sha256 = basis_sha256"),
        ({"V7"}, "UPDATE books.voucher_backing SET document_sha256 = repeat('0', 64)"),
        ({"V4", "V7"}, "UPDATE books.voucher SET issuer = 'X'"),
        ({"V1", "V7"}, f"DELETE FROM books.voucher_fragment WHERE id = '{OTHER}'"),
        ({"V3", "V7"}, "UPDATE books.voucher SET due_on = due_on + 30"),
        ({"V2", "V7"}, "DELETE FROM books.voucher_title WHERE transferor = '" + CORE + "'"),
        ({"V5", "V7"}, f"""INSERT INTO books.voucher_backing
          SELECT '{the("W")}', invoice_key, '', 'CNY', 1000, 1, '{SHA}'
          FROM books.voucher_backing WHERE voucher_id = '{VOUCHER}'"""),
        ({"V6", "V7"}, "UPDATE books.voucher_payout SET amount = amount + 1"),
        ({"V6", "V7"}, "DELETE FROM books.voucher_payout WHERE payee = '" + BANK + "'"),
        ({"V6"}, "UPDATE books.voucher_payout SET transfer_key = gen_random_uuid()"),
    ],
)  # fmt: skip
def test_the_audit_names_what_somebody_with_all_rights_has_changed(
    lived: Database, laws: set[str], sql: str
) -> None:
    with suppress(Undone), lived.transaction() as tx:
        tx.run("SET LOCAL session_replication_role = replica")
        assert tx.run(sql) > 0
        assert {line.split(" ")[0] for line in voucher_violations(tx)} == laws
        raise Undone
