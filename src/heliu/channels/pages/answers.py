"""What a handler answers: a page, a way to go on, or a file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

# Browsers read a backslash as a slash, and two slashes as another house.
_INSIDE: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_MAX_PATH: Final = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: a template with its model, or bytes, or a place to go on to."""

    status: int
    template: str | None = None
    model: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()

    def with_header(self, name: str, value: str) -> "Answer":
        """The same answer with one more header."""
        return Answer(
            self.status,
            self.template,
            self.model,
            self.body,
            self.kind,
            (*self.headers, (name, value)),
        )


def page(template: str, /, *, status: int = HTTPStatus.OK, **model: Any) -> Answer:
    """A page (or a part of one) from `template`, with its model."""
    return Answer(status, template, model)


def inside(said: str) -> str | None:
    """`said` if it is a path of this house, as a visitor may ask to be led to; else None."""
    return said if len(said) <= _MAX_PATH and _INSIDE.fullmatch(said) else None


def see_other(location: str) -> Answer:
    """Go on to `location`, a path of this house, with GET (303): after every form."""
    assert location.startswith("/"), "a way inside the house"
    assert not location.startswith("//"), "a way inside the house"
    return Answer(HTTPStatus.SEE_OTHER, headers=(("location", location),))


def download(name: str, kind: str, body: bytes) -> Answer:
    """A file to be kept, named `name`, of media type `kind`; never shown inside the house."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Answer(
        HTTPStatus.OK, body=body, kind=kind, headers=(("content-disposition", disposition),)
    )


def content(kind: str, body: bytes, *headers: tuple[str, str]) -> Answer:
    """Bytes of media type `kind` (a voice, a picture of our own making)."""
    return Answer(HTTPStatus.OK, body=body, kind=kind, headers=headers)
