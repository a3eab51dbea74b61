"""JSON as the door takes it: one value, no key twice, no NaN, no number or depth without end.

RFC 8259 leaves all of these to the reader; two readers that differ are how a signed amount
becomes another amount (I-JSON, RFC 7493, 2.2 and 2.3).
"""

import json
import re
from collections import Counter
from typing import Any, Final

from heliu.channels.web.catalogue import no

MAX_DEPTH: Final = 32
_MAX_DIGITS: Final = 40
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # an escape, not an escaped backslash


def parse_strictly(body: bytes) -> Any:
    """The value in `body`. Raises Refusal `json.malformed`, `.duplicate_key` or `.too_deep`."""
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
        )
        if b"\\u" in body:
            _check_texts(value)
    except UnicodeDecodeError as error:
        raise no("json.malformed", byte=error.start, reason="not UTF-8") from None
    except json.JSONDecodeError as error:
        raise no(
            "json.malformed", line=error.lineno, column=error.colno, reason=error.msg
        ) from None
    except UnicodeEncodeError:
        raise no("json.malformed", reason="half of a surrogate pair") from None
    except RecursionError:
        raise no("json.too_deep", limit=MAX_DEPTH) from None
    return value


def check_strictly(body: bytes) -> None:
    """Raise as `parse_strictly` if `body` is not JSON that the door takes."""
    _shallow(parse_strictly(body))


def check_quotes(body: bytes, quotes: int) -> None:
    """Raise as `parse_strictly` if an object of known keys and texts may hold a key twice.

    `quotes` is how many quotation marks the decoded value needs. Only a surplus or an escape is
    parsed again: the hot path counts once and goes on.
    """
    if body.count(b'"') > quotes or b"\\" in body:
        parse_strictly(body)


def _check_texts(value: Any) -> None:
    # PostgreSQL's texts know no NUL character, and UTF-8 no half of a surrogate pair.
    if _NUL.search(json.dumps(value, ensure_ascii=False).encode()):
        raise no("json.malformed", reason="a NUL character")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise no("json.duplicate_key", key=twice[:60])
    return made


def _constant(name: str) -> None:
    raise no("json.malformed", reason=f"{name} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise no("json.malformed", reason=f"a number of {len(digits)} digits")
    return int(digits)


def _shallow(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise no("json.too_deep", limit=MAX_DEPTH)
    if isinstance(value, dict):
        for inner in value.values():
            _shallow(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _shallow(inner, depth + 1)
