"""Dates of UBL: xsd:date, with or without a time zone."""

import re
from datetime import date
from typing import Final

_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")


def parse_date(written: str | None) -> date | None:
    """The calendar date written, its time zone dropped; None if it is none."""
    found = _DATE.fullmatch(written or "")
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
