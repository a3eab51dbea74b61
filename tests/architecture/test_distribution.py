"""Past one machine: every hot table has its distribution column, every hot statement carries it.

`docs/runbooks/distribute.sql` says which column places which table; ADR 8 says why.
"""

import importlib
import re
from pathlib import Path

import psycopg
import pytest
from tests.architecture.test_database import STORES, statements

from heliu.ground.db import Tx

SCRIPT = Path(__file__).parents[2] / "docs" / "runbooks" / "distribute.sql"
PLACED = dict(re.findall(r"\('(\w+\.\w+)', '(\w+)'\)", SCRIPT.read_text(encoding="utf-8")))
# Written by every act, in whatever room.
HOT = {
    "books.batch",
    "books.evidence_head",
    "books.evidence_leaf",
    "books.evidence_node",
    "books.journal",
    "books.pending",
    "books.resolution",
    "books.transfer_key",
    "credit.act",
    "credit.application",
    "credit.limit_line",
    "credit.limit_move",
    "credit.loan",
    "credit.loan_event",
    "credit.receivable",
    "decisions.feature_event",
    "decisions.pair_state",
    "decisions.verdict",
    "flows.uniqueness_claim",
    "ground.fact",
    "payments.order_state",
    "payments.payment_order",
}
REFERENCE = {
    "flows.uniqueness_claim": "one receivable is financed once whatever the programme: every node"
    " holds all claims, and a batch of them is one distributed commit",
}
NOT_YET = {
    "books.evidence_head": "one log for the whole bank: a log for each ledger shard comes with it",
    "books.evidence_leaf": "as its head",
    "books.evidence_node": "as its head",
    "credit.limit_line": "a supplier's line spans programmes: it is to be split into shares",
    "credit.limit_move": "as its lines",
    "credit.loan_event": "reaches its programme through its loan",
    "decisions.verdict": "reaches its programme through its application",
    "ground.fact": "one outbox for the whole bank: one for each node comes with it",
    "payments.order_state": "as its order",
    "payments.payment_order": "reaches its ledger shard through its payer's account",
}
# Modules that report over all shards or keep books in order, and never run in an act.
COLD = {
    "heliu.credit.applications.store_staff": "people of the bank look across all shards",
    "heliu.credit.loans.store_staff": "people of the bank look across all shards",
    "heliu.decisions.verdicts.store_staff": "people of the bank look across all shards",
    "heliu.books.ledger.store_laws": "verifies all shards",
    "heliu.books.ledger.store_read": "statements and trial balances read all shards",
    "heliu.credit.closing.store_export": "a supervisor's export reads all shards",
    "heliu.decisions.features.store_read": "recomputes a pair's history from all of it",
    "heliu.payments.orders.store_read": "reconciles all shards",
}
# Statements that do not carry the column of a table they touch: a distributed PostgreSQL asks all
# nodes, which is right and slower.
_FIRST = "the caller names an id and not its programme: this look-up finds the programme"
_WHOLE = "looks at all programmes on purpose"
EXEMPT = {
    "heliu.credit.applications.store.FIND": _FIRST,
    "heliu.credit.applications.store.LATEST": _FIRST,
    "heliu.credit.applications.store.PAYABLES_OF": "a buyer's payables of all programmes",
    "heliu.credit.applications.store.RECEIVABLES": _FIRST,
    "heliu.credit.applications.store.RECEIVABLES_OF": "a party's receivables of all programmes",
    "heliu.credit.instants.store.ACTS": _FIRST,
    "heliu.credit.instants.store.BY_PAYMENT": _FIRST,
    "heliu.credit.instants.store.BY_RESULT": _FIRST,
    "heliu.credit.instants.store.BY_SUBJECT": _FIRST,
    "heliu.credit.instants.store.LOANLESS": _WHOLE,
    "heliu.credit.instants.store.TALLY": _WHOLE,
    "heliu.credit.loans.store.ALL_LOANS": _WHOLE,
    "heliu.credit.loans.store.LOANS_BY_ID": _FIRST,
    "heliu.credit.loans.store.LOANS_BY_INVOICE": "cash names invoices of any programme",
    "heliu.credit.loans.store.LOANS_OF_RECEIVABLES": _FIRST,
    "heliu.credit.loans.store.LAST_OPENED": _WHOLE,
    "heliu.credit.loans.store.OPENED_SINCE": _WHOLE,
    "heliu.credit.loans.store_laws.VIOLATIONS": _WHOLE,
    "heliu.credit.loans.store._LOAN_COLUMNS": "a part of the statements above",
    "heliu.decisions.features.store.BY_GOODS": "looks for the same goods at all buyers",
    "heliu.decisions.features.store.BY_ID": "a document's events are known by their ids",
    "heliu.decisions.features.store.BY_PRINT": "looks for the same print at all buyers",
    "heliu.decisions.features.store.INVOICES": "cash names invoices of any buyer",
    "heliu.decisions.features.store.KNOWN_EVENTS": "a document's events are known by their ids",
    "heliu.decisions.features.store.WAITING_CASH": "cash looks for its invoice at all buyers",
}
# Statements whose conflict target is the narrow key: it is widened with the key.
NARROW = {
    "heliu.credit.applications.store.ADD": "by application",
    "heliu.credit.applications.store.KEEP": "by receivable",
}
TOUCHES = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|COPY)\s+(\w+\.\w+?)(?:_\{[^}]*\})?(?=[\s(]|$)")


def texts(module: str) -> dict[str, str]:
    """Every constant of a store that is a statement, also those composed at run time."""
    names = vars(importlib.import_module(module))
    return {
        name: text for name, text in names.items() if isinstance(text, str) and name != "__doc__"
    }


def carries(text: str, table: str) -> bool:
    """Whether a statement writes a table's column, or looks for rows by it."""
    column = PLACED[table]
    listed = rf"(?:INTO|COPY) {table}(?:_\{{[^}}]*\}})?\s*\([^)]*\b{column}\b"
    asked = rf"\b{column}\b(?:, [\w.]+)*\)?\s*(?:=|IN\b)|= \w+\.{column}\b"
    return re.search(rf"{listed}|{asked}", text) is not None


def silent(module: str) -> list[str]:
    """Statements of a module that touch a placed table and do not carry its column."""
    return [
        f"{module}.{name}"
        for name, text in texts(module).items()
        for table in TOUCHES.findall(text)
        if table in PLACED and not carries(text, table)
    ]


def unfit(module: str, tx: Tx) -> list[str]:
    """Statements of a module that cannot be planned any more, as arbiters are chosen then."""
    found = []
    for name, sql in statements(module):
        numbered, count = re.sub("%%", "%", sql), 0
        while (placeholder := re.search(r"%[sb]|%\((\w+)\)[sb]", numbered)) is not None:
            count += 1
            numbered = numbered.replace(placeholder[0], f"${count}", 1)
        given = f"({', '.join(['NULL'] * count)})" if count else ""
        try:
            with tx.connection.transaction(force_rollback=True):
                tx.connection.execute(f"PREPARE fit AS {numbered}".encode())
                tx.connection.execute(f"EXPLAIN EXECUTE fit{given}".encode())
        except psycopg.errors.InvalidColumnReference:
            found.append(f"{module}.{name}")
        finally:
            tx.connection.execute("DEALLOCATE ALL")
    return found


def test_every_hot_table_is_placed_or_says_why_not() -> None:
    assert set(PLACED) | set(REFERENCE) | set(NOT_YET) >= HOT
    assert not set(PLACED) & (set(REFERENCE) | set(NOT_YET))


def test_every_distribution_column_is_there_and_never_empty(tx: Tx) -> None:
    rows = tx.rows(
        """
        SELECT c.table_schema || '.' || c.table_name, c.column_name, c.is_nullable
        FROM information_schema.columns c
        WHERE c.table_schema || '.' || c.table_name = ANY(%s)""",
        (list(PLACED),),
    )
    assert {(table, column, "NO") for table, column in PLACED.items()} <= set(rows)


@pytest.mark.parametrize("module", sorted({*STORES} - {*COLD}))
def test_every_hot_statement_names_its_distribution_column(module: str) -> None:
    assert [name for name in silent(module) if name not in EXEMPT] == []


def test_no_exemption_outlives_its_reason() -> None:
    found = {name for module in STORES if module not in COLD for name in silent(module)}
    assert set(EXEMPT) <= found


def test_once_widened_every_unique_promise_holds_the_column_and_every_statement_still_fits(
    tx: Tx,
) -> None:
    tx.connection.execute(SCRIPT.read_text(encoding="utf-8").encode())
    narrow = tx.rows(
        """
        SELECT i.indexrelid::regclass::text
        FROM placed p
        JOIN pg_index i ON i.indrelid = p.relation AND i.indisunique
        JOIN pg_attribute d ON d.attrelid = p.relation AND d.attname = p.by_column
        WHERE d.attnum <> ALL(i.indkey::smallint[])"""
    )
    assert narrow == []
    assert {name for module in STORES for name in unfit(module, tx)} == set(NARROW)
