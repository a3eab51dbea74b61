"""The schema's own promises, and every statement of the house PREPAREd against it."""

import importlib
import re
from pathlib import Path

import psycopg
import pytest

import heliu
from heliu.ground.db import Tx

ROOT = Path(heliu.__file__).parent
STORES = sorted(
    ".".join(("heliu", *path.relative_to(ROOT).with_suffix("").parts))
    for path in (*ROOT.rglob("store*.py"), ROOT / "ground" / "outbox.py")
)
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
HOUSE = (
    "ground",
    "books",
    "parties",
    "flows",
    "decisions",
    "payments",
    "credit",
    "oversight",
    "channels",
)
# Tables that are folds or registers and therefore change; all others are append-only.
MUTABLE = {
    "decisions.pair_state": "the fold of a pair's events",
    "decisions.marginal_state": "the fold over a party's pairs",
    "books.checkpoint": "a fold of the journal, dropped when a younger one stands",
    "books.checkpoint_balance": "a fold of the journal",
    "books.leaf": "notes when a leaf's indexes were built",
    "books.writer": "the lease; its epoch only rises",
    "channels.export": "made for one person, for a day",
    "channels.job": "how far long work is; what it was asked stays",
    "channels.parked_form": "what was typed, for minutes",
    "channels.table_draft": "a table about to be brought, for an hour",
    "channels.webhook_cursor": "only rises, guarded by channels.guard_cursor",
    "channels.webhook_delivery": "a fold of its attempts, guarded by channels.guard_delivery",
    "credit.contract_state": "the fold of a contract's events",
    "credit.instalment": "the current plan of a contract: a fold of its events",
    "credit.loan_application_state": "the fold of an application's events",
    "credit.limit_line": "the fold of its moves, guarded by credit.guard_limit",
    "credit.receivable": "a fold: the youngest verification of each receivable",
    "payments.order_state": "the fold of an order's events",
    "payments.bill_claim": "the transfer that pays a bill, let go when that ends unpaid",
    "payments.transfer_hold": "transfers held now: ordered and not ended, payments.guard_transfer",
    "books.voucher": "the fold of its events, guarded by books.guard_voucher",
    "books.voucher_financing": "paid and released once, guarded by books.guard_voucher_financing",
    "books.voucher_fragment": "the fold of its events, guarded by books.guard_voucher_fragment",
    "parties.challenge": "used once and swept when expired, guarded by parties.guard_challenge",
    "parties.lockout": "a fold: failures in a row",
    "parties.passkey": "its counter only rises, guarded by parties.guard_passkey",
    "parties.person_setting": "a person's own wishes",
    "parties.pin": "a secret that was replaced is not kept",
    "parties.session": "seen, and ended once, guarded by parties.guard_session",
    "flows.uniqueness_claim": "may be released once, guarded by flows.guard_claim",
}
# The journal's leaves are indexed when they are sealed; its key is guarded by books.transfer_key.
# Pre-approvals are appended by rank and never alone: the seal of their run hashes every row.
KEYED_ELSEWHERE = ["books.journal", "credit.pre_approval"]


def statements(module: str) -> list[tuple[str, str]]:
    names = vars(importlib.import_module(module))
    return [
        (name, value)
        for name, value in names.items()
        # What has {} is composed at run time (a leaf's name, a list) and run by its desk's tests.
        if isinstance(value, str) and STATEMENT.match(value) and "{}" not in value
    ]


@pytest.mark.parametrize("module", STORES)
def test_every_statement_of_a_store_fits_the_schema(module: str, tx: Tx) -> None:
    for name, sql in statements(module):
        numbered, count = sql.replace("%%", "%"), 0
        while (placeholder := re.search(r"%[sb]|%\((\w+)\)[sb]", numbered)) is not None:
            count += 1
            numbered = numbered.replace(placeholder[0], f"${count}", 1)
        try:
            tx.connection.execute(f"PREPARE check_{count} AS {numbered}".encode())
            tx.connection.execute(f"DEALLOCATE check_{count}".encode())
        except psycopg.Error as error:
            pytest.fail(f"{module}.{name}: {error}")


def test_every_table_names_its_desk_and_has_a_key(tx: Tx) -> None:
    rows = tx.rows(
        """
        SELECT n.nspname || '.' || c.relname, obj_description(c.oid),
          EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition""",
        (list(HOUSE),),
    )
    assert rows
    assert [t for t, comment, _ in rows if not comment or "Desk: " not in comment] == []
    assert sorted(t for t, _, keyed in rows if not keyed) == KEYED_ELSEWHERE


def test_what_is_not_a_fold_is_append_only(tx: Tx) -> None:
    rows = tx.rows(
        """
        SELECT n.nspname || '.' || c.relname,
          EXISTS (
            SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
              AND (t.tgtype & 2) = 2 AND p.proname LIKE '%%refuse%%'
          )
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition""",
        (list(HOUSE),),
    )
    unguarded = {table for table, guarded in rows if not guarded}
    assert unguarded == set(MUTABLE)


def test_no_two_desks_share_an_advisory_lock() -> None:
    # Two desks once chose the same number: each waited for the other's lock for ever.
    source = ROOT
    numbers = [
        number
        for path in sorted(source.rglob("*.py"))
        for number in re.findall(r"\b7263\d\d\b", path.read_text(encoding="utf-8"))
    ]
    assert numbers
    assert len(set(numbers)) == len(numbers)
