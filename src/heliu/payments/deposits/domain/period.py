"""Periods people name: "上月", "last month", "10月" -> business dates [start, until)."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, NamedTuple

_DAY: Final = timedelta(days=1)
_ZH_DIGITS: Final = "零一二三四五六七八九"
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_ZH_NUMBER: Final = r"[一二两三四五六七八九十]{1,3}|\d{1,3}"


class Period(NamedTuple):
    """Business dates [start, until), and the words that named them."""

    start: date
    until: date
    words: str


def find_period(text: str, today: date) -> Period | None:
    """The first period that `text` (lower case) names, as of the business date `today`."""
    for pattern, dates in _PATTERNS:
        found = pattern.search(text)
        span = None if found is None else dates(found, today)
        if found is not None and span is not None:
            return Period(*span, found[0])
    return None


def this_month(today: date) -> Period:
    """What is meant when no period is named."""
    return Period(*_month(today.year, today.month), "")


def small_number(words: str) -> int | None:
    """1 to 999 in digits, or 1 to 99 in Chinese numerals; None for anything else."""
    if words.isascii() and words.isdigit():
        return int(words) or None
    tens, ten, ones = words.replace("两", "二").rpartition("十")
    if any(len(part) > 1 or part not in _ZH_DIGITS for part in (tens, ones)):
        return None
    high = (_ZH_DIGITS.index(tens) if tens else 1) * 10 if ten else 0
    return high + (_ZH_DIGITS.index(ones) if ones else 0) or None


_Span = tuple[date, date]
_Dates = Callable[[re.Match[str], date], _Span | None]


def _month(year: int, month: int) -> _Span:
    start = date(year, month, 1)
    return start, start + timedelta(days=monthrange(year, month)[1])


def _months_back(today: date, back: int) -> _Span:
    months = today.year * 12 + today.month - 1 - back
    return _month(months // 12, months % 12 + 1)


def _day(back: int) -> _Dates:
    return lambda _, today: (today - back * _DAY, today - (back - 1) * _DAY)


def _week(back: int) -> _Dates:
    def dates(_: re.Match[str], today: date) -> _Span:
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + 7 * _DAY

    return dates


def _year(back: int) -> _Dates:
    return lambda _, today: (date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1))


def _last_days(found: re.Match[str], today: date) -> _Span | None:
    days = small_number(found[1])
    return None if days is None else (today - (days - 1) * _DAY, today + _DAY)


def _last_months(found: re.Match[str], today: date) -> _Span | None:
    months = small_number(found[1])
    if months is None:
        return None
    return _months_back(today, months - 1)[0], today + _DAY


def _year_month(found: re.Match[str], _: date) -> _Span | None:
    year, month = int(found[1]), int(found[2])
    return _month(year, month) if 1 <= month <= 12 else None  # noqa: PLR2004 - months


def _latest(month: int, today: date) -> _Span:
    """The youngest month of that number that has begun."""
    return _month(today.year - (month > today.month), month)


def _zh_month(found: re.Match[str], today: date) -> _Span | None:
    month = small_number(found[1])
    return _latest(month, today) if month is not None and month <= 12 else None  # noqa: PLR2004


def _en_month(found: re.Match[str], today: date) -> _Span | None:
    month = _MONTHS.index(found[1]) + 1
    return _month(int(found[2]), month) if found[2] else _latest(month, today)


_PATTERNS: Final[tuple[tuple[re.Pattern[str], _Dates], ...]] = tuple(
    (re.compile(pattern), dates)
    for pattern, dates in (
        (r"(20\d\d)\s*年\s*(\d{1,2})\s*月份?", _year_month),
        (r"(20\d\d)-(\d{2})\b", _year_month),
        (rf"(?:最近|近|过去)\s*({_ZH_NUMBER})\s*天", _last_days),
        (rf"(?:最近|近|过去)\s*({_ZH_NUMBER})\s*个月", _last_months),
        (r"(?:last|past)\s+(\d{1,3})\s+days", _last_days),
        (r"(?:last|past)\s+(\d{1,2})\s+months", _last_months),
        (r"上个?月", lambda _, today: _months_back(today, 1)),
        (r"(?:本|这个?|当)月", lambda _, today: _months_back(today, 0)),
        (r"last month", lambda _, today: _months_back(today, 1)),
        (r"this month", lambda _, today: _months_back(today, 0)),
        (r"上个?(?:星期|周|礼拜)", _week(1)),
        (r"(?:本|这个?)(?:星期|周|礼拜)", _week(0)),
        (r"last week", _week(1)),
        (r"this week", _week(0)),
        (r"今天|今日|today", _day(0)),
        (r"昨天|昨日|yesterday", _day(1)),
        (r"前天", _day(2)),
        (r"今年|this year", _year(0)),
        (r"去年|last year", _year(1)),
        (rf"({'|'.join(_MONTHS)})(?:\s+(20\d\d))?\b", _en_month),
        (rf"({_ZH_NUMBER})\s*月份?", _zh_month),
    )
)
