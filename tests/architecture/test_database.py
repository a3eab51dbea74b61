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
HOUSE = ("ground", "books", "parties", "flows", "decisions", "credit")
# Tables that are folds or registers and therefore change; all others are append-only.
MUTABLE = {
    "books.checkpoint": "a fold of the journal, dropped when a younger one stands",
    "books.checkpoint_balance": "a fold of the journal",
    "books.leaf": "notes when a leaf's indexes were built",
    "books.writer": "the lease; its epoch only rises",
    "credit.limit_line": "the fold of its events, guarded by credit.guard_limit",
    "flows.uniqueness_claim": "may be released once, guarded by flows.guard_claim",
}
# The journal's leaves are indexed when they are sealed; its key is guarded by books.transfer_key.
KEYED_ELSEWHERE = ["books.journal"]


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
        while (placeholder := re.search(r"%s|%\((\w+)\)s", numbered)) is not None:
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
    assert [t for t, _, keyed in rows if not keyed] == KEYED_ELSEWHERE


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
