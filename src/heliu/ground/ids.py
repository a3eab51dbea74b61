"""Identifiers: time-ordered uuid7 for what is new, derived uuids for what must be found again."""

import hashlib
import os
from datetime import datetime
from typing import Final
from uuid import UUID

# Where RFC 9562 leaves the bits to us, and the bits it sets: version 8, variant 10.
_FREE_BITS: Final = ~(0xF << 76 | 0x3 << 62)
_VERSION_8: Final = 0x8 << 76 | 0x2 << 62


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
    spelled = b""
    for text in parts:
        data = text.encode()
        spelled += len(data).to_bytes(4, "big") + data
    number = int.from_bytes(hashlib.sha256(spelled).digest()[:16], "big")
    return UUID(int=number & _FREE_BITS | _VERSION_8)
