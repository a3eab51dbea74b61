"""Random logs of a few parties: small numbers, few days, so that everything that can meet meets."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from hypothesis import strategies as st

from heliu.decisions.features.domain.log import Event, EventKind, LineQuantity

FIRST = date(2024, 11, 25).toordinal()
NOON = datetime(2024, 11, 25, 4, tzinfo=UTC)
_ids = count(1)

days = st.one_of(st.integers(0, 40), st.integers(0, 800), st.sampled_from([3, 4, 5, 369, 370]))
numbers = st.sampled_from(["1", "2", "3"])
lines = st.lists(
    st.builds(
        LineQuantity,
        numbers,
        st.sampled_from(["a", "b"]),
        st.sampled_from([1_000_000, 2_500_000, 7_000_000]),
        st.integers(1, 10**6),
    ),
    max_size=3,
).map(tuple)
amounts = st.one_of(st.integers(0, 5_000), st.sampled_from([100_000, 10**7, 3 * 10**14]))
kinds = st.sampled_from(
    [
        *([EventKind.INVOICE] * 5),
        *([EventKind.PAYMENT] * 3),
        *([EventKind.CREDIT] * 2),
        EventKind.ORDER,
        EventKind.ORDER,
        EventKind.RECEIPT,
        EventKind.FOLLOWED,
    ]
)


@st.composite
def events(draw: st.DrawFn, *, farthest: int = 800) -> Event:
    """One event that the desk could have read, of parties named S and B with a digit."""
    kind, day = draw(kinds), min(draw(days), farthest)
    known = NOON + timedelta(days=day + draw(st.sampled_from([0, 0, 0, 1, 30, 500, -20])))
    dated = kind in (EventKind.INVOICE, EventKind.CREDIT, EventKind.PAYMENT)
    identity = UUID(int=next(_ids))
    order = draw(numbers)
    event = Event(
        id=identity,
        document_id=identity,
        kind=kind,
        supplier=draw(st.sampled_from(["S1", "S1", "S2", "S3"])),
        buyer=draw(st.sampled_from(["B1", "B1", "B2"])),
        number=order,
        day=FIRST + day,
        known_at=known,
        currency=draw(st.sampled_from(["CNY"] * 9 + ["USD"])) if dated else None,
        amount=draw(amounts) if dated else 0,
        void=kind is not EventKind.PAYMENT and draw(st.sampled_from([False] * 9 + [True])),
        lines=draw(lines) if kind in (EventKind.INVOICE, EventKind.RECEIPT) else (),
    )
    return _completed(draw, event, order)


def _completed(draw: st.DrawFn, event: Event, order: str) -> Event:
    match event.kind:
        case EventKind.INVOICE:
            due = draw(st.sampled_from([None, 0, 10, 30, 60, 90]))
            repeats = draw(st.sampled_from([False, False, True]))
            return replace(event, due=None if due is None else event.day + due, repeats=repeats)
        case EventKind.CREDIT:
            return replace(event, refs=tuple(draw(st.lists(numbers, max_size=2, unique=True))))
        case EventKind.PAYMENT:
            return replace(event, cash_id=event.id)
        case EventKind.ORDER:
            own = tuple(x._replace(order=order, net=0) for x in draw(lines))
            return replace(event, lines=own, currency=draw(st.sampled_from([None, "CNY"])))
        case EventKind.RECEIPT | EventKind.FOLLOWED:
            return event
