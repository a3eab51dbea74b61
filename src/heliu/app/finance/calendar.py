"""Documents in the order of their business days: the folder is lived through, not just read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from heliu.flows.intake.api import Filed, Kind
from heliu.ground.clock import BANK_ZONE

# Within one day: who the parties are, then what was traded, then what was paid.
_ORDER = {Kind.PARTY: 0, Kind.WARNING: 1, Kind.BANK_ENTRY: 9}


def business_day(filed: Filed, otherwise: date) -> date:
    """The day a document counts from: booking, event or issue; `otherwise` if it names none."""
    document = filed.document
    if document.cash is not None and document.kind is Kind.BANK_ENTRY:
        return document.issued_on or document.cash.value_on or otherwise
    if document.observation is not None:
        return document.observation.event_at.astimezone(BANK_ZONE).date()
    return document.issued_on or otherwise


def by_day(documents: Iterable[Filed], *, until: date) -> list[tuple[date, Sequence[Filed]]]:
    """(day, its documents) in order; documents of days after `until` are left for later runs."""
    days: dict[date, list[Filed]] = defaultdict(list)
    for filed in documents:
        if (day := business_day(filed, until)) <= until:
            days[day].append(filed)
    return [
        (day, sorted(days[day], key=lambda f: (_ORDER.get(f.document.kind, 5), f.file, f.id)))
        for day in sorted(days)
    ]
