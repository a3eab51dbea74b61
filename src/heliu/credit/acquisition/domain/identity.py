"""USCC check characters of a whole column at once (GB 32100-2015, GB 11714-1997).

The party desk's `uscc_fault` is the rule, code by code; a property test holds the two together.
"""

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from heliu.credit.acquisition.domain.columns import Bools, cuts
from heliu.parties.party.api import USCC_ALPHABET

LENGTH: Final = 18
_PIECE: Final = 65_536
_MODULUS, _ORGANISATION_MODULUS = 31, 11
_DIGITS: Final = "0123456789"
_ORGANISATION: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
# One sum holds both checks: the code's in the low 16 bits, the organisation's above them, and for
# what cannot stand in its place a number that no true code reaches.
_ABOVE: Final = 16
_IMPOSSIBLE: Final = 1 << 27


def valid(codes: NDArray[np.bytes_]) -> Bools:
    """Which of `codes (n,) S18` (upper case) are unified social credit codes."""
    found = np.empty(len(codes), np.bool_)
    letters = np.ascontiguousarray(codes).view(np.uint8).reshape(-1, LENGTH)
    pairs = letters.view("<u2")
    for start, end in cuts(len(codes), _PIECE):
        total = _TABLES[0][pairs[start:end, 0]]
        for place in range(1, LENGTH // 2):
            total += _TABLES[place][pairs[start:end, place]]
        check = (total & ((1 << _ABOVE) - 1)) % _MODULUS == 0
        organisation = (total >> _ABOVE) % _ORGANISATION_MODULUS == 0
        found[start:end] = check & organisation & (total < _IMPOSSIBLE)
    return found


def fixed(codes: pa.Array) -> NDArray[np.bytes_]:
    """Texts of 18 bytes each as `(n,) S18`, without a copy where the memory allows."""
    plain = codes.cast(pa.binary()).cast(pa.binary(LENGTH))
    start, end = plain.offset * LENGTH, (plain.offset + len(plain)) * LENGTH
    if not len(plain):
        return np.empty(0, f"S{LENGTH}")
    letters = np.frombuffer(plain.buffers()[1], np.uint8)[start:end]
    return letters.view(f"S{LENGTH}")


def fingerprints(codes: NDArray[np.bytes_]) -> NDArray[np.uint64]:
    """A number a code: equal for equal codes, and very rarely for others."""
    letters = np.ascontiguousarray(codes).view(np.uint8)
    made = np.zeros(len(codes), np.uint64)
    if not len(codes):
        return made
    for offset, factor in _FACTORS:
        part = np.ndarray(len(codes), "<u8", letters, offset, (LENGTH,))
        made ^= part * np.uint64(factor)
        made ^= made >> np.uint64(29)
    return made


# The first eight bytes, the middle ones and the last eight; large odd numbers, arbitrary but fixed.
_FACTORS: Final = ((0, 0x9E3779B97F4A7C15), (5, 0xC2B2AE3D27D4EB4F), (10, 0x165667B19E3779F9))


def _letter(place: int, letter: str) -> int:
    """What `letter` adds at `place` (0 to 17) to both sums."""
    allowed = _DIGITS if 2 <= place < 8 else USCC_ALPHABET  # noqa: PLR2004 - the division
    if letter not in allowed:
        return _IMPOSSIBLE
    # The check character closes its sum to a multiple of the modulus, so its own weight is 1.
    weight = 1 if place == LENGTH - 1 else pow(3, place, _MODULUS)
    own = 0
    if 8 <= place < 16:  # noqa: PLR2004 - the organisation
        own = _ORGANISATION.index(letter) * _ORGANISATION_WEIGHTS[place - 8]
    elif place == 16:  # noqa: PLR2004 - its check
        if letter not in _DIGITS + "X":
            return _IMPOSSIBLE
        own = (_DIGITS + "X").index(letter)
    return USCC_ALPHABET.index(letter) * weight + (own << _ABOVE)


def _tables() -> NDArray[np.int32]:
    """By pair of places and pair of bytes, what both add."""
    single = np.full((LENGTH, 256), _IMPOSSIBLE, np.int32)
    for place in range(LENGTH):
        for letter in USCC_ALPHABET:
            single[place, ord(letter)] = _letter(place, letter)
    # Little-endian: the second byte of a pair is the high one.
    both = np.minimum(single[1::2, :, None] + single[::2, None, :], _IMPOSSIBLE)
    return np.asarray(both.reshape(LENGTH // 2, 1 << 16), np.int32)


_TABLES: Final = _tables()
