"""Whether two lines speak of the same good: item keys first, names only where keys are silent."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

STRONG: Final = ("standard", "buyer", "seller")
_CATEGORY: Final = re.compile(r"^\*[^*]+\*")  # *家用电器*冰箱 on Chinese invoices
_GTIN: Final = re.compile(r"\d{8,14}")


def same_item(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether at least one strong key agrees and none differs; else, without any, the names."""
    agree, differ = _compare(one, other)
    if agree or differ:
        return agree and not differ
    names = _name(one.get("name", "")), _name(other.get("name", ""))
    return bool(names[0]) and names[0] == names[1]


def other_item(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether a strong key differs: then no reference and no exclusion may pair the lines."""
    return _compare(one, other)[1]


def _compare(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[bool, bool]:
    pairs = [
        (_key(scheme, one[scheme]), _key(scheme, other[scheme]))
        for scheme in STRONG
        if one.get(scheme) and other.get(scheme)
    ]
    return any(a == b for a, b in pairs), any(a != b for a, b in pairs)


def _key(scheme: str, value: str) -> str:
    bare = _folded(value)
    # GTIN-8, -12 and -13 are GTIN-14 with leading zeros (GS1 General Specifications 3.3.2).
    return bare.zfill(14) if scheme == "standard" and _GTIN.fullmatch(bare) else bare


def _name(text: str) -> str:
    return _folded(_CATEGORY.sub("", text))


def _folded(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in kept if character.isalnum())
