"""The Merkle tree of RFC 9162 (Certificate Transparency v2), section 2.1: hashes, roots, proofs.

A tree of n leaves is split at the largest power of two below n, so every subtree on the left is
complete. Only complete subtrees are kept, named by (level, place): level 0 are the leaves, and
(level, place) covers leaves [place << level, (place + 1) << level). All sizes are leaf counts.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

EMPTY_ROOT: Final = sha256(b"").digest()


class Node(NamedTuple):
    """A complete subtree: its level (0 = leaf) and its place on that level, from the left."""

    level: int
    place: int


def hash_leaf(data: bytes) -> bytes:
    """SHA-256(0x00 || data): the hash of one leaf (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + data).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): the hash of an inner node (RFC 9162, 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: its size and the complete subtrees that make its root."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """`peaks` are the hashes of `peak_nodes(0, size)`, in that order."""
        assert size.bit_count() == len(peaks), "a peak for every binary digit of the size"
        self.size = size
        self._peaks = list(peaks)

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The hashes of the complete subtrees, left to right."""
        return tuple(self._peaks)

    def push(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Append one leaf hash; returns the inner nodes that became complete, lowest first."""
        completed = []
        level, place, node = 0, self.size, leaf
        while place & 1:
            node = hash_children(self._peaks.pop(), node)
            level, place = level + 1, place >> 1
            completed.append((Node(level, place), node))
        self._peaks.append(node)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root over all leaves pushed so far."""
        return fold(self._peaks)


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root of a tree by the hashes of its complete subtrees, left to right."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = hash_children(peak, root)
    return root


def peak_nodes(start: int, end: int) -> list[Node]:
    """The complete subtrees that make up leaves [start, end), left to right.

    `start` is a multiple of the largest power of two that is at most `end - start`, as in every
    range that the recursion of RFC 9162 visits.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def inclusion_ranges(position: int, size: int) -> list[tuple[int, int]]:
    """The leaf ranges whose roots are the inclusion path of `position`, leaf first (2.1.3.1)."""
    assert 0 <= position < size
    ranges, start, end = [], 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if position < split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """The leaf ranges whose roots prove that `new` extends `old` (RFC 9162, 2.1.4.1).

    Empty for `old` = 0 (nothing to prove) and `old` = `new` (the roots are compared).
    """
    assert 0 <= old <= new
    if old in (0, new):
        return []
    ranges, start, end, known = [], 0, new, True
    while old != end:
        split = start + _split(end - start)
        if old <= split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start, known = split, False
    if not known:
        ranges.append((start, end))
    return ranges[::-1]


def needed(ranges: Sequence[tuple[int, int]]) -> set[Node]:
    """The stored nodes from which the roots of `ranges` are made."""
    return {node for bounds in ranges for node in peak_nodes(*bounds)}


def roots(ranges: Sequence[tuple[int, int]], stored: Mapping[Node, bytes]) -> tuple[bytes, ...]:
    """The root of each range. Raises KeyError for a node that is not in `stored`."""
    return tuple(fold([stored[node] for node in peak_nodes(*bounds)]) for bounds in ranges)


def _split(count: int) -> int:
    # The largest power of two smaller than `count` (> 1).
    return 1 << ((count - 1).bit_length() - 1)
