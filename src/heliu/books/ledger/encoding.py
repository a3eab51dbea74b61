"""Journal rows as PostgreSQL's binary COPY format, built by numpy, and the hash of a batch.

Every field of a tuple is a big-endian length and the value (PostgreSQL manual, COPY, "Binary
Format"). The body of a batch, without header and trailer, is what its hash covers; what is copied
has the ledger shard behind each tuple.
"""

import hashlib
import struct
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from heliu.books.ledger.domain.batch import KEY, Ints, Keys, Pending, Rows

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
SHARD: Final = 0
_SHARD_FIELD: Final = np.frombuffer(struct.pack(">ih", 2, SHARD), np.uint8)
_BATCH_HEAD: Final = struct.Struct(">qiqiq")


def _tuple_type(*fields: tuple[str, str]) -> tuple[np.dtype[np.void], np.ndarray]:
    """The dtype of a COPY tuple, and an array of one with counts and lengths filled in."""
    parts: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in fields:
        parts += [(f"{name}_size", ">i4"), (name, kind)]
    dtype = np.dtype(parts)
    blank = np.zeros(1, dtype)
    blank["fields"] = len(fields)
    for name, kind in fields:
        blank[f"{name}_size"] = np.dtype(kind).itemsize
    return dtype, blank


_JOURNAL, _JOURNAL_BLANK = _tuple_type(
    *(("seq", ">i8"), ("key", "V16"), ("debit", ">i8"), ("credit", ">i8"), ("amount", ">i8")),
    *(("code", ">i2"), ("phase", ">i2"), ("day", ">i4")),
)
_KEYS, _KEYS_BLANK = _tuple_type(("key", "V16"), ("seq", ">i8"), ("shard", ">i2"))
_PENDING, _PENDING_BLANK = _tuple_type(("seq", ">i8"), ("expires_us", ">i8"))
_RESOLUTION, _RESOLUTION_BLANK = _tuple_type(("pending_seq", ">i8"), ("seq", ">i8"))
_BALANCE, _BALANCE_BLANK = _tuple_type(
    *(("upto_seq", ">i8"), ("account", ">i8"), ("debits", ">i8"), ("credits", ">i8")),
    ("shard", ">i2"),
)
JOURNAL_TUPLE: Final = _JOURNAL.itemsize
PENDING_TUPLE: Final = _PENDING.itemsize
RESOLUTION_TUPLE: Final = _RESOLUTION.itemsize
KEYS_TUPLE: Final = _KEYS.itemsize
SHARD_SIZE: Final = len(_SHARD_FIELD)


def with_shard(body: bytes, size: int) -> bytes:
    """The tuples of `body`, each of `size` bytes, with the shard as one more field."""
    tuples = np.frombuffer(body, np.uint8).reshape(-1, size)
    out = np.empty((len(tuples), size + SHARD_SIZE), np.uint8)
    out[:, :size] = tuples
    out[:, 1] += 1  # the low byte of the number of fields
    out[:, size:] = _SHARD_FIELD
    return out.tobytes()


def journal_body(rows: Rows) -> bytes:
    """The journal tuples of `rows`, in order of seq."""
    out = np.repeat(_JOURNAL_BLANK, len(rows))
    out["seq"] = np.arange(rows.first_seq, rows.first_seq + len(rows))
    out["key"] = rows.key
    out["debit"], out["credit"], out["amount"] = rows.debit, rows.credit, rows.amount
    out["code"], out["phase"], out["day"] = rows.code, rows.phase, rows.day
    return out.tobytes()


def keys_body(rows: Rows) -> bytes:
    """The key guard's tuples of `rows`, sorted by key so that its index is filled in one sweep."""
    out = np.repeat(_KEYS_BLANK, len(rows))
    order = key_order(rows.key)
    out["key"] = rows.key[order]
    out["seq"], out["shard"] = order + rows.first_seq, SHARD
    return out.tobytes()


def pending_body(opened: Sequence[Pending]) -> bytes:
    """The expiry tuples of pending transfers."""
    out = np.repeat(_PENDING_BLANK, len(opened))
    out["seq"] = [pending.seq for pending in opened]
    out["expires_us"] = [pending.expires_us for pending in opened]
    return out.tobytes()


def resolution_body(closed: Sequence[tuple[Pending, int]]) -> bytes:
    """The tuples that say which pending transfer was resolved by which."""
    out = np.repeat(_RESOLUTION_BLANK, len(closed))
    out["pending_seq"] = [pending.seq for pending, _ in closed]
    out["seq"] = [seq for _, seq in closed]
    return out.tobytes()


def balances_body(upto_seq: int, account: Ints, debits: Ints, credits_: Ints) -> bytes:
    """The tuples of a checkpoint's balances."""
    out = np.repeat(_BALANCE_BLANK, len(account))
    out["upto_seq"], out["account"] = upto_seq, account
    out["debits"], out["credits"], out["shard"] = debits, credits_, SHARD
    return out.tobytes()


def key_order(key: Keys) -> Ints:
    """The order of keys as PostgreSQL sorts uuids (by byte), for the first eight bytes of them."""
    return np.argsort(np.ascontiguousarray(key).view(">u8")[::2].astype(np.uint64))


def batch_hash(
    prev: bytes, head: tuple[int, int, int, int, int], bodies: Sequence[bytes | memoryview]
) -> bytes:
    """SHA-256 over the previous hash, (no, epoch, first_seq, n, recorded microseconds), bodies."""
    digest = hashlib.sha256(prev)
    digest.update(_BATCH_HEAD.pack(*head))
    for body in bodies:
        digest.update(body)
    return digest.digest()


# A record as PostgreSQL's `record_send` writes it: the count, then type, length, value per field.
def _record_type(*fields: tuple[str, str]) -> np.dtype[np.void]:
    parts: list[tuple[str, str]] = [("fields", ">i4")]
    for name, kind in fields:
        parts += [(f"{name}_type", ">i4"), (f"{name}_size", ">i4"), (name, kind)]
    return np.dtype(parts)


_RECORD: Final = _record_type(
    *(("seq", ">i8"), ("key", "V16"), ("debit", ">i8"), ("credit", ">i8"), ("amount", ">i8")),
    *(("code", ">i2"), ("phase", ">i2"), ("day", ">i4")),
)


def read_records(data: bytes) -> NDArray[np.void]:
    """Journal records, as the server aggregated them, in order of seq (a structured array)."""
    found = np.frombuffer(data, _RECORD)
    seq = found["seq"].astype(np.int64)
    return found if (np.diff(seq) > 0).all() else found[np.argsort(seq, kind="stable")]


def records_body(records: NDArray[np.void]) -> bytes:
    """The COPY tuples of journal records: what was hashed when they were booked."""
    out = np.repeat(_JOURNAL_BLANK, len(records))
    for name in ("seq", "key", "debit", "credit", "amount", "code", "phase", "day"):
        out[name] = records[name]
    return out.tobytes()


assert KEY.itemsize == 16, "keys are UUIDs"  # noqa: PLR2004
