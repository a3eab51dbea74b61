"""Pre-approvals as PostgreSQL's binary COPY format, built by numpy, and the hash of a run's rows.

Every row is of one length, so what the server gives back is, byte for byte, what was hashed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from heliu.credit.acquisition.domain.columns import Ints, cuts
from heliu.credit.acquisition.domain.judging import Judged

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
PIECE: Final = 4096
_MOST: Final = 2**62
_FIELDS: Final = (
    *(("run", ">i4"), ("rank", ">i4"), ("line", ">i4"), ("uscc", "S18"), ("limit", ">i8")),
    *(("draw", ">i8"), ("score", ">i2"), ("grade", ">i2")),
    *(("reason_1", ">i2"), ("reason_2", ">i2"), ("reason_3", ">i2"), ("reason_4", ">i2")),
)


def _tuple_type() -> tuple[np.dtype[np.void], NDArray[np.void]]:
    parts: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in _FIELDS:
        parts += [(f"{name}_size", ">i4"), (name, kind)]
    dtype = np.dtype(parts)
    blank = np.zeros(1, dtype)
    blank["fields"] = len(_FIELDS)
    for name, kind in _FIELDS:
        blank[f"{name}_size"] = np.dtype(kind).itemsize
    return dtype, blank


_ROW, _BLANK = _tuple_type()


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """A run's answers in the order of its list.

    `lines (n,) int32`, `codes (n,) S18`, `reasons (4, n)` numbers of the catalogue.
    """

    run: int
    lines: NDArray[Any]
    codes: NDArray[Any]
    judged: Judged
    reasons: NDArray[np.int16]


def pieces(answers: Answers) -> Iterator[NDArray[np.void]]:
    """The rows of a run by rank, 4,096 at a time: the largest expected draw first, then as listed.

    Every piece is written over when the next one is asked for.
    """
    judged, order = answers.judged, ranking(answers.judged.draw)
    room = np.repeat(_BLANK, min(PIECE, len(order)))
    room["run"] = answers.run
    for start, end in cuts(len(order), PIECE):
        rows, of = room[: end - start], order[start:end]
        rows["rank"] = np.arange(start + 1, end + 1)
        rows["line"], rows["uscc"] = answers.lines[of], answers.codes[of]
        rows["limit"], rows["draw"] = judged.limit[of], judged.draw[of]
        rows["score"], rows["grade"] = judged.score[of], judged.grade[of]
        for place, numbers in enumerate(answers.reasons, start=1):
            rows[f"reason_{place}"] = numbers[of]
        yield rows


def ranking(draw: Ints) -> Ints:
    """The places of `draw (n,)` (>= 0), largest first, equal ones in order."""
    size = len(draw)
    if int(draw.max(initial=0)) < _MOST // max(1, size):
        # One number a place, all different: sorting values is several times faster than places.
        return size - 1 - np.sort(draw * size + np.arange(size - 1, -1, -1))[::-1] % size
    return np.argsort(-draw, kind="stable")


def read_rows(copied: bytes) -> NDArray[np.void]:
    """The rows of a binary COPY out of the table, as they were put in."""
    return np.frombuffer(copied.removeprefix(HEADER).removesuffix(TRAILER), _ROW)


class Root:
    """SHA-256 over the SHA-256 of every 4,096 rows, in order of rank."""

    def __init__(self) -> None:
        self._whole = hashlib.sha256()

    def add(self, piece: NDArray[np.void]) -> memoryview:
        """Take in the next piece; answers with its bytes."""
        data = piece.view(np.uint8).data
        self._whole.update(hashlib.sha256(data).digest())
        return data

    def digest(self) -> bytes:
        """The root of all pieces so far."""
        return self._whole.digest()


def root(rows: NDArray[np.void]) -> bytes:
    """The root of a run's rows."""
    made = Root()
    for start, end in cuts(len(rows), PIECE):
        made.add(rows[start:end])
    return made.digest()
