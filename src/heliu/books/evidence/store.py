"""SQL of the evidence desk."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final
from uuid import UUID

from heliu.books.evidence.domain.log import Leaf, LeafPosition
from heliu.books.evidence.domain.tree import Node
from heliu.ground.db import Tx, columns

# The genesis head never changes: it is the one row all appenders queue for.
HOLD: Final = """
SELECT size
FROM books.evidence_head
WHERE size = 0
FOR UPDATE"""
LATEST_HEAD: Final = """
SELECT size, root
FROM books.evidence_head
ORDER BY size DESC
LIMIT 1"""
HEADS: Final = """
SELECT size, root
FROM books.evidence_head
WHERE size > %s AND size <= %s
ORDER BY size"""
HEADS_BEYOND: Final = """
SELECT size
FROM books.evidence_head
WHERE size > %s
ORDER BY size"""
EXISTING: Final = """
SELECT kind, subject_id, position, hash
FROM books.evidence_leaf
WHERE subject_id = ANY(%b::uuid[])"""
NODES: Final = """
SELECT n.level, n.place, n.hash
FROM unnest(%b::smallint[], %b::bigint[]) AS asked (level, place)
JOIN books.evidence_node n USING (level, place)
UNION ALL
SELECT 0::smallint, l.position, l.hash
FROM unnest(%b::bigint[]) AS asked (position)
JOIN books.evidence_leaf l USING (position)"""
LEAVES_OF: Final = """
SELECT kind, subject_id, position, hash, data
FROM books.evidence_leaf
WHERE subject_id = ANY(%s)
ORDER BY position"""
LEAVES_FROM: Final = """
SELECT kind, subject_id, position, hash, data
FROM books.evidence_leaf
WHERE position >= %s
ORDER BY position
LIMIT %s"""
LEAVES_OF_KIND: Final = """
SELECT kind, subject_id, position, hash, data
FROM books.evidence_leaf
WHERE kind = %s AND position >= %s
ORDER BY position
LIMIT %s"""
STRAY_NODES: Final = """
SELECT level, place
FROM books.evidence_node
WHERE (place + 1) * (1::bigint << level::integer) > %s
ORDER BY level, place
LIMIT 100"""
ADD_LEAVES: Final = """
INSERT INTO books.evidence_leaf (position, kind, subject_id, hash, data)
SELECT l.position, l.kind, l.subject_id, l.hash, l.data
FROM unnest(%b::bigint[], %b::text[], %b::uuid[], %b::bytea[], %b::bytea[])
  AS l (position, kind, subject_id, hash, data)"""
ADD_NODES: Final = """
INSERT INTO books.evidence_node (level, place, hash)
SELECT n.level, n.place, n.hash
FROM unnest(%b::smallint[], %b::bigint[], %b::bytea[]) AS n (level, place, hash)"""
ADD_HEAD: Final = "INSERT INTO books.evidence_head (size, root) VALUES (%b::bigint, %b::bytea)"


def hold(tx: Tx) -> None:
    """Queue for the right to append; held until the transaction ends."""
    tx.run(HOLD)


def latest_head(tx: Tx) -> tuple[int, bytes]:
    """Size and root of the log now."""
    row = tx.row(LATEST_HEAD)
    assert row is not None, "the genesis head is written by the migration"
    return row[0], row[1]


def heads(tx: Tx, after: int, upto: int) -> dict[int, bytes]:
    """Recorded roots by size, for sizes in (after, upto]."""
    return dict(tx.rows(HEADS, (after, upto)))


def heads_beyond(tx: Tx, size: int) -> list[int]:
    """Sizes of recorded heads larger than `size`."""
    return [row[0] for row in tx.rows(HEADS_BEYOND, (size,))]


def open_log(
    tx: Tx, keys: Collection[tuple[str, UUID]]
) -> tuple[int, bytes, dict[tuple[str, UUID], LeafPosition]]:
    """Hold the log; its size and root now, and the leaves about the same subjects as `keys`.

    Hopeful: there are none.
    """
    asked = [] if tx.hopeful else [(EXISTING, ([subject for _, subject in keys],))]
    _, head, *others = tx.reads((HOLD, ()), (LATEST_HEAD, ()), *asked)
    rows = others[0] if others else []
    found = [LeafPosition(*row) for row in rows]
    size, digest = head[0]
    return size, digest, {(leaf.kind, leaf.subject_id): leaf for leaf in found}


def nodes(tx: Tx, asked: Collection[Node]) -> dict[Node, bytes]:
    """Stored hashes of complete subtrees; what is not stored is absent."""
    inner = [node for node in asked if node.level]
    rows = tx.rows(
        NODES,
        (
            [node.level for node in inner],
            [node.place for node in inner],
            [node.place for node in asked if not node.level],
        ),
    )
    return {Node(level, place): digest for level, place, digest in rows}


def leaves_of(tx: Tx, subjects: Sequence[UUID]) -> list[Leaf]:
    """All leaves about `subjects`, in the order of the log."""
    return [Leaf(*row) for row in tx.rows(LEAVES_OF, (list(subjects),))]


def leaves_from(tx: Tx, position: int, limit: int) -> list[Leaf]:
    """Up to `limit` leaves at or after `position`, in the order of the log."""
    return [Leaf(*row) for row in tx.rows(LEAVES_FROM, (position, limit))]


def chunks_of_kind(tx: Tx, kind: str, limit: int) -> Iterator[list[Leaf]]:
    """All leaves of a kind in order, `limit` at a time."""
    position = 0
    while rows := tx.rows(LEAVES_OF_KIND, (kind, position, limit)):
        chunk = [Leaf(*row) for row in rows]
        yield chunk
        position = chunk[-1].position + 1


def chunks(tx: Tx, limit: int) -> Iterator[list[Leaf]]:
    """The whole log in order, `limit` leaves at a time."""
    position = 0
    while chunk := leaves_from(tx, position, limit):
        yield chunk
        position = chunk[-1].position + 1


def stray_nodes(tx: Tx, size: int) -> list[Node]:
    """Up to 100 stored nodes that a log of `size` leaves cannot have."""
    return [Node(*row) for row in tx.rows(STRAY_NODES, (size,))]


def add(
    tx: Tx,
    leaves: Sequence[Leaf],
    inner: Sequence[tuple[Node, bytes]],
    head: tuple[int, bytes],
) -> None:
    """Append leaves, the subtrees they completed and the new head."""
    tx.later(
        ADD_LEAVES,
        columns([(x.position, x.kind, x.subject_id, x.leaf_hash, x.data) for x in leaves]),
    )
    if inner:
        tx.later(ADD_NODES, columns([(*node, digest) for node, digest in inner]))
    tx.later(ADD_HEAD, head)
