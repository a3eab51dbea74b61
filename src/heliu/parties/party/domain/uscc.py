"""The unified social credit code (统一社会信用代码) and the organisation code inside it.

GB 32100-2015: 18 characters out of 31 (no I, O, S, V, Z): department, category, six digits of
administrative division (GB/T 2260), nine characters of organisation code, one check character of
modulus 31. GB 11714-1997: the organisation code's ninth character is its own check, modulus 11.
"""

import re
from enum import StrEnum
from typing import Final

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE: Final = re.compile(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
_BODY: Final = re.compile(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{8}}")
_MODULUS: Final = 31
_WEIGHTS: Final = tuple(pow(3, place, _MODULUS) for place in range(17))
_ORGANISATION_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHECKS: Final = "0123456789X"


class UsccFault(StrEnum):
    """What is wrong with a code that claims to be a USCC."""

    SHAPE = "shape"  # length, alphabet or the six digits of the division
    ORGANISATION_CHECK = "organisation_check"  # GB 11714, character 17
    CHECK = "check"  # GB 32100, character 18


def uscc_fault(code: str) -> UsccFault | None:
    """The first thing wrong with `code` (18 characters, upper case), or None if it is a USCC."""
    if not _SHAPE.fullmatch(code):
        return UsccFault.SHAPE
    if organisation_check(code[8:16]) != code[16]:
        return UsccFault.ORGANISATION_CHECK
    if uscc_check(code[:17]) != code[17]:
        return UsccFault.CHECK
    return None


def valid_uscc(code: str) -> bool:
    """Whether `code` is a unified social credit code by shape and both check characters."""
    return uscc_fault(code) is None


def uscc_check(first: str) -> str:
    """The 18th character over the first 17 (GB 32100-2015, 4.3: C18 = (31 - sum CiWi) mod 31)."""
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(first, _WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % _MODULUS]


def organisation_check(first: str) -> str:
    """The organisation code's ninth character over its first eight (GB 11714-1997, modulus 11)."""
    weighed = zip(first, _ORGANISATION_WEIGHTS, strict=True)
    return _ORGANISATION_CHECKS[-sum(_ORGANISATION_DIGITS.index(c) * w for c, w in weighed) % 11]


def complete_uscc(body: str) -> str:
    """The USCC of a 16-character body (department, category, division, eight of the organisation).

    Raises ValueError if `body` has not that shape.
    """
    if not _BODY.fullmatch(body):
        raise ValueError(f"not the body of a unified social credit code: {body!r}")
    first = body + organisation_check(body[8:])
    return first + uscc_check(first)
