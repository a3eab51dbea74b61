"""Contacts: whether a debtor may be tried now, given what was tried before. Pure.

Counts are per debtor over all his cases and channels, by the bank's (Beijing) days and weeks.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from heliu.credit.collection import errors
from heliu.credit.collection.domain.policy import Policy
from heliu.credit.regulation.api import Rule, Rules
from heliu.ground.clock import BANK_ZONE
from heliu.ground.errors import Refusal

_RULES: Final = (
    "collection.contacts_per_day",
    "collection.contacts_per_week",
    "collection.quiet_from_hour",
    "collection.quiet_until_hour",
)


@dataclass(frozen=True, slots=True)
class Contact:
    """Leave asked to try the debtor of a case once, now; `key` makes it count once."""

    key: UUID
    case_id: UUID
    channel: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force on a day, and the rules they rest on as they are cited."""

    per_day: int
    per_week: int
    quiet_from_hour: int
    quiet_until_hour: int
    cited: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a contact: its day and week (a Monday), and which of them it is (from 1)."""

    on: date
    week_of: date
    day_place: int
    week_place: int


def limits(rules: Rules) -> Limits:
    """The limits in force. Raises Refusal if one is missing or may not be used in this profile."""
    per_day, per_week, start, end = (rules.whole(rule_id) for rule_id in _RULES)
    return Limits(per_day, per_week, start, end, tuple(rules.get(rule_id) for rule_id in _RULES))


def week_of(day: date) -> date:
    """The Monday of a day's week (ISO 8601)."""
    return day - timedelta(days=day.weekday())


def permitted(
    channel: str, at: datetime, used: tuple[int, int], law: tuple[Limits, Policy]
) -> Place | Refusal:
    """The place of a contact at instant `at` (aware), or why it may not be made.

    `used` is how many contacts the debtor's day and week hold already.
    """
    held, policy = law
    local = at.astimezone(BANK_ZONE)
    day = local.date()
    if channel not in policy.channels:
        return errors.channel_unknown(channel, sorted(policy.channels))
    if day in policy.forbidden_on:
        return errors.day_forbidden(day)
    if local.hour >= held.quiet_from_hour or local.hour < held.quiet_until_hour:
        return errors.quiet_hours(held.quiet_from_hour, held.quiet_until_hour)
    if used[0] >= held.per_day:
        return errors.contacts_used_up("day", held.per_day)
    if used[1] >= held.per_week:
        return errors.contacts_used_up("week", held.per_week)
    return Place(day, week_of(day), used[0] + 1, used[1] + 1)
