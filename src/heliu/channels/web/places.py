"""What is wrong at one place of a request, in both languages, whichever decoder found it."""

import re
from collections.abc import Iterable
from typing import Final

from heliu.channels.web.problem import Place
from heliu.ground.text import Text

WORDS: Final = {
    "missing": Text("缺少此项", "this is missing"),
    "extra_forbidden": Text("没有此项", "there is no such member"),
    "string_type": Text("应为字符串", "this must be a string"),
    "string_pattern_mismatch": Text("格式不符", "this does not have the form asked for"),
    "string_too_short": Text("过短", "this is too short"),
    "string_too_long": Text("过长", "this is too long"),
    "uuid_parsing": Text("应为 UUID", "this must be a UUID"),
    "uuid_type": Text("应为 UUID", "this must be a UUID"),
    "int_parsing": Text("应为整数", "this must be a whole number"),
    "int_type": Text("应为整数", "this must be a whole number"),
    "list_type": Text("应为数组", "this must be an array"),
    "too_long": Text("项数过多", "there are too many items"),
    "too_short": Text("项数过少", "there are too few items"),
    "enum": Text("不在允许值之列", "this is not one of the values allowed"),
    "literal_error": Text("不在允许值之列", "this is not one of the values allowed"),
    "model_attributes_type": Text("应为对象", "this must be an object"),
    "dict_type": Text("应为对象", "this must be an object"),
    "greater_than_equal": Text("过小", "this is too small"),
    "less_than_equal": Text("过大", "this is too large"),
    "bool_parsing": Text("应为 true 或 false", "this must be true or false"),
}
OTHER: Final = Text("不合规", "this does not fit")
_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_MEMBER: Final = re.compile(r"^Object (missing required|contains unknown) field `(.*)`$", re.DOTALL)
_STARTS: Final = (
    ("Invalid UUID", "uuid_parsing"),
    ("Expected `uuid`", "uuid_type"),
    ("Expected `object", "dict_type"),
    ("Expected `array", "list_type"),
    ("Expected `str` matching", "string_pattern_mismatch"),
    ("Expected `str` of length <=", "string_too_long"),
    ("Expected `str` of length >=", "string_too_short"),
    ("Expected `str", "string_type"),
)


def pointer(steps: Iterable[object]) -> str:
    """The JSON pointer (RFC 6901) of these steps; a stranger's key is cut to what a name may be."""
    return "".join("/" + str(step)[:80].replace("~", "~0").replace("/", "~1") for step in steps)


def place_in_body(message: str) -> Place:
    """The place that a msgspec validation message names, as a place in the body."""
    found = _AT.match(message)
    assert found is not None, "the pattern takes every text"
    what = found["what"]
    steps: list[str] = [name or index for name, index in _STEP.findall(found["path"] or "")]
    if member := _MEMBER.match(what):
        kind = "missing" if member[1] == "missing required" else "extra_forbidden"
        return Place("body", pointer([*steps, member[2]]), WORDS[kind])
    code = next((code for start, code in _STARTS if what.startswith(start)), "")
    return Place("body", pointer(steps), WORDS.get(code, OTHER))
