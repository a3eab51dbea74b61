"""What a list is asked for: filters and places read from an address, and written back into it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from heliu.credit.applications.api import Asked, Decided
from heliu.flows.intake.api import Flow, Kind, Sought

Choice = TypeVar("Choice", bound=StrEnum)
Query = Mapping[str, str]


def receivables(query: Query) -> Asked:
    """Which receivables an address asks for; what it says wrongly is left out."""
    return Asked(
        party=query.get("party") or None,
        programme=query.get("programme") or None,
        words=query.get("words", "").strip() or None,
        due_from=day(query.get("from", "")),
        due_until=day(query.get("until", "")),
        decided=choice(Decided, query.get("decided", "")),
    )


def decisions(query: Query) -> tuple[bool | None, str | None]:
    """Whether decisions approve, and the code of a reason they give; None is any."""
    answer = {"approved": True, "refused": False}.get(query.get("answer", ""))
    return answer, query.get("reason") or None


def documents(query: Query) -> Sought:
    """Which documents an address asks for."""
    return Sought(
        flow=choice(Flow, query.get("flow", "")),
        kind=choice(Kind, query.get("kind", "")),
        number=query.get("number", "").strip() or None,
    )


def choice(kind: type[Choice], said: str) -> Choice | None:
    """The member `said` names, if it names one."""
    return kind(said) if said in set(kind) else None


def day(said: str) -> date | None:
    """The date `said` is, if it is one."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def dated_place(said: str) -> tuple[date, UUID] | None:
    """Where a page of receivables ended: `2026-03-31_<id>`."""
    on, _, id_ = said.partition("_")
    found = day(on)
    return (found, UUID(id_)) if found and _is_id(id_) else None


def timed_place(said: str) -> tuple[datetime, UUID] | None:
    """Where a page of decisions ended: an aware instant and an id."""
    at, _, id_ = said.partition("_")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (instant, UUID(id_)) if instant.tzinfo is not None and _is_id(id_) else None


def position(said: str) -> int | None:
    """A position in an order of filing, if `said` is one."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 18 else None  # noqa: PLR2004 - bigint


def address(path: str, query: Query, **changed: str) -> str:
    """`path` with the same filters, some of them changed; empty ones are left out."""
    kept = {**query, **changed}
    said = urlencode({name: value for name, value in kept.items() if value})
    return f"{path}?{said}" if said else path


def _is_id(said: str) -> bool:
    try:
        UUID(said)
    except ValueError:
        return False
    return True
