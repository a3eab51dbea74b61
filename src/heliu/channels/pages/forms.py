"""Forms: what was typed, read field by field; what is wrong stands beside its field.

Nothing typed is lost: a form that is shown again shows what was given, right or wrong.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from heliu.ground.text import Text

_MISSING: Final = Text("请填写此项", "this is needed")
_MONEY: Final = Text("请填写金额，例如 1234.50", "write an amount such as 1234.50")
_FEN: Final = Text("金额最多到分", "an amount has at most two decimals")
_NUMBER: Final = Text("请填写整数", "write a whole number")
_DATE: Final = Text("请填写日期，例如 2026-03-31", "write a date such as 2026-03-31")
_CHOICE: Final = Text("请选择其中一项", "choose one of these")
_MAX_DIGITS: Final = 15
_AMOUNT: Final = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?")
_HUNDRED: Final = Decimal(100)
_CENTS: Final = -2

Kind = TypeVar("Kind", bound=StrEnum)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody sent: its name as he calls it, and all its bytes."""

    name: str
    body: bytes


@dataclass(slots=True)
class Form:
    """What was typed, by field; each reading that fails records why beside its field."""

    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: dict[str, Text] = field(default_factory=dict)

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, by field."""
        return {name: values[0] for name, values in self.given.items() if values}

    def shown(self, name: str, default: str = "") -> str:
        """What to show in the field: what was typed, else `default`."""
        values = self.given.get(name)
        return values[0] if values else default

    def many(self, name: str) -> list[str]:
        """Every value given under `name` (check boxes of a list)."""
        return list(self.given.get(name, ()))

    def flag(self, name: str) -> bool:
        """Whether the box was ticked."""
        return bool(self.given.get(name))

    def text(self, name: str, *, most: int = 200, needed: bool = True) -> str:
        """What was typed, trimmed, of at most `most` characters; empty only if not `needed`."""
        value = self.shown(name).strip()
        if not value and needed:
            self.wrong(name, _MISSING)
        elif len(value) > most:
            self.wrong(name, Text(f"最多 {most} 个字", f"at most {most} characters"))
            return value[:most]
        return value

    def money(self, name: str, *, least: int = 1, most: int | None = None) -> int | None:
        """An amount in fen, from what people write as yuan; None (and an error) if it is none."""
        said = _plain(self.shown(name)).replace(",", "").strip().removeprefix("¥").strip()
        if not said:
            self.wrong(name, _MISSING)
            return None
        if not _AMOUNT.fullmatch(said):
            self.wrong(name, _MONEY)
            return None
        yuan = Decimal(said)
        if int(yuan.as_tuple().exponent) < _CENTS:
            self.wrong(name, _FEN)
            return None
        fen = int(yuan * _HUNDRED)
        if fen < least:
            low = Decimal(least) / _HUNDRED
            self.wrong(name, Text(f"不少于 {low:.2f} 元", f"at least {low:.2f} yuan"))
            return None
        if most is not None and fen > most:
            high = Decimal(most) / _HUNDRED
            self.wrong(name, Text(f"不超过 {high:.2f} 元", f"at most {high:.2f} yuan"))
            return None
        return fen

    def number(self, name: str, *, least: int = 0, most: int = 10**9) -> int | None:
        """A whole number in [least, most]; None (and an error) otherwise."""
        said = _plain(self.shown(name)).strip()
        if not said.isascii() or not said.lstrip("-").isdigit() or len(said) > _MAX_DIGITS:
            self.wrong(name, _NUMBER)
            return None
        value = int(said)
        if not least <= value <= most:
            self.wrong(name, Text(f"应为 {least} 至 {most}", f"from {least} to {most}"))
            return None
        return value

    def date(self, name: str) -> date | None:
        """A date (ISO 8601); None (and an error) otherwise."""
        return self._read(name, date.fromisoformat, _DATE)

    def id(self, name: str) -> UUID | None:
        """An id of ours; None (and an error) otherwise."""
        return self._read(name, UUID, _CHOICE)

    def choice(self, name: str, kind: type[Kind]) -> Kind | None:
        """One of the values of an enumeration; None (and an error) otherwise."""
        return self._read(name, kind, _CHOICE)

    def wrong(self, name: str, why: Text) -> None:
        """Record `why` beside the field; the first thing wrong with a field is the one shown."""
        self.errors.setdefault(name, why)

    def _read(self, name: str, read: Callable[[str], Read], why: Text) -> Read | None:
        try:
            return read(_plain(self.shown(name)).strip())
        except ValueError:
            self.wrong(name, why)
            return None


def _plain(text: str) -> str:
    """Full-width digits and signs as an input method writes them, as plain ones."""
    return unicodedata.normalize("NFKC", text)
