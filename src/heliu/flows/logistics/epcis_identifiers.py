"""GS1 identifiers: the number in a URN or Digital Link, an instance's class, a class's GTIN.

Sources: GS1 EPC Tag Data Standard 2.0 sections 6 and 8, GS1 Digital Link 1.3, GS1 General
Specifications section 7.9 (check digit).
"""

import re
from functools import lru_cache
from typing import Final

_SGTIN: Final = re.compile(r"urn:epc:id:sgtin:(\d+)\.(\d+)\.[^.\s]+")
_CLASS: Final = re.compile(r"urn:epc:(?:idpat:sgtin|class:lgtin):(\d+)\.(\d+)\.\S+")
_LINK: Final = re.compile(r"(https?://[^\s?#]*?/01/(\d{14}))(?=[/?#]|$)[^\s]*")
_LINK_SERIAL: Final = re.compile(r"/21/")
_GTIN_DIGITS: Final = 13  # of a GTIN-14, without its check digit


def last_segment(identifier: str) -> str:
    """The document number in a URN or URL: its last segment, query and fragment removed."""
    bare = identifier.partition("?")[0].partition("#")[0].rstrip("/:")
    return bare[max(bare.rfind("/"), bare.rfind(":")) + 1 :]


def instance_class(epc: str) -> str | None:
    """The class of a serialised trade item as an EPC pattern or Digital Link, else None."""
    found = _SGTIN.fullmatch(epc)
    if found is not None:
        return f"urn:epc:idpat:sgtin:{found[1]}.{found[2]}.*"
    linked = _LINK.fullmatch(epc)
    return linked[1] if linked is not None and _LINK_SERIAL.search(epc) else None


@lru_cache(maxsize=8192)
def gtin_of(epc_class: str) -> str | None:
    """The GTIN-14 of a class pattern, lot or Digital Link, None where it names no trade item."""
    found = _CLASS.fullmatch(epc_class)
    if found is not None:
        digits = found[2][0] + found[1] + found[2][1:]
        return digits + check_digit(digits) if len(digits) == _GTIN_DIGITS else None
    linked = _LINK.fullmatch(epc_class)
    return linked[2] if linked is not None else None


def check_digit(digits: str) -> str:
    """The GS1 check digit of `digits`: weights 3 and 1 from the right, modulo 10."""
    weighed = sum(
        int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits))
    )
    return str(-weighed % 10)
