"""What an information flow document must be: its JSON Schema, and what no schema can say.

The schema travels with the package (`master_data.schema.json`) and is what a sender programs
against. Beyond it: check characters of the USCC (GB 32100-2015), real calendar days, periods that
do not end before they begin.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Final, NamedTuple

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from heliu.parties.party.api import valid_uscc

Json = Mapping[str, Any]
SCHEMA: Final[Json] = json.loads(
    files("heliu.flows.information").joinpath("master_data.schema.json").read_text("utf-8")
)
SECTIONS: Final = {
    "parties": "party",
    "approvals": "approval",
    "prices": "price",
    "warnings": "warning",
}
_FORMATS: Final = FormatChecker(formats=())
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_MAX_DEPTH: Final = 8
_SHOWN: Final = 60


class Fault(NamedTuple):
    """One thing wrong: code, JSON pointer below the thing checked, both languages."""

    code: str
    at: str
    zh: str
    en: str


@_FORMATS.checks("date", raises=ValueError)
def _is_day(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@_FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


def _validator(part: Json) -> Draft202012Validator:
    schema = {"$defs": SCHEMA["$defs"], **part}
    return Draft202012Validator(schema, format_checker=_FORMATS)


def _envelope_schema() -> Json:
    known = SCHEMA["properties"]
    bare = {section: {**known[section], "items": True} for section in SECTIONS}
    return {**SCHEMA, "properties": {**known, **bare}}


_ENVELOPE: Final = _validator(_envelope_schema())
_ITEMS: Final = {
    section: _validator({"$ref": f"#/$defs/{name}"}) for section, name in SECTIONS.items()
}


def envelope_faults(document: object) -> list[Fault]:
    """Faults of the document around its items: any of them refuses the whole."""
    if isinstance(document, dict):
        # The items are looked at one by one later: here only their number counts.
        document = {
            key: [None] * len(value) if key in SECTIONS and isinstance(value, list) else value
            for key, value in document.items()
        }
    faults = _schema_faults(_ENVELOPE, document)
    if not faults and isinstance(document, dict):
        faults.extend(_uscc_faults(document, "issuer"))
    return faults


def item_faults(section: str, item: object) -> list[Fault]:
    """Faults of one item of `section`: any of them drops that item only."""
    faults = _schema_faults(_ITEMS[section], item)
    if not faults and isinstance(item, dict):
        faults.extend(_BEYOND[section](item))
    return faults


def _schema_faults(validator: Draft202012Validator, value: object) -> list[Fault]:
    if _is_deep(value):
        zh, en = f"嵌套超过 {_MAX_DEPTH} 层", f"nested deeper than {_MAX_DEPTH} levels"
        return [Fault("too_deep", "", zh, en)]
    found = sorted(validator.iter_errors(value), key=lambda error: [str(p) for p in error.path])
    return list(dict.fromkeys(_fault(error) for error in found)) or list(_control_faults(value))


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [part for item in level for part in _parts(item)]
    return bool(level)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _control_faults(value: object, at: str = "") -> Iterator[Fault]:
    """Line breaks and other control characters, which a pattern's end lets through."""
    if isinstance(value, str) and _CONTROL.search(value):
        zh, en = "含有控制字符", "there is a control character"
        yield Fault("control_character", at, zh, en)
    parts = enumerate(value) if isinstance(value, list) else ()
    for key, item in value.items() if isinstance(value, dict) else parts:
        yield from _control_faults(item, f"{at}/{_token(key)}")


def _fault(error: ValidationError) -> Fault:
    at = "".join(f"/{_token(part)}" for part in error.absolute_path)
    return Fault(_CODES.get(str(error.validator), "value"), at, *_words(error))


_CODES: Final = {
    "required": "required",
    "additionalProperties": "unknown_field",
    "type": "type",
    "maxItems": "too_many",
}


def _words(error: ValidationError) -> tuple[str, str]:
    """What a breach of the schema says in Chinese and in English."""
    shown, wanted = _short(error.instance), error.validator_value
    given = error.instance if isinstance(error.instance, dict) else {}
    zh = f"{shown} 不符合 {error.validator}: {wanted}"
    en = f"{shown} fails {error.validator}: {wanted}"
    match error.validator:
        case "required" if isinstance(wanted, list):
            names = ", ".join(key for key in wanted if key not in given)
            zh, en = f"缺少必填字段 {names}", f"required: {names}"
        case "additionalProperties" if isinstance(error.schema, Mapping):
            known = error.schema.get("properties", {})
            names = ", ".join(_short(key) for key in given if key not in known)
            zh, en = f"未知字段 {names}", f"unknown field {names}"
        case "type":
            zh, en = f"{shown} 不是 {wanted} 类型", f"{shown} is not of type {wanted}"
        case "enum" | "const":
            choice = json.dumps(wanted, ensure_ascii=False)
            zh, en = f"{shown} 不在允许的取值 {choice} 之中", f"{shown} is not among {choice}"
        case "maxItems":
            zh, en = f"超过 {wanted} 项", f"more than {wanted} items"
        case "format":
            zh, en = f"{shown} 不是真实的日期或时间", f"{shown} is no real date or time"
    return zh, en


def _token(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _short(value: object) -> str:
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = " ".join(repr(value[:_SHOWN] if isinstance(value, str) else value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _uscc_faults(item: Json, *keys: str) -> Iterator[Fault]:
    for key in keys:
        if not valid_uscc(item[key]):
            zh = f"{item[key]} 的统一社会信用代码校验位不符"
            en = f"the check characters of unified social credit code {item[key]} are wrong"
            yield Fault("uscc_check", f"/{key}", zh, en)


def _order_faults(item: Json, first: str, then: str, *, same: bool) -> Iterator[Fault]:
    if then in item and (item[then] < item[first] or (item[then] == item[first] and not same)):
        zh, en = f"{then} 早于 {first}", f"{then} does not follow {first}"
        yield Fault("period", f"/{then}", zh, en)


def _beyond_party(item: Json) -> Iterator[Fault]:
    yield from _uscc_faults(item, "uscc")
    for section in ("shareholders", "guarantors"):
        for at, tie in enumerate(item.get(section, ())):
            for fault in _uscc_faults(tie, "uscc") if "uscc" in tie else ():
                yield fault._replace(at=f"/{section}/{at}{fault.at}")


def _beyond_approval(item: Json) -> Iterator[Fault]:
    yield from _uscc_faults(item, "seller", "buyer")
    if item["seller"] == item["buyer"]:
        zh, en = "买方与卖方相同", "buyer and seller are the same"
        yield Fault("same_party", "/buyer", zh, en)


def _beyond_price(item: Json) -> Iterator[Fault]:
    return _order_faults(item, "valid_from", "valid_until", same=False)


def _beyond_warning(item: Json) -> Iterator[Fault]:
    del item
    return iter(())


_BEYOND: Final[Mapping[str, Callable[[Json], Iterator[Fault]]]] = {
    "parties": _beyond_party,
    "approvals": _beyond_approval,
    "prices": _beyond_price,
    "warnings": _beyond_warning,
}
