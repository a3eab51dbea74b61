"""What is written into the evidence log and what comes out of it: entries, leaves, proofs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from heliu.books.evidence.domain.canonical import canonical_json

_KIND: Final = re.compile(r"[a-z][a-z_]*(\.[a-z_]+)*")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing to prove: what kind it is, its id, and what is said of it.

    `body` is either a mapping (stored in the log as canonical JSON: no personal data, no account
    number) or the lower-case hex SHA-256 of bytes that are kept elsewhere.
    """

    kind: str
    subject_id: UUID
    body: Mapping[str, object] | str

    def __post_init__(self) -> None:
        assert _KIND.fullmatch(self.kind), "a kind is dotted lower-case words"
        assert not isinstance(self.body, str) or _DIGEST.fullmatch(self.body), "a digest is hex"

    @property
    def key(self) -> tuple[str, UUID]:
        """A thing is in the log once under its kind and id."""
        return self.kind, self.subject_id

    def data(self) -> bytes:
        """The leaf's bytes: canonical JSON of kind, subject and either body or sha256."""
        said = "sha256" if isinstance(self.body, str) else "body"
        return canonical_json({"kind": self.kind, "subject": self.subject_id, said: self.body})


class LeafPosition(NamedTuple):
    """Where an entry stands in the log (0 is the first leaf) and its leaf hash (32 bytes)."""

    kind: str
    subject_id: UUID
    position: int
    leaf_hash: bytes


class Leaf(NamedTuple):
    """A stored leaf: its place and the bytes it was hashed from."""

    kind: str
    subject_id: UUID
    position: int
    leaf_hash: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That `leaf` is in the log of `size` leaves with `root` (RFC 9162, 2.1.3)."""

    leaf: Leaf
    size: int
    root: bytes
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, object]:
        """The form that is printed and that `verify_proof.py` reads."""
        return {
            "format": "heliu-inclusion-proof",
            "version": 1,
            "leaf_data": self.leaf.data.decode(),
            "leaf_index": self.leaf.position,
            "tree_size": self.size,
            "root": self.root.hex(),
            "path": [node.hex() for node in self.path],
        }


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the log of `new_size` leaves begins with the log of `old_size` (RFC 9162, 2.1.4)."""

    old_size: int
    old_root: bytes
    new_size: int
    new_root: bytes
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, object]:
        """The form that is printed and that `verify_proof.py` reads."""
        return {
            "format": "heliu-consistency-proof",
            "version": 1,
            "old_size": self.old_size,
            "old_root": self.old_root.hex(),
            "new_size": self.new_size,
            "new_root": self.new_root.hex(),
            "path": [node.hex() for node in self.path],
        }


@dataclass(frozen=True, slots=True)
class Violation:
    """A law of the log that does not hold: which one, and where (leaf, node or head)."""

    code: str
    place: str
    message: str
