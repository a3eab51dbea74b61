"""Reading an ISO 20022 tree by local names, and the values in it: amounts, dates, parties.

Element names do not change between versions and national variants; namespaces do. So only local
names are looked at, each child once. Source: ISO 20022 message definitions, business application
areas camt, pain and pacs, all versions.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from lxml import etree

from heliu.flows.intake.api import Complaint, Facts, PartyRef, Severity
from heliu.ground.text import Text

Element = etree._Element  # noqa: SLF001 - lxml's stubs name the element class only so
Fields = Mapping[str, Element]
_AMOUNT: Final = re.compile(r"\+?(?:\d{1,18}(?:\.\d*)?|\.\d+)")
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?")
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-4]):[0-5]\d:[0-6]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"
)
_USCC: Final = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
_SHOWN: Final = 40
_TAX_SCHEMES: Final = frozenset({"TXID", "USCC", "VAT"})
# ISO 4217: the active codes, and those of the last currencies that joined the euro.
_CODES: Final = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN
    BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNH CNY COP COU CRC CUC CUP CVE CYP CZK DJF DKK DOP
    DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD
    OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SIT SKK SLE
    SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU
    UYW UZS VED VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS
    XUA XXX YER ZAR ZMW ZWG ZWL"""
_CURRENCIES: Final = frozenset(_CODES.split())


class _Names(dict[str, str]):
    """Local name by qualified tag, remembered across messages; bounded: strangers name tags."""

    def __missing__(self, tag: str) -> str:
        """The local name of a tag not met before."""
        if len(self) >= MAX_NAMES:
            self.clear()
        self[tag] = local = tag.rpartition("}")[2]
        return local


MAX_NAMES: Final = 4096
NAMES: Final = _Names()


@dataclass(frozen=True, slots=True)
class Notes:
    """The complaints of one reading, at most `MAX_COMPLAINTS` and the first refusal.

    Where a complaint stands is worked out only when it is made.
    """

    complaints: list[Complaint] = field(default_factory=list)

    def refuse(self, code: str, at: Element, zh: str, en: str) -> None:
        """Something forbids the use of the message."""
        self._note(code, at, "", Severity.REFUSED, Text(zh, en))

    def flag(self, code: str, at: Element, zh: str, en: str) -> None:
        """Something is wrong, but the message can be used."""
        self._note(code, at, "", Severity.FLAGGED, Text(zh, en))

    def missing(self, name: str, at: Element) -> None:
        """A mandatory element is missing or empty below `at`."""
        message = Text(f"缺少必填元素 {name}", f"mandatory element {name} is missing")
        self._note("element_missing", at, f"/{name}", Severity.REFUSED, message)

    def _note(self, code: str, at: Element, below: str, severity: Severity, message: Text) -> None:
        refusing = severity is Severity.REFUSED and all(
            known.severity is Severity.FLAGGED for known in self.complaints
        )
        if len(self.complaints) < MAX_COMPLAINTS or refusing:
            where = place(at) + below
            self.complaints.append(Complaint(f"iso20022.{code}", where, message, severity))


MAX_COMPLAINTS: Final = 100


def local(element: Element) -> str:
    """The local name of an element."""
    return NAMES[element.tag]


def fields(element: Element | None) -> Fields:
    """The children of `element` by local name; of several alike, the first."""
    if element is None:
        return _NO_FIELDS
    names = NAMES
    return {names[child.tag]: child for child in reversed(element)}


_NO_FIELDS: Final[Fields] = {}


def gathered(element: Element) -> Mapping[str, list[Element]]:
    """The children of `element` by local name, all of them, in order."""
    names = NAMES
    found: dict[str, list[Element]] = {}
    for child in element:
        name_ = names[child.tag]
        if name_ in found:
            found[name_].append(child)
        else:
            found[name_] = [child]
    return found


def several(element: Element, name: str) -> Iterator[tuple[int, Element]]:
    """The children called `name`, counted from 1 as XPath does."""
    return enumerate(element.iterchildren("{*}" + name), 1)


def down(element: Element | None, *path: str) -> Element | None:
    """The first element along `path`, None where it breaks off."""
    names = NAMES
    for step in path:
        if element is None:
            return None
        for child in element:
            if names[child.tag] == step:
                element = child
                break
        else:
            return None
    return element


def place(element: Element) -> str:
    """Where an element stands: local names, counted where there are several alike."""
    steps = []
    for one in (element, *element.iterancestors()):
        name = local(one)
        if one.getnext() is None and one.getprevious() is None:
            steps.append(name)
            continue
        above = one.getparent()
        alike = () if above is None else above.iterchildren("{*}" + name)
        at = next((count for count, other in enumerate(alike, 1) if other is one), 1)
        several_alike = at > 1 or next(one.itersiblings("{*}" + name), None) is not None
        steps.append(f"{name}[{at}]" if several_alike else name)
    return "/" + "/".join(reversed(steps))


class Amount(NamedTuple):
    """An amount as written, and as a number (0 where it is none: there is a complaint then)."""

    value: str
    currency: str | None
    number: Decimal

    def facts(self) -> Facts:
        """As the facts show it."""
        return said({"value": self.value, "currency": self.currency})


def said(facts: Facts) -> Facts:
    """`facts` without what the message does not say."""
    return {name: value for name, value in facts.items() if value is not None and value != []}


def text(element: Element | None) -> str | None:
    """The text of an element without surrounding white space, None if there is none."""
    if element is None:
        return None
    return (element.text or "").strip() or None


def identifier(element: Element | None) -> str | None:
    """An id given by a party; None where the sender says that there was none."""
    value = text(element)
    return None if value in _NOT_PROVIDED else value


_NOT_PROVIDED: Final = frozenset({"NOTPROVIDED", "NOT PROVIDED", "UNKNOWN"})


def amount(element: Element | None, notes: Notes) -> Amount | None:
    """The amount of an element with its Ccy attribute; complains of what is no sound amount."""
    if element is None:
        return None
    value, currency = text(element) or "", element.get("Ccy")
    if currency not in _CURRENCIES:
        shown = (currency or "")[:_SHOWN]
        zh, en = f"币种代码无效 {shown!r}", f"{shown!r} is not an ISO 4217 currency"
        notes.flag("currency_unknown", element, zh, en)
    return Amount(value, currency, _number(value, element, notes))


def _number(value: str, element: Element, notes: Notes) -> Decimal:
    """A decimal of at least zero; complains and gives 0 where `value` is none."""
    if _AMOUNT.fullmatch(value) is not None:
        return Decimal(value)
    shown = value[:_SHOWN]
    if value.startswith("-"):
        zh, en = f"金额为负 {shown}", f"the amount {shown} is negative"
        notes.refuse("amount_negative", element, zh, en)
    else:
        zh, en = f"{shown!r} 不是金额", f"{shown!r} is not an amount"
        notes.refuse("amount_invalid", element, zh, en)
    return Decimal(0)


def check_count(element: Element | None, counted: int, notes: Notes) -> None:
    """Flags a declared number that is not the number counted."""
    declared = text(element)
    if element is None or declared is None or declared.lstrip("0") == str(counted).lstrip("0"):
        return
    shown = declared[:_SHOWN]
    zh, en = f"申报 {shown} 笔, 实有 {counted} 笔", f"{shown} declared, {counted} found"
    notes.flag("count_mismatch", element, zh, en)


def check_sum(element: Element | None, summed: Decimal, notes: Notes) -> None:
    """Flags a declared sum that is not the sum of the amounts."""
    declared = text(element)
    if element is None or declared is None or _number(declared, element, notes) == summed:
        return
    shown = declared[:_SHOWN]
    zh, en = f"申报合计 {shown}, 实际合计 {summed}", f"sum {shown} declared, {summed} found"
    notes.flag("sum_mismatch", element, zh, en)


def moment(element: Element | None, notes: Notes) -> str | None:
    """A date or date-time as written: the element's own, or its Dt or DtTm child's."""
    if element is None:
        return None
    value = text(element[0] if len(element) else element)
    if value is not None and day(value) is None:
        shown = value[:_SHOWN]
        zh, en = f"{shown!r} 不是日期", f"{shown!r} is not a date"
        notes.refuse("date_invalid", element, zh, en)
    return value


@lru_cache(maxsize=4096)
def day(value: str | None) -> date | None:
    """The calendar day of an xsd:date or xsd:dateTime, None if it is neither."""
    found = (_DATE.fullmatch(value) or _TIME.fullmatch(value)) if value is not None else None
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        return None


def account(element: Element | None) -> tuple[str | None, str | None]:
    """An account's IBAN, and its number: the IBAN, else the other identification."""
    if element is None:
        return None, None
    inner = fields(down(element, "Id"))
    if "IBAN" in inner:
        iban = text(inner["IBAN"])
        return iban, iban
    return None, text(down(inner.get("Othr"), "Id"))


def person(element: Element | None) -> Fields:
    """The fields of a party: its own, or (since camt version 8) those of its Pty."""
    inner = fields(element)
    return fields(inner["Pty"]) if "Pty" in inner else inner


def name(element: Element | None) -> str | None:
    """A party's name."""
    return text(person(element).get("Nm"))


def party(inner: Fields, account_number: str | None) -> PartyRef:
    """A party with its account. A financial institution's name is its own, else its BIC."""
    for wrapper in ("Agt", "FinInstnId"):
        if wrapper in inner:
            inner = fields(inner[wrapper])
    if not inner:
        return NOBODY if account_number is None else PartyRef(account=account_number)
    bic = inner.get("BICFI", inner.get("BIC"))
    return PartyRef(text(inner.get("Nm")) or text(bic), _tax_id(inner.get("Id")), account_number)


NOBODY: Final = PartyRef()


def _tax_id(element: Element | None) -> str | None:
    organisation = down(element, "OrgId")
    if organisation is None:
        return None
    for other in organisation:
        inner = fields(other)
        value = (text(inner.get("Id")) or "").replace(" ", "")
        scheme = fields(inner.get("SchmeNm"))
        code = text(scheme.get("Cd", scheme.get("Prtry")))
        if value and (code in _TAX_SCHEMES or _USCC.fullmatch(value)):
            return value
    return None


def agent(element: Element | None) -> str | None:
    """The BIC of an agent."""
    inner = fields(down(element, "FinInstnId"))
    return text(inner.get("BICFI", inner.get("BIC")))
