"""What one group of events adds to the folds of its pair: a pure function of the group's events.

The group is the grain of correction: whatever comes late, twice or void, the group is counted
again from all its events and the difference is applied. Its first document (in the order of
knowledge) tells its figures; a void one among them makes it void; one more that tells the same is
the same, one that tells otherwise is a repetition.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from heliu.decisions.features.domain.log import Event, EventKind, Group, Subject
from heliu.decisions.features.domain.tally import (
    Cell,
    Day,
    Due,
    Paid,
    Table,
    month_of,
    summed,
)
from heliu.ground.money import exponent

LONGEST: Final = 400  # days, of any delay: what takes longer counts as this long
REVERSED_WITHIN: Final = 30
_ROUND_MAJOR: Final = 1000

Part = tuple[Cell, int]


def contribution(group: Group, events: Sequence[Event], currency: str | None) -> dict[Cell, int]:
    """What `events` (all of `group`, in the order of the log) add to the pair's tables.

    Money counts in the pair's `currency` only; what is in another is counted, not summed.
    """
    match group.subject:
        case Subject.INVOICE:
            return summed(_invoice(events, currency))
        case Subject.CREDIT:
            return summed(_credit(events, currency))
        case Subject.LINES:
            return summed(_lines(group.number, events, currency))
        case Subject.ORDER:
            return _once(events, Day.ORDERS)
        case Subject.RECEIPT:
            return _once(events, Day.RECEIPTS)


def _once(events: Sequence[Event], column: Day) -> dict[Cell, int]:
    void = any(event.void for event in events)
    return {} if void else {Cell(Table.DAYS, events[0].day, column): 1}


def _credit(events: Sequence[Event], currency: str | None) -> Iterator[Part]:
    for note in _firsts(events, EventKind.CREDIT):
        if note.currency == currency:
            yield Cell(Table.DAYS, note.day, Day.RED), note.amount
            yield Cell(Table.MONTHS, month_of(note.day)), -note.amount


def _invoice(events: Sequence[Event], currency: str | None) -> Iterator[Part]:
    documents = [event for event in events if event.kind is EventKind.INVOICE]
    if not documents:
        return
    first = documents[0]
    yield Cell(Table.DAYS, first.day, Day.ISSUED), 1
    for document in documents:
        if document.repeats or _contradicts(document, first):
            yield Cell(Table.DAYS, document.day, Day.REPEATS), 1
    if any(document.void for document in documents):
        yield Cell(Table.DAYS, first.day, Day.VOIDS), 1
        return
    lag = min(max(first.known_day - first.day, 0), LONGEST)
    yield Cell(Table.LAGS, lag), 1
    if first.currency and first.currency == currency and first.amount:
        yield Cell(Table.DAYS, first.day, Day.GROSS), first.amount
        yield Cell(Table.MONTHS, month_of(first.day)), first.amount
        yield Cell(Table.DIGITS, 0, int(str(first.amount)[0])), 1
        if first.amount % (_ROUND_MAJOR * 10 ** exponent(first.currency)) == 0:
            yield Cell(Table.DIGITS, 0, 0), 1
        credits_ = _credits(events, currency)
        yield from _reversed(first, credits_)
        yield from _followed(first, events, credits_)


def _contradicts(document: Event, first: Event) -> bool:
    if document.void or document is first:
        return False
    return (document.amount, document.day, document.currency) != (
        first.amount,
        first.day,
        first.currency,
    )


def _credits(events: Sequence[Event], currency: str | None) -> list[tuple[int, int]]:
    """Day and amount of each credit note on the invoice."""
    notes = _firsts(events, EventKind.CREDIT)
    return [(note.day, note.amount) for note in notes if note.currency == currency]


def _reversed(invoice: Event, credited: Sequence[tuple[int, int]]) -> Iterator[Part]:
    soon = sum(amount for day, amount in credited if 0 <= day - invoice.day <= REVERSED_WITHIN)
    if soon:
        yield Cell(Table.DAYS, invoice.day, Day.REVERSED), min(soon, invoice.amount)


def _followed(
    invoice: Event, events: Sequence[Event], credited: Sequence[tuple[int, int]]
) -> Iterator[Part]:
    """Payment facts: only of invoices whose payments the bank sees."""
    if all(event.kind in (EventKind.INVOICE, EventKind.CREDIT) for event in events):
        return
    payments = [event for event in events if event.kind is EventKind.PAYMENT]
    for paid in payments:
        yield Cell(Table.PAID, paid.day, Paid.CASH), paid.amount
        yield Cell(Table.PAID, paid.day, Paid.CASH_DAYS), paid.amount * _days(paid, invoice.day)
        if invoice.due is not None:
            late = paid.amount * _days(paid, invoice.due)
            yield Cell(Table.PAID, paid.day, Paid.DUE_CASH), paid.amount
            yield Cell(Table.PAID, paid.day, Paid.DUE_CASH_DAYS), late
    if invoice.due is None:
        return
    cash = [(paid.day, paid.amount) for paid in payments]
    settled, left = _settled(invoice.amount, [*cash, *credited])
    received = min(sum(amount for _, amount in cash), invoice.amount)
    for column, amount in zip(Due, (1, invoice.amount, received, left), strict=True):
        yield Cell(Table.DUES, invoice.due, column, settled), amount


def _days(paid: Event, since: int) -> int:
    return max(-LONGEST, min(paid.day - since, LONGEST))


def _settled(face: int, parts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The day on which cash and credits reached the face (0: not yet), and what is still open."""
    left = face
    for day, amount in sorted(parts):
        left -= amount
        if left <= 0:
            return day, 0
    return 0, left


def _lines(order: str, events: Sequence[Event], currency: str | None) -> Iterator[Part]:
    """min(ordered, received, invoiced) per line of one order, in money of the invoice lines."""
    ordered = _quantities(order, events, EventKind.ORDER, only_first=True)
    if not ordered:
        return
    received = _quantities(order, events, EventKind.RECEIPT)
    invoices = [e for e in _firsts(events, EventKind.INVOICE) if e.currency == currency]
    lines = [
        (event.day, x)
        for event in invoices
        for x in event.lines
        if x.order == order and x.line in ordered
    ]
    invoiced: dict[str, int] = {}
    for _, x in lines:
        invoiced[x.line] = invoiced.get(x.line, 0) + x.quantity
    for day, x in lines:
        whole = invoiced[x.line]
        backed = min(ordered[x.line], received.get(x.line, 0), whole)
        yield Cell(Table.DAYS, day, Day.LINKED), x.net
        yield Cell(Table.DAYS, day, Day.MATCHED), x.net * backed // whole


def _firsts(events: Sequence[Event], kind: EventKind) -> list[Event]:
    """The first document of each number, void numbers left out."""
    numbers: dict[str, list[Event]] = {}
    for event in events:
        if event.kind is kind:
            numbers.setdefault(event.number, []).append(event)
    return [same[0] for same in numbers.values() if not any(event.void for event in same)]


def _quantities(
    order: str, events: Sequence[Event], kind: EventKind, *, only_first: bool = False
) -> dict[str, int]:
    total: dict[str, int] = {}
    documents = _firsts(events, kind)
    for event in documents[:1] if only_first else documents:
        for x in event.lines:
            if x.order == order:
                total[x.line] = total.get(x.line, 0) + x.quantity
    return total
