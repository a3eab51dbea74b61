"""Identifiers: time-ordered uuid7 for what is new, derived uuids for what must be found again."""

import hashlib
import os
from datetime import datetime
from typing import Final
from uuid import UUID, SafeUUID

# Where RFC 9562 leaves the bits to us, and the bits it sets: version 8, variant 10.
_FREE_BITS: Final = ~(0xF << 76 | 0x3 << 62)
_VERSION_8: Final = 0x8 << 76 | 0x2 << 62
_new: Final = object.__new__
_set: Final = object.__setattr__
_sha256: Final = hashlib.sha256


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
    number = int.from_bytes(_sha256(spelled).digest()[:16], "big")
    return _uuid(number & _FREE_BITS | _VERSION_8)


def _uuid(number: int) -> UUID:
    # What UUID(int=number) does once it has asked what it was given; a dozen ids are an act.
    made = _new(UUID)
    _set(made, "int", number)
    _set(made, "is_safe", SafeUUID.unknown)
    return made
