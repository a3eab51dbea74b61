"""Routes of pages: each names the right it asks, or that it is public; nothing else builds."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, get_type_hints
from uuid import UUID

from heliu.ground.text import Text
from heliu.parties.identity.api import Right

if TYPE_CHECKING:
    from heliu.channels.pages.answers import Answer

FORM_BYTES: Final = 64 * 1024
_PARAMETER: Final = re.compile(r"\{([a-z_]+)\}")
_READERS: Final[Mapping[type, Callable[[str], object]]] = {
    str: str,
    int: int,
    UUID: UUID,
    date: date.fromisoformat,
}
_MAX_INT_DIGITS: Final = 18

Handler = Callable[..., "Answer"]


class Open(Enum):
    """The one answer besides a right to what a route asks of its visitor."""

    PUBLIC = "public"


PUBLIC: Final = Open.PUBLIC
Asked = Right | Literal[Open.PUBLIC]


@dataclass(frozen=True, slots=True)
class Route:
    """One page or form: where it is, what it asks of its visitor, who answers."""

    method: str
    path: str
    asks: Asked
    handler: Handler
    body_bytes: int
    pattern: re.Pattern[str]
    readers: Mapping[str, Callable[[str], object]]

    def parameters(self, path: str) -> dict[str, object] | None:
        """The path's parameters as the handler takes them; None if the path is another one."""
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        try:
            return {name: self.readers[name](text) for name, text in found.groupdict().items()}
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Entry:
    """A place people go to by the navigation of its area; `group` heads it where there are many."""

    href: str
    icon: str
    text: Text
    asks: Right
    group: Text | str = ""
    count: int | None = None


@dataclass(slots=True)
class Pages:
    """The pages of one desk; `desk` is also the folder name of its templates and texts."""

    desk: str
    routes: list[Route] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def get(self, path: str, asks: Asked) -> Callable[[Handler], Handler]:
        """Answer GET at `path` for visitors with the right `asks`."""
        return self._add("GET", path, asks, 0)

    def post(
        self, path: str, asks: Asked, *, body_bytes: int = FORM_BYTES
    ) -> Callable[[Handler], Handler]:
        """Take the form sent to `path`, of at most `body_bytes` with its files."""
        return self._add("POST", path, asks, body_bytes)

    def entry(self, entry: Entry) -> None:
        """Show a place in the navigation of those who have its right."""
        self.entries.append(entry)

    def _add(
        self, method: str, path: str, asks: Asked, body_bytes: int
    ) -> Callable[[Handler], Handler]:
        assert isinstance(asks, Right | Open), f"{path} names no right and is not public"

        def added(handler: Handler) -> Handler:
            route = Route(
                method, path, asks, handler, body_bytes, _compiled(path), _readers(handler, path)
            )
            self.routes.append(route)
            return handler

        return added


def _compiled(path: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(path)
    names = parts[1::2]
    fixed = [re.escape(part) for part in parts[::2]]
    groups = [f"(?P<{name}>[^/]+)" for name in names] + [""]
    return re.compile("".join(a + b for a, b in zip(fixed, groups, strict=True)))


def _readers(handler: Handler, path: str) -> dict[str, Callable[[str], object]]:
    hints: dict[str, Any] = {}
    wanted = _PARAMETER.findall(path)
    if wanted:
        hints = get_type_hints(handler)
    taken = list(inspect.signature(handler).parameters)[1:]
    assert sorted(taken) == sorted(wanted), f"{path}: the handler takes {taken}, not {wanted}"
    return {name: _small_int if hints[name] is int else _READERS[hints[name]] for name in wanted}


def _small_int(text: str) -> int:
    if len(text) > _MAX_INT_DIGITS or not text.isascii():
        raise ValueError(text)
    return int(text)
