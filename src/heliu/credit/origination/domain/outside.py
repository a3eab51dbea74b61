"""What is asked of outside systems, what may come back, and when it is asked again. Pure.

Asking happens outside any transaction: errands are read, run, and their answers recorded. Every
errand has a reference derived from the application, so asking twice is asking once.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol, TypeAlias
from uuid import UUID

from heliu.credit.origination.domain.application import Application
from heliu.credit.origination.domain.consent import Consent
from heliu.credit.origination.domain.filing import (
    ErrandKind,
    Registration,
    Report,
    Screening,
    Search,
    Stage,
)
from heliu.credit.origination.domain.requirements import Requirements
from heliu.ground.clock import BANK_ZONE
from heliu.ground.ids import derived_id

# Before every instant the bank knows.
AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Errand:
    """One question to an outside system. `names` are of the people to screen; never logged.

    `about` is what the registry is asked: the property's reference, or a registration's number.
    """

    application_id: UUID
    kind: ErrandKind
    reference: str
    subject: str
    consent_id: UUID | None = None
    about: str = ""
    description: str = ""
    until: date | None = None
    names: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer, by a stable word: down, pending, wrong_subject, stale, duplicate ..."""

    fault: str


Answer: TypeAlias = Report | Search | Screening | Registration | date | Failed | None
"""What came back; to EXTEND the new end, to CANCEL None."""


class CreditReports(Protocol):
    """A credit reporting agency over its licensed channel. Raises Outage when down."""

    def report(self, errand: Errand) -> Report | Failed:
        """The report on `errand.subject`; Failed("pending") while it is being made."""
        ...


class AssetRegistry(Protocol):
    """The unified movable-asset registry (动产融资统一登记). Raises Outage when down."""

    def search(self, errand: Errand) -> Search | Failed:
        """Registrations in force on the property `errand.about`, of the debtor `errand.subject`."""
        ...

    def register(self, errand: Errand) -> Registration | Failed:
        """Register; the same reference again answers with the same registration."""
        ...

    def extend(self, errand: Errand) -> date | Failed:
        """Extend the registration `errand.about` until `errand.until`; answers with that day."""
        ...

    def cancel(self, errand: Errand) -> Failed | None:
        """Cancel the registration `errand.about`; None once it is cancelled."""
        ...


class ScreeningLists(Protocol):
    """Sanctions and dishonest-debtor lists. Raises Outage when down."""

    def screen(self, errand: Errand) -> Screening | Failed:
        """Which lists name the subject or one of `errand.names`."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """The outside systems the bank is connected to."""

    reports: CreditReports
    registry: AssetRegistry
    lists: ScreeningLists


@dataclass(frozen=True, slots=True)
class Ages:
    """How many days an outside answer may be relied on."""

    report_days: int
    screening_days: int


def agenda(
    now: Application, asked: Requirements, ages: Ages, consent: Consent | None
) -> dict[ErrandKind, datetime]:
    """Each errand the application still has or will have, and from when it may be run.

    Stuck ones are not in it, nor a report nobody consented to. An answer that grows too old is
    asked for again on the day it does.
    """
    wanted = {
        kind: max(at, now.retry_at.get(kind, at))
        for kind, at in _wanted(now, asked, ages).items()
        if kind not in now.stuck
    }
    if ErrandKind.REPORT in wanted:
        if consent is None:
            del wanted[ErrandKind.REPORT]
        else:
            begins = _dawn(consent.valid_from)
            wanted[ErrandKind.REPORT] = max(wanted[ErrandKind.REPORT], begins)
    return wanted


def _wanted(now: Application, asked: Requirements, ages: Ages) -> dict[ErrandKind, datetime]:
    match now.stage:
        case Stage.GATHERING:
            screened = now.screening.screened_on if now.screening else None
            wanted = {ErrandKind.SCREENING: _when_old(screened, ages.screening_days)}
            if asked.credit_report:
                issued = now.report.issued_on if now.report else None
                wanted[ErrandKind.REPORT] = _when_old(issued, ages.report_days)
            if asked.searches and now.search is None:
                wanted[ErrandKind.SEARCH] = AT_ONCE
            return wanted
        case Stage.SIGNED:
            return {ErrandKind.REGISTER: AT_ONCE}
        case Stage.COMPLETED if now.change_asked is not None:
            cancel = now.change_asked.until is None
            return {ErrandKind.CANCEL if cancel else ErrandKind.EXTEND: AT_ONCE}
        case _:
            return {}


def _when_old(answered_on: date | None, days: int) -> datetime:
    return AT_ONCE if answered_on is None else _dawn(answered_on + timedelta(days + 1))


def _dawn(on: date) -> datetime:
    return datetime.combine(on, time(), BANK_ZONE)


def reference_of(now: Application, kind: ErrandKind) -> str:
    """The bank's own reference of an errand: the same until it was answered, then another one."""
    before = {
        ErrandKind.REPORT: now.report and now.report.reference,
        ErrandKind.SCREENING: now.screening and now.screening.screened_on.isoformat(),
        ErrandKind.EXTEND: now.registration and now.registration.until.isoformat(),
    }.get(kind)
    return str(derived_id("errand", str(now.id), kind.value, before or ""))


def next_try(attempt: int, most: int, at: datetime) -> datetime | None:
    """When to ask again after the `attempt`-th failure (1, 2, ...): doubling waits, then never."""
    assert attempt > 0, "the first failure is the first attempt"
    if attempt >= most:
        return None
    wait = _FIRST_WAIT * (1 << min(attempt - 1, 20))
    return at + min(wait, _LONGEST_WAIT)


def usable(errand: Errand, answer: Answer, on: date, ages: Ages) -> Answer:
    """`answer`, or Failed if a report is on somebody else, from the future or too old."""
    if isinstance(answer, Report):
        if answer.subject != errand.subject:
            return Failed("wrong_subject")
        if not on - timedelta(ages.report_days) <= answer.issued_on <= on:
            return Failed("stale")
    return answer
