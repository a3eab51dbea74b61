"""Dates of UBL: xsd:date, with or without a time zone."""

import re
from datetime import date
from typing import Final

_ZONE: Final = re.compile(r"Z|[+-][0-9]{2}:[0-9]{2}")
_LENGTH: Final = len("2026-01-31")


def parse_date(written: str | None) -> date | None:
    """The calendar date written, its time zone dropped; None if it is none."""
    if written is None:
        return None
    day, zone = written[:_LENGTH], written[_LENGTH:]
    # Of what fromisoformat reads, only year-month-day is an xsd:date.
    if day[4:5] != "-" or day[7:8] != "-" or (zone and not _ZONE.fullmatch(zone)):
        return None
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None
