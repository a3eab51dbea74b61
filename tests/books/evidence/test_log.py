"""The evidence log on the real database: appended with what it proves, proven, audited."""

import threading
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.books.evidence.api import (
    Entry,
    EvidenceAmbiguous,
    EvidenceContradicted,
    NotInEvidence,
    append,
    hold,
    leaves,
    prove_consistency,
    prove_inclusion,
    root,
    verify_log,
)
from heliu.books.evidence.domain.tree import EMPTY_ROOT, fold, hash_leaf
from heliu.books.evidence.verify_proof import consistent, included
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Fault

ONE_DATABASE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def entry(number: int, kind: str = "document", said: str = "") -> Entry:
    return Entry(kind, UUID(int=number), sha256(f"{number}{said}".encode()).hexdigest())


def entries(numbers: Sequence[int]) -> list[Entry]:
    return [entry(number) for number in numbers]


def disarm(tx: Tx) -> None:
    """What only the owner of the tables can do: switch the guards off and rewrite history."""
    tx.run("SET LOCAL session_replication_role = replica")
    tx.run("ALTER TABLE books.evidence_leaf DROP CONSTRAINT evidence_leaf_check")


def test_an_empty_log_has_the_root_of_nothing(tx: Tx) -> None:
    assert root(tx) == (0, EMPTY_ROOT)
    assert append(tx, []) == []
    assert verify_log(tx) == []


def test_entries_stand_in_the_order_in_which_they_were_given(tx: Tx) -> None:
    places = append(tx, entries([30, 10, 20]))
    assert [(p.subject_id.int, p.position) for p in places] == [(30, 0), (10, 1), (20, 2)]
    assert [leaf.position for leaf in leaves(tx, [UUID(int=20), UUID(int=30)])] == [0, 2]


def test_a_leaf_is_canonical_json_that_anybody_can_hash(tx: Tx) -> None:
    loan = Entry("loan", UUID(int=1), {"principal": 700, "currency": "CNY"})
    append(tx, [loan])
    (leaf,) = leaves(tx, [loan.subject_id])
    assert leaf.data == (
        b'{"body":{"currency":"CNY","principal":700},"kind":"loan",'
        b'"subject":"00000000-0000-0000-0000-000000000001"}'
    )
    assert leaf.leaf_hash == sha256(b"\x00" + leaf.data).digest()


def test_saying_the_same_again_changes_nothing(tx: Tx) -> None:
    first = append(tx, entries([1, 2]))
    before = root(tx)
    assert append(tx, entries([2, 1, 2])) == [first[1], first[0], first[1]]
    assert root(tx) == before


def test_saying_the_same_twice_in_one_batch_makes_one_leaf(tx: Tx) -> None:
    places = append(tx, entries([1, 1, 2]))
    assert [place.position for place in places] == [0, 0, 1]
    assert root(tx)[0] == 2


@pytest.mark.parametrize("batch", [[entry(3), entry(1, said="x")], [entry(3), entry(3, said="x")]])
def test_history_said_differently_is_refused_and_nothing_is_written(
    tx: Tx, batch: list[Entry]
) -> None:
    append(tx, entries([1, 2]))
    with pytest.raises(EvidenceContradicted, match=r"evidence\.contradicted"):
        append(tx, batch)
    assert root(tx)[0] == 2


def test_one_subject_may_have_a_leaf_of_each_kind(tx: Tx) -> None:
    append(tx, [entry(1, "loan"), entry(1, "loan.settled")])
    with pytest.raises(EvidenceAmbiguous, match=r"loan, loan\.settled"):
        prove_inclusion(tx, UUID(int=1))
    assert prove_inclusion(tx, UUID(int=1), kind="loan.settled").leaf.position == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [("Loan", "ab" * 32), ("loan", "AB" * 32), ("loan", "ab"), ("", {}), ("a b", {})],
)
def test_an_entry_is_well_formed(kind: str, body: str | dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        Entry(kind, UUID(int=1), body)


def test_a_rolled_back_transaction_leaves_no_hole(fresh: Database) -> None:
    with fresh.transaction() as tx:
        append(tx, entries(range(3)))
    with pytest.raises(RuntimeError), fresh.transaction() as tx:
        append(tx, entries(range(3, 9)))
        raise RuntimeError
    with fresh.transaction() as tx:
        assert append(tx, entries([9]))[0].position == 3
        assert verify_log(tx) == []


def test_appenders_at_the_same_time_queue_and_lose_nothing(fresh: Database) -> None:
    def work(worker: int) -> None:
        database = Database(fresh.url)
        for turn in range(8):
            # Worker 0 tells its own things; all tell thing number `turn`: one leaf it shall be.
            own = [1000 * (worker + 1) + 10 * turn + n for n in range(worker + 1)]
            with database.transaction() as tx:
                append(tx, entries([turn, *own]))
        database.close()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh.transaction() as tx:
        assert root(tx)[0] == 8 + 8 * (1 + 2 + 3 + 4)
        assert verify_log(tx) == []


def test_who_holds_the_log_makes_others_wait(fresh: Database) -> None:
    other = Database(fresh.url)
    with fresh.transaction() as tx:
        hold(tx)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            with other.transaction() as waiting:
                waiting.run("SET LOCAL lock_timeout = '50ms'")
                append(waiting, entries([1]))
        append(tx, entries([2]))
    other.close()


@ONE_DATABASE
@given(
    batches=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    picks=st.tuples(*[st.integers(0, 10**6)] * 3),
)
def test_every_leaf_is_proven_at_every_size_and_every_size_extends_the_one_before(
    fresh: Database, batches: list[int], picks: tuple[int, int, int]
) -> None:
    with fresh.transaction() as tx:
        start, _ = root(tx)
        for count in batches:
            append(tx, [Entry("document", uuid4(), "ab" * 32) for _ in range(count)])
        end, _ = root(tx)
        assert end == start + sum(batches)
        size = start + 1 + picks[0] % sum(batches)
        position = picks[1] % size
        proof = prove_inclusion(tx, position, size=size)
        assert (proof.size, proof.root) == root(tx, size)
        printed = {"leaf_data": proof.leaf.data.decode(), "root": proof.root.hex()}
        assert included(printed, position, size, list(proof.path))
        old = picks[2] % (end + 1)
        grown = prove_consistency(tx, old)
        roots = {"old_root": grown.old_root.hex(), "new_root": grown.new_root.hex()}
        assert consistent(roots, old, end, list(grown.path))


ASKS: dict[str, Callable[[Tx], object]] = {
    "an unknown subject": lambda tx: prove_inclusion(tx, UUID(int=77)),
    "a kind it has not": lambda tx: prove_inclusion(tx, UUID(int=1), kind="loan"),
    "a position beyond the end": lambda tx: prove_inclusion(tx, 5),
    "a size before it came": lambda tx: prove_inclusion(tx, UUID(int=4), size=4),
    "a size not reached": lambda tx: prove_inclusion(tx, UUID(int=4), size=6),
    "an old size not reached": lambda tx: prove_consistency(tx, 6),
    "an old size after the new": lambda tx: prove_consistency(tx, 5, 4),
    "less than nothing": lambda tx: prove_consistency(tx, -1),
    "a root not reached": lambda tx: root(tx, 6),
}


@pytest.mark.parametrize("ask", ASKS)
def test_what_is_not_there_cannot_be_proven(tx: Tx, ask: str) -> None:
    append(tx, entries(range(5)))
    with pytest.raises(NotInEvidence):
        ASKS[ask](tx)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE books.evidence_leaf SET kind = 'x'",
        "DELETE FROM books.evidence_leaf",
        "TRUNCATE books.evidence_leaf",
        "UPDATE books.evidence_node SET hash = sha256('x')",
        "DELETE FROM books.evidence_node",
        "TRUNCATE books.evidence_node",
        "UPDATE books.evidence_head SET root = sha256('x')",
        "DELETE FROM books.evidence_head",
        "TRUNCATE books.evidence_head",
        "INSERT INTO books.evidence_head (size, root) VALUES (9, sha256('x'))",
        """INSERT INTO books.evidence_leaf (position, kind, subject_id, hash, data)
        VALUES (3, 'loan', gen_random_uuid(), sha256('x'), 'x')""",
    ],
)
def test_the_database_itself_refuses_to_rewrite_history(tx: Tx, sql: LiteralString) -> None:
    append(tx, entries(range(3)))
    with pytest.raises(psycopg.errors.IntegrityError):
        tx.run(sql)


@pytest.mark.parametrize(
    ("sql", "codes"),
    [
        ("UPDATE books.evidence_leaf SET data = 'x' WHERE position = 3", ["leaf.changed leaf 3"]),
        (
            "UPDATE books.evidence_leaf SET hash = sha256('x') WHERE position = 10",
            ["leaf.changed leaf 10", "head.changed head 11"],
        ),
        (
            """UPDATE books.evidence_leaf SET data = 'x', hash = sha256('\\x0078'::bytea)
            WHERE position = 6""",
            [
                "head.changed head 7",
                "node.changed node 1/3",
                "node.changed node 2/1",
                "node.changed node 3/0",
                "head.changed head 11",
            ],
        ),
        ("DELETE FROM books.evidence_leaf WHERE position = 4", ["leaf.missing leaf 4"]),
        ("DELETE FROM books.evidence_leaf WHERE position = 10", ["head.without_leaves head 11"]),
        ("DELETE FROM books.evidence_head WHERE size = 11", ["leaf.without_head leaf 7"]),
        (
            "UPDATE books.evidence_head SET root = sha256('x') WHERE size = 7",
            ["head.changed head 7"],
        ),
        (
            "UPDATE books.evidence_node SET hash = sha256('x') WHERE (level, place) = (2, 0)",
            ["node.changed node 2/0"],
        ),
        (
            "DELETE FROM books.evidence_node WHERE (level, place) = (1, 2)",
            ["node.missing node 1/2"],
        ),
        (
            "INSERT INTO books.evidence_node (level, place, hash) VALUES (4, 0, sha256('x'))",
            ["node.stray node 4/0"],
        ),
    ],
)
def test_the_audit_names_what_was_tampered_with(
    tx: Tx, sql: LiteralString, codes: list[str]
) -> None:
    append(tx, entries(range(7)))
    append(tx, entries(range(7, 11)))
    assert verify_log(tx) == []
    disarm(tx)
    tx.run(sql)
    found = [f"{v.code.removeprefix('evidence.')} {v.place}" for v in verify_log(tx)]
    assert found == codes


def test_the_audit_stops_where_everything_is_broken(tx: Tx) -> None:
    append(tx, entries(range(5000)))
    disarm(tx)
    tx.run("UPDATE books.evidence_leaf SET data = 'x'")
    assert 100 <= len(verify_log(tx)) <= 4096


def test_a_lost_node_stops_proofs_and_appends_instead_of_inventing_hashes(
    tx: Tx, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(tx, entries(range(6)))
    disarm(tx)
    # The edge of the log that this process wrote last is at hand; another process reads it.
    monkeypatch.setattr("heliu.books.evidence.service._EDGES", {})
    tx.run("DELETE FROM books.evidence_node")
    with pytest.raises(Fault, match="lost node"):
        append(tx, [entry(6)])
    with pytest.raises(Fault, match="lost"):
        prove_inclusion(tx, 5)


def test_the_root_of_the_past_is_the_root_that_was_recorded_then(tx: Tx) -> None:
    hashes = [hash_leaf(entry(n).data()) for n in range(3)]
    recorded = []
    for number in range(3):
        append(tx, [entry(number)])
        recorded.append(root(tx))
    assert [root(tx, size) for size in (1, 2, 3)] == recorded
    assert recorded[0] == (1, fold(hashes[:1]))
