"""Use cases of the evidence desk: append, prove, give the root, audit the whole log."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from heliu.books.evidence import store
from heliu.books.evidence.domain import tree
from heliu.books.evidence.domain.log import (
    ConsistencyProof,
    Entry,
    InclusionProof,
    Leaf,
    LeafPosition,
    Violation,
)
from heliu.books.evidence.errors import EvidenceAmbiguous, EvidenceContradicted, NotInEvidence
from heliu.ground.db import Tx
from heliu.ground.errors import Fault

_AUDIT_CHUNK: Final = 4096
# What transactions still have to append; an entry lives no longer than its transaction.
_WAITING: Final[WeakKeyDictionary[Tx, list[Entry]]] = WeakKeyDictionary()
_ENOUGH: Final = 100
# The right edges of logs written last, by size and root: a root names one tree, so an edge is true
# of every log that has it, whatever became of the transaction that made it.
_EDGES: Final[dict[tuple[int, bytes], tuple[bytes, ...]]] = {}
_EDGES_KEPT: Final = 8


def hold(tx: Tx) -> None:
    """Take the log's lock now, so that it comes before other locks of this transaction.

    Appending takes it anyway. Two transactions that hold other locks in common must either both
    append last or both hold first; see the desk's decision record.
    """
    store.hold(tx)


def append(tx: Tx, entries: Sequence[Entry]) -> list[LeafPosition]:
    """Make each entry a leaf, in order; one that is there already answers with its old place.

    The leaves become part of the log when `tx` commits; a rollback leaves no hole. Raises
    EvidenceContradicted, before anything is written, if a (kind, subject) was recorded with
    another body: what a transaction proves must be provable, so it cannot go on.
    """
    if not entries:
        return []
    size, digest_now, known = store.open_log(tx, {entry.key for entry in entries})
    fresh: list[Leaf] = []
    for entry in entries:
        data = entry.data()
        digest = tree.hash_leaf(data)
        before = known.get(entry.key)
        if before is None:
            position = size + len(fresh)
            known[entry.key] = LeafPosition(entry.kind, entry.subject_id, position, digest)
            fresh.append(Leaf(entry.kind, entry.subject_id, position, digest, data))
        elif before.leaf_hash != digest:
            raise EvidenceContradicted(entry.kind, entry.subject_id)
    if fresh:
        peaks = _EDGES.get((size, digest_now))
        frontier = tree.Frontier(size, peaks) if peaks else _frontier(tx, size)
        inner = [node for leaf in fresh for node in frontier.push(leaf.leaf_hash)]
        head = (frontier.size, frontier.root())
        store.add(tx, fresh, inner, head)
        _keep_edge(head, frontier)
    return [known[entry.key] for entry in entries]


def record(tx: Tx, entries: Sequence[Entry]) -> None:
    """Have entries appended at the end of `tx`, together with all others recorded in it.

    The lock that orders all appenders is so held for as short as can be. Raises (at the end) what
    `append` raises.
    """
    waiting = _WAITING.get(tx)
    if waiting is None:
        waiting = _WAITING[tx] = []

        def at_the_end() -> None:
            append(tx, _WAITING.pop(tx))

        tx.before_commit(at_the_end)
    waiting.extend(entries)


def root(tx: Tx, size: int | None = None) -> tuple[int, bytes]:
    """The log's size (leaves) and root (32 bytes), now or when it had `size` leaves.

    Raises NotInEvidence for a size the log has not reached.
    """
    now, digest = store.latest_head(tx)
    if size is None or size == now:
        return now, digest
    _within(size, now)
    return size, _frontier(tx, size).root()


def leaves(tx: Tx, subjects: Sequence[UUID]) -> list[Leaf]:
    """All leaves about `subjects`, in the order of the log."""
    return store.leaves_of(tx, subjects)


def leaves_of_kind(tx: Tx, kind: str) -> Iterator[list[Leaf]]:
    """All leaves of one kind, in the order of the log, in chunks."""
    return store.chunks_of_kind(tx, kind, _AUDIT_CHUNK)


def prove_inclusion(
    tx: Tx, of: UUID | int, *, kind: str | None = None, size: int | None = None
) -> InclusionProof:
    """Proof that a subject (UUID) or a leaf (position) is in the log of `size` leaves (now).

    Raises NotInEvidence if it is not, EvidenceAmbiguous if a subject has leaves of several kinds
    and `kind` names none.
    """
    leaf = _leaf(tx, of, kind)
    size, digest = root(tx, size)
    if leaf.position >= size:
        raise NotInEvidence(f"{of} @ {size}")
    return InclusionProof(
        leaf, size, digest, _roots(tx, tree.inclusion_ranges(leaf.position, size))
    )


def prove_consistency(tx: Tx, old: int, new: int | None = None) -> ConsistencyProof:
    """Proof that the log of `new` leaves (now) only added to the log of `old` leaves.

    Raises NotInEvidence for sizes the log has not reached, or for `old` > `new`.
    """
    new_size, new_root = root(tx, new)
    _within(old, new_size)
    _, old_root = root(tx, old)
    path = _roots(tx, tree.consistency_ranges(old, new_size))
    return ConsistencyProof(old, old_root, new_size, new_root, path)


def verify_log(tx: Tx) -> list[Violation]:
    """Recompute the whole log from its leaves; an empty list means that all laws hold.

    Every leaf is checked against its bytes, every stored subtree and every head against what the
    leaves make of it. A missing leaf ends the audit (nothing above it can be proven), and so does
    the hundredth violation.
    """
    audit = _Audit()
    for chunk in store.chunks(tx, _AUDIT_CHUNK):
        audit.chunk(tx, chunk)
        if audit.holed or len(audit.found) >= _ENOUGH:
            return audit.found
    size = audit.frontier.size
    for beyond in store.heads_beyond(tx, size):
        audit.note("head.without_leaves", f"head {beyond}", f"but the log has {size} leaves")
    if (latest := store.latest_head(tx)[0]) < size:
        audit.note(
            "leaf.without_head", f"leaf {latest}", "no head covers this leaf and those after"
        )
    for node in store.stray_nodes(tx, size):
        audit.note("node.stray", _name(node), "no complete subtree of this log")
    return audit.found


class _Audit:
    """One walk over the log: what was found and the right edge so far."""

    def __init__(self) -> None:
        self.found: list[Violation] = []
        self.frontier = tree.Frontier()
        self.holed = False

    def note(self, code: str, place: str, message: str) -> None:
        self.found.append(Violation(f"evidence.{code}", place, message))

    def chunk(self, tx: Tx, leaves: Sequence[Leaf]) -> None:
        start = self.frontier.size
        heads = store.heads(tx, start, start + len(leaves))
        stored = store.nodes(tx, _completed(start, start + len(leaves)))
        for leaf in leaves:
            if leaf.position != self.frontier.size:
                self.note("leaf.missing", f"leaf {self.frontier.size}", "nothing above is proven")
                self.holed = True
                return
            if tree.hash_leaf(leaf.data) != leaf.leaf_hash:
                self.note("leaf.changed", f"leaf {leaf.position}", "its bytes have another hash")
            self._grow(leaf.leaf_hash, stored)
            recorded = heads.get(self.frontier.size)
            if recorded not in (None, self.frontier.root()):
                self.note(
                    "head.changed", f"head {self.frontier.size}", "not the root of its leaves"
                )

    def _grow(self, leaf_hash: bytes, stored: dict[tree.Node, bytes]) -> None:
        for node, digest in self.frontier.push(leaf_hash):
            if node not in stored:
                self.note("node.missing", _name(node), "a complete subtree has no stored hash")
            elif stored[node] != digest:
                self.note("node.changed", _name(node), "not the hash of its two children")


def _completed(start: int, end: int) -> list[tree.Node]:
    # The inner nodes that leaves [start, end) complete.
    found: list[tree.Node] = []
    level = 1
    while end >> level:
        found.extend(tree.Node(level, place) for place in range(start >> level, end >> level))
        level += 1
    return found


def _name(node: tree.Node) -> str:
    return f"node {node.level}/{node.place}"


def _keep_edge(head: tuple[int, bytes], frontier: tree.Frontier) -> None:
    _EDGES[head] = frontier.peaks
    while len(_EDGES) > _EDGES_KEPT:
        # Two threads may drop the same one.
        _EDGES.pop(next(iter(_EDGES)), None)


def _within(size: int, now: int) -> None:
    if not 0 <= size <= now:
        raise NotInEvidence(f"size {size}")


def _frontier(tx: Tx, size: int) -> tree.Frontier:
    nodes = tree.peak_nodes(0, size)
    stored = store.nodes(tx, nodes)
    return tree.Frontier(size, [_present(stored, node) for node in nodes])


def _roots(tx: Tx, ranges: Sequence[tuple[int, int]]) -> tuple[bytes, ...]:
    stored = store.nodes(tx, tree.needed(ranges))
    try:
        return tree.roots(ranges, stored)
    except KeyError as error:
        raise Fault(f"the evidence log lost {error.args[0]}") from error


def _present(stored: dict[tree.Node, bytes], node: tree.Node) -> bytes:
    if node not in stored:
        raise Fault(f"the evidence log lost {_name(node)}")
    return stored[node]


def _leaf(tx: Tx, of: UUID | int, kind: str | None) -> Leaf:
    if isinstance(of, int):
        found = [leaf for leaf in store.leaves_from(tx, of, 1) if leaf.position == of]
    else:
        found = [leaf for leaf in store.leaves_of(tx, [of]) if kind in (None, leaf.kind)]
    if not found:
        raise NotInEvidence(str(of))
    if len(found) > 1 and isinstance(of, UUID):
        raise EvidenceAmbiguous(of, [leaf.kind for leaf in found])
    return found[0]
