"""A run's columns as they are kept: Arrow IPC streams of at most 65,536 suppliers, compressed."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, Final, TypeAlias

import pyarrow as pa

from heliu.credit.acquisition.domain.columns import cuts

_PART: Final = 65_536
Part: TypeAlias = tuple[int, memoryview]
"""How many suppliers, and their columns as bytes."""

_OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="zstd")


def parts(pool: Executor, table: pa.Table) -> Iterator[Part]:
    """Every part of `table`, in order; `pool` compresses them from now on."""
    pieces = [table.slice(start, end - start) for start, end in cuts(len(table), _PART)]
    return pool.map(_part, pieces)


def _part(piece: pa.Table) -> Part:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, piece.schema, options=_OPTIONS) as writer:
        writer.write_table(piece)
    return len(piece), memoryview(sink.getvalue())


def joined(bodies: Sequence[bytes]) -> pa.Table:
    """The table that `parts` took apart (at least one part)."""
    return pa.concat_tables([pa.ipc.open_stream(body).read_all() for body in bodies])


def digest(table: pa.Table) -> str:
    """SHA-256 (hex) of a table's schema and values, however it is cut."""
    sink = _Hashing()
    with pa.ipc.new_stream(pa.PythonFile(sink, "w"), table.schema) as writer:
        writer.write_table(table.combine_chunks(), max_chunksize=_PART)
    return sink.sha256.hexdigest()


class _Hashing:
    """A file that keeps the hash of what is written."""

    closed = False

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""
