"""Which invoices money pays, and which invoices came from elsewhere before.

Money pays an invoice whose number its message names, of its currency, if its sender does not
contradict that invoice's buyer (tax id, else name): a receivable is paid by its obligor. A number
several invoices share names none, unless the sender tells them apart. Money that names several
pays them in the order named, each up to its face, the last the rest; that is decided once, with
the first invoice that is known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from heliu.decisions.features.domain.log import Event, EventKind
from heliu.decisions.features.domain.pair import Pair
from heliu.decisions.features.domain.reading import Cash
from heliu.ground.ids import derived_id

Prints = Mapping[int, Iterable[tuple[Pair, str]]]
"""By print, the pairs and numbers of the invoices that bear it."""


def payments(cash: Cash, invoices: Iterable[Event], known_at: datetime) -> list[Event]:
    """What `cash` pays of `invoices` (all that bear a number it names), known at `known_at`."""
    paid = [i for word in cash.words if (i := _meant(word, cash, invoices)) is not None]
    named = list({(invoice.pair, invoice.number): invoice for invoice in paid}.values())
    events, left = [], cash.amount
    for place, invoice in enumerate(named, start=1):
        part = left if place == len(named) else min(left, invoice.amount)
        left -= part
        if part:
            events.append(_payment(cash, invoice, part, known_at))
    assert not named or left == 0, "all of the money is attributed or none"
    return events


def follow_up(invoice: Event, day: int, known_at: datetime) -> Event:
    """From `day` on the bank sees what is paid on `invoice`; an invoice is followed up once."""
    identity = derived_id("followed", invoice.supplier, invoice.buyer, invoice.number)
    return Event(
        id=identity,
        document_id=invoice.document_id,
        kind=EventKind.FOLLOWED,
        supplier=invoice.supplier,
        buyer=invoice.buyer,
        number=invoice.number,
        day=day,
        known_at=known_at,
    )


def marked(events: Sequence[Event], prints: Prints, goods: Prints) -> list[Event]:
    """`events` in order, those that repeat an earlier invoice of others marked so.

    The same number, code, amount and date under other parties, or the same delivered lines under
    another number. The same invoice told again by the same parties is no repetition.
    """
    seen = {key: set(bearers) for key, bearers in prints.items()}
    moved = {key: set(bearers) for key, bearers in goods.items()}
    found = []
    for event in events:
        me = (event.pair, event.number)
        repeats = False
        if event.print is not None:
            bearers = seen.setdefault(event.print, set())
            repeats = any(pair != event.pair for pair, _ in bearers)
            bearers.add(me)
        if event.goods is not None:
            bearers = moved.setdefault(event.goods, set())
            repeats = repeats or any(other != me for other in bearers)
            bearers.add(me)
        found.append(replace(event, repeats=True) if repeats else event)
    return found


def _meant(word: str, cash: Cash, invoices: Iterable[Event]) -> Event | None:
    """The one invoice that `word` can mean; None if there is none, or more than one."""
    numbered: dict[Pair, list[Event]] = {}
    for invoice in invoices:
        if invoice.number == word:
            numbered.setdefault(invoice.pair, []).append(invoice)
    meant = [
        told[0]
        for told in numbered.values()
        if not any(invoice.void for invoice in told)
        and told[0].currency == cash.currency
        and _may_pay(cash, told)
    ]
    return meant[0] if len(meant) == 1 else None


def _may_pay(cash: Cash, told: Sequence[Event]) -> bool:
    buyer = told[0].buyer
    if cash.debtor_tax_id:
        return cash.debtor_tax_id == buyer
    names = {invoice.buyer_name for invoice in told if invoice.buyer_name}
    return not cash.debtor_name or not names or cash.debtor_name in {*names, buyer}


def _payment(cash: Cash, invoice: Event, part: int, known_at: datetime) -> Event:
    return Event(
        id=derived_id("paid", str(cash.id), invoice.supplier, invoice.buyer, invoice.number),
        document_id=cash.document_id,
        kind=EventKind.PAYMENT,
        supplier=invoice.supplier,
        buyer=invoice.buyer,
        number=invoice.number,
        day=cash.day,
        known_at=known_at,
        currency=cash.currency,
        amount=part,
        cash_id=cash.id,
    )
