"""The simulated credit reporting agency, asset registry and screening lists."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import msgspec

from heliu.credit.origination.domain.filing import Registration, Report, Screening, Search
from heliu.credit.origination.domain.outside import Errand, Failed
from heliu.credit.origination.simulators.faults import Dice, number_of
from heliu.ground.clock import Clock
from heliu.ground.errors import Outage

_MILLION: Final = 100_000_000  # a million yuan in fen
_USCC_LENGTH: Final = 18


@dataclass(slots=True)
class SimulatedReports:
    """Reports made up from the subject's code, or as `known` says."""

    clock: Clock
    dice: Dice
    known: Mapping[str, Report] = field(default_factory=dict)

    def report(self, errand: Errand) -> Report | Failed:
        """See `CreditReports.report`."""
        fault = self.dice.fault(errand.reference)
        if fault == "pending":
            return Failed("pending")
        subject = "91000000000000000X" if fault == "wrong_subject" else errand.subject
        issued = self.clock.today() - timedelta(400 if fault == "stale" else 0)
        found = self.known.get(errand.subject) or _made_up(errand.subject)
        return _issued(found, subject, issued, errand)


@dataclass(slots=True)
class SimulatedRegistry:
    """A registry that keeps what it registers, in a file if it is given one."""

    clock: Clock
    dice: Dice
    file: Path | None = None
    kept: dict[str, "_Kept"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            self.kept = msgspec.json.decode(self.file.read_bytes(), type=dict[str, _Kept])

    def search(self, errand: Errand) -> Search | Failed:
        """See `AssetRegistry.search`: what anybody else has registered on the property."""
        self.dice.fault(errand.reference)
        found = [k.number for k in self._on(errand.about) if k.application != _owner(errand)]
        return Search(errand.reference, tuple(sorted(found)), self.clock.today())

    def register(self, errand: Errand) -> Registration | Failed:
        """See `AssetRegistry.register`; a lost answer leaves the registration standing."""
        fault = self.dice.fault(errand.reference)
        if errand.reference not in self.kept:
            if any(k.application != _owner(errand) for k in self._on(errand.about)):
                return Failed("duplicate")
            assert errand.until is not None, "a registration has an end"
            described = hashlib.sha256(errand.description.encode()).hexdigest()
            number = f"R{number_of(errand.reference, 10**12):012d}"
            today = self.clock.today()
            self.kept[errand.reference] = _Kept(
                number, errand.about, _owner(errand), described, today, errand.until
            )
            self._save()
        if fault == "lost_answer":
            raise Outage("the answer was lost")
        kept = self.kept[errand.reference]
        return Registration(kept.number, kept.description_sha256, kept.registered_on, kept.until)

    def extend(self, errand: Errand) -> date | Failed:
        """See `AssetRegistry.extend`."""
        fault = self.dice.fault(errand.reference)
        kept = self._numbered(errand.about)
        if kept is None:
            return Failed("unknown_registration")
        assert errand.until is not None, "an extension has an end"
        kept.until = errand.until
        self._save()
        if fault == "lost_answer":
            raise Outage("the answer was lost")
        return kept.until

    def cancel(self, errand: Errand) -> Failed | None:
        """See `AssetRegistry.cancel`; what is cancelled already is cancelled."""
        fault = self.dice.fault(errand.reference)
        kept = self._numbered(errand.about)
        if kept is None:
            return Failed("unknown_registration")
        kept.cancelled = True
        self._save()
        if fault == "lost_answer":
            raise Outage("the answer was lost")
        return None

    def _on(self, about: str) -> list["_Kept"]:
        today = self.clock.today()
        return [
            kept
            for kept in self.kept.values()
            if kept.about == about and not kept.cancelled and today < kept.until
        ]

    def _numbered(self, number: str) -> "_Kept | None":
        return next((kept for kept in self.kept.values() if kept.number == number), None)

    def _save(self) -> None:
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_bytes(msgspec.json.encode(self.kept, order="sorted"))


@dataclass(slots=True)
class SimulatedLists:
    """Lists that name whom `named` says, by the subject's code."""

    clock: Clock
    dice: Dice
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def screen(self, errand: Errand) -> Screening | Failed:
        """See `ScreeningLists.screen`."""
        self.dice.fault(errand.reference)
        return Screening(self.named.get(errand.subject, ()), self.clock.today())


@dataclass(slots=True)
class _Kept:
    number: str
    about: str
    application: str
    description_sha256: str
    registered_on: date
    until: date
    cancelled: bool = False


def _owner(errand: Errand) -> str:
    return str(errand.application_id)


def _made_up(subject: str) -> Report:
    enterprise = len(subject) == _USCC_LENGTH
    return Report(
        reference="",
        subject=subject,
        issued_on=date.min,
        overdue_minor=0,
        overdue_months_24=number_of(f"late {subject}", 2),
        worst_class="pass",
        debt_minor=number_of(f"debt {subject}", _MILLION if enterprise else _MILLION // 20),
        lenders=1 + number_of(f"lenders {subject}", 3),
        queries_6m=number_of(f"queries {subject}", 4),
        sha256="",
    )


def _issued(found: Report, subject: str, issued: date, errand: Errand) -> Report:
    told = replace(found, reference=errand.reference, subject=subject, issued_on=issued)
    body = msgspec.json.encode(told, order="sorted")
    return replace(told, sha256=hashlib.sha256(body).hexdigest())
