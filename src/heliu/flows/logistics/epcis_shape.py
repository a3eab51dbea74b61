"""Small checks an EPCIS JSON tree is held against: one value, one scope, at most one fault.

A check returns None for a sound value, so that a sound document costs no path and no message; of
several faults it returns the first that refuses, else the first.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from heliu.flows.intake.api import Severity
from heliu.flows.logistics.epcis_vocabulary import URI, Vocabulary, is_uri, is_word_or_own_uri

_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)"
)
_OFFSET: Final = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)")
_UOM: Final = re.compile(r"[A-Z0-9]{2,3}")
_HEX: Final = re.compile(r"[A-Fa-f0-9]+")
_SCHEMES: Final = ("http://", "https://", "urn:")
_STANDARD_PREFIXES: Final = frozenset(
    {"epcis", "cbv", "cbvmda", "gs1", "rdf", "rdfs", "owl", "xsd", "dcterms", "dct"}
)
_GS1_CONTEXTS: Final = ("gs1.org/standards/epcis", "gs1.github.io/EPCIS")
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One breach of the standard: code, JSON pointer below the thing checked, both languages."""

    code: str
    at: str
    zh: str
    en: str
    severity: Severity = Severity.REFUSED

    @property
    def refuses(self) -> bool:
        """Whether it forbids the use of the document."""
        return self.severity is Severity.REFUSED

    def under(self, key: str | int) -> "Fault":
        """The same fault seen from one level up."""
        token = str(key).replace("~", "~0").replace("/", "~1")
        return replace(self, at=f"/{token}{self.at}")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the @context declares: prefixes, bare terms, and whether it points outside GS1.

    A context of another publisher is never fetched; where one is named, any term may be its.
    """

    names: frozenset[str] = _STANDARD_PREFIXES
    foreign: bool = False

    def with_context(self, context: object) -> "Scope":
        """This scope and what one more @context declares (JSON-LD 1.1, section 3.1)."""
        names, foreign = set(self.names), self.foreign
        for part in context if isinstance(context, list) else (context,):
            if isinstance(part, dict):
                names.update(part)
                foreign = foreign or "@vocab" in part
            elif isinstance(part, str) and not any(own in part for own in _GS1_CONTEXTS):
                foreign = True
        return Scope(frozenset(names), foreign)

    def unknown_field(self, key: str) -> Fault | None:
        """The fault of a field the standard does not know, None if it is an extension."""
        if key[:1] == "@" or key in self.names or self.foreign or key.startswith(_SCHEMES):
            return None
        prefix, colon, _ = key.partition(":")
        if not colon:
            return Fault(
                "epcis.unknown_field",
                "",
                f"标准中没有字段 {shown(key)}, 也没有命名空间前缀",
                f"field {shown(key)} is not in the standard and has no namespace prefix",
            ).under(key)
        if prefix in self.names:
            return None
        return Fault(
            "epcis.prefix_undeclared",
            "",
            f"前缀 {shown(prefix)} 未在 @context 中声明",
            f"prefix {shown(prefix)} is not declared in @context",
            Severity.FLAGGED,
        ).under(key)


Check = Callable[[object, Scope], Fault | None]


def shown(value: object) -> str:
    """A value as a message shows it: short, on one line, nested ones by their kind only."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = " ".join(repr(value[:_SHOWN] if isinstance(value, str) else value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def worse(one: Fault | None, other: Fault | None) -> Fault | None:
    """Of two faults the first that refuses, else the first there is."""
    return other if one is None or (other is not None and other.refuses > one.refuses) else one


def wrong(value: object, zh: str, en: str, code: str = "epcis.type") -> Fault:
    """`value` is not what it must be, at the place being checked."""
    return Fault(code, "", f"{shown(value)} 不是{zh}", f"{shown(value)} is not {en}")


def required(key: str) -> Fault:
    """Field `key` is missing."""
    return Fault(
        "epcis.required", "", f"缺少必填字段 {key}", f"required field {key} is missing"
    ).under(key)


def text(value: object, scope: Scope) -> Fault | None:
    """A JSON string."""
    del scope
    return None if isinstance(value, str) else wrong(value, "文本", "a text")


def number(value: object, scope: Scope) -> Fault | None:
    """A JSON number."""
    del scope
    sound = isinstance(value, int | Decimal | float) and not isinstance(value, bool)
    return None if sound else wrong(value, "数", "a number")


def boolean(value: object, scope: Scope) -> Fault | None:
    """A JSON true or false."""
    del scope
    return None if isinstance(value, bool) else wrong(value, "真假值", "true or false")


def mapping(value: object, scope: Scope) -> Fault | None:
    """A JSON object, whatever it holds."""
    del scope
    return None if isinstance(value, dict) else wrong(value, "对象", "an object")


def uri(value: object, scope: Scope) -> Fault | None:
    """A URI or compact IRI."""
    del scope
    sound = isinstance(value, str) and URI.fullmatch(value) is not None
    return None if sound else wrong(value, " URI", "a URI", "epcis.uri_invalid")


def uris(value: object, scope: Scope) -> Fault | None:
    """A list of URIs: the longest lists there are, so sound ones are passed at a stretch."""
    if isinstance(value, list) and all(map(is_uri, value)):
        return None
    return each(uri)(value, scope)


def hexadecimal(value: object, scope: Scope) -> Fault | None:
    """Bytes in hexadecimal (xsd:hexBinary)."""
    del scope
    sound = isinstance(value, str) and _HEX.fullmatch(value) is not None
    return None if sound else wrong(value, "十六进制", "hexadecimal")


def instant(value: str) -> datetime | None:
    """The instant an xsd:dateTimeStamp names, None if it is not one."""
    if _TIME.fullmatch(value) is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def time(value: object, scope: Scope) -> Fault | None:
    """An ISO 8601 date and time with its zone (xsd:dateTimeStamp)."""
    del scope
    if isinstance(value, str) and instant(value) is not None:
        return None
    zh, en = "带时区的 ISO 8601 时间", "an ISO 8601 date and time with its zone"
    return wrong(value, zh, en, "epcis.time_invalid")


def zone_offset(value: object, scope: Scope) -> Fault | None:
    """A zone offset, +hh:mm or -hh:mm up to 14:00."""
    del scope
    if isinstance(value, str) and _OFFSET.fullmatch(value):
        return None
    zh, en = "时区偏移 (+hh:mm)", "a zone offset (+hh:mm)"
    return wrong(value, zh, en, "epcis.offset_invalid")


def unit(value: object, scope: Scope) -> Fault | None:
    """A unit of measure code (UN/CEFACT Recommendation 20)."""
    del scope
    if isinstance(value, str) and _UOM.fullmatch(value):
        return None
    zh, en = "计量单位代码 (UN/CEFACT 20 号建议书)", "a unit code (UN/CEFACT Recommendation 20)"
    return wrong(value, zh, en, "epcis.unit_invalid")


def word(vocabulary: Vocabulary, severity: Severity = Severity.REFUSED) -> Check:
    """A standard word of `vocabulary` or the URI of a user vocabulary."""
    words = vocabulary.words

    def check(value: object, scope: Scope) -> Fault | None:
        del scope
        if isinstance(value, str) and (value in words or is_word_or_own_uri(value, vocabulary)):
            return None
        code = f"epcis.{vocabulary.name.replace(' ', '_')}_unknown"
        zh = f"{shown(value)} 不是 CBV 2.0 的{vocabulary.name_zh}, 也不是自有词表的 URI"
        en = f"{shown(value)} is neither a CBV 2.0 {vocabulary.name} nor a URI of an own vocabulary"
        return Fault(code, "", zh, en, severity)

    return check


def each(check: Check, *, least: int = 0) -> Check:
    """A list of at least `least` items, each of which passes `check`."""

    def check_all(value: object, scope: Scope) -> Fault | None:
        if not isinstance(value, list):
            return wrong(value, "列表", "a list")
        if len(value) < least:
            return Fault("epcis.empty_list", "", "列表为空", "the list is empty")
        worst = None
        for index, item in enumerate(value):
            fault = check(item, scope)
            if fault is not None:
                fault = fault.under(index)
                if fault.refuses:
                    return fault
                worst = worst or fault
        return worst

    return check_all


def shape(fields: Mapping[str, Check], *must: str) -> Check:
    """An object of known `fields`, of which `must` are required; others need a namespace."""

    def check(value: object, scope: Scope) -> Fault | None:
        if not isinstance(value, dict):
            return wrong(value, "对象", "an object")
        worst = None
        for key, item in value.items():
            known = fields.get(key)
            fault = scope.unknown_field(key) if known is None else known(item, scope)
            if fault is not None:
                fault = fault if known is None else fault.under(key)
                if fault.refuses:
                    return fault
                worst = worst or fault
        for key in must:
            if key not in value:
                return required(key)
        return worst

    return check


def faults_of(
    value: Mapping[str, object], fields: Mapping[str, Check], must: tuple[str, ...], scope: Scope
) -> list[Fault]:
    """Every fault of the fields of one object, at most one a field."""
    faults = []
    for key, item in value.items():
        known = fields.get(key)
        fault = scope.unknown_field(key) if known is None else known(item, scope)
        if fault is not None:
            faults.append(fault if known is None else fault.under(key))
    faults.extend(required(key) for key in must if key not in value)
    return faults
