"""A request read into what a visit needs: cookies, wishes, what was typed, what was sent along."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from heliu.channels.pages import errors
from heliu.channels.pages.forms import Upload
from heliu.channels.pages.wishes import SIZES, Wishes
from heliu.channels.web.api import Language, language_of

Scope = MutableMapping[str, Any]

_MAX_FILES: Final = 50
_MAX_FIELDS: Final = 2000
_MAX_QUERY: Final = 50
_WISHES: Final = "heliu-wishes"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
YEAR_SECONDS: Final = 31_536_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read whole."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str
    fields: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """The first value of a field; empty if there is none."""
        values = self.fields.get(name)
        return values[0] if values else ""


def head_of(scope: Scope) -> Asked:
    """The request without its body."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qsl(
        scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=None
    )
    client = scope.get("client")
    return Asked(
        scope["method"],
        scope["path"],
        dict(query[:_MAX_QUERY]),
        headers,
        _cookies(headers.get("cookie", "")),
        client[0] if client else "",
    )


async def with_body(head: Asked, scope: Scope, receive: Any, limit: int) -> Asked:
    """The request with its form.

    Raises Refusal `page.too_large` before more than `limit` bytes are held, `page.malformed` if it
    is no form.
    """
    kind = head.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        raise errors.malformed()
    counted = _Counted(receive, limit)
    request = Request(scope, counted)
    try:
        async with request.form(
            max_files=_MAX_FILES, max_fields=_MAX_FIELDS, max_part_size=limit
        ) as form:
            fields: dict[str, list[str]] = {}
            files: dict[str, Upload] = {}
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    if value.filename:
                        label = name if name not in files else f"{name}.{len(files)}"
                        files[label] = Upload(value.filename[-200:], await value.read())
                else:
                    fields.setdefault(name, []).append(value)
    except MultiPartException as error:
        raise errors.malformed() from error
    except UnicodeDecodeError as error:
        raise errors.malformed() from error
    return Asked(
        head.method,
        head.path,
        head.query,
        head.headers,
        head.cookies,
        head.address,
        fields,
        files,
    )


def wishes_of(asked: Asked) -> Wishes:
    """How this visitor wants his pages: by cookie, his browser's language where it is silent."""
    said = asked.cookies.get(_WISHES, "").split(".")
    language, edition, theme, size = (said + [""] * 4)[:4]
    spoken = language_of(asked.headers.get("accept-language", "zh"))
    return Wishes(
        Language(language) if language in set(Language) else spoken,
        "care" if edition == "care" else "std",
        theme if theme in {"light", "dark"} else "",
        int(size) if size.isdigit() and int(size) < SIZES else 0,
    )


def wishes_cookie(wishes: Wishes) -> str:
    """The `Set-Cookie` header that keeps the wishes for a year."""
    value = f"{wishes.language.value}.{wishes.edition}.{wishes.theme}.{wishes.size}"
    return f"{_WISHES}={value}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax; HttpOnly"


def _cookies(header: str) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


class _Counted:
    """Receives a body of at most `limit` bytes."""

    def __init__(self, receive: Any, limit: int) -> None:
        self._receive, self._limit, self._size = receive, limit, 0

    async def __call__(self) -> Any:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            raise errors.too_large(self._limit)
        return message
