"""Identifiers: time-ordered uuid7 for what is new, derived uuids for what must be found again."""

import hashlib
import os
from datetime import datetime
from uuid import UUID


def uuid7(at: datetime) -> UUID:
    """A fresh version 7 UUID (RFC 9562, 5.7): 48 bits of milliseconds of `at`, 74 bits random."""
    millis = int(at.timestamp() * 1000)
    raw = bytearray(millis.to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | (raw[6] & 0x0F)
    raw[8] = 0x80 | (raw[8] & 0x3F)
    return UUID(bytes=bytes(raw))


def derived_id(*parts: str) -> UUID:
    """The same UUID for the same parts, always (RFC 9562, 5.8: version 8 over SHA-256).

    Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    raw = bytearray(digest.digest()[:16])
    raw[6] = 0x80 | (raw[6] & 0x0F)
    raw[8] = 0x80 | (raw[8] & 0x3F)
    return UUID(bytes=bytes(raw))
