"""Owners and guarantors of a party as one text attribute: `name=share=uscc`, joined by commas.

Share and USCC may be empty and are then left out from the right. A comma, equals sign or per cent
sign of a name is written as in a URL (RFC 3986, 2.1), so any name comes back as it was.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

_ESCAPES: Final = (("%", "%25"), (",", "%2C"), ("=", "%3D"))


class Tie(NamedTuple):
    """Another's name as registered, the share it holds (a decimal in text), and its USCC."""

    name: str
    share: str | None = None
    uscc: str | None = None


def write_ties(ties: Iterable[Tie]) -> str:
    """The ties in one text."""
    return ",".join(
        "=".join((_escaped(tie.name), tie.share or "", tie.uscc or "")).rstrip("=") for tie in ties
    )


def read_ties(text: str | None) -> list[Tie]:
    """The ties of what `write_ties` wrote."""
    return [_tie(*part.split("=")) for part in (text or "").split(",") if part]


def _tie(name: str, share: str = "", uscc: str = "") -> Tie:
    for plain, escape in reversed(_ESCAPES):
        name = name.replace(escape, plain)
    return Tie(name, share or None, uscc or None)


def _escaped(name: str) -> str:
    for plain, escape in _ESCAPES:
        name = name.replace(plain, escape)
    return name
