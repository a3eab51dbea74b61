"""The features as their definitions say, from scratch, without state: slow, and in other words.

It knows nothing of folds, windows by running sums or packed rows: it filters the list of events,
and counts. Amounts are fen.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor, log10

from heliu.decisions.features.domain.log import Event, EventKind
from heliu.decisions.features.domain.pair import Feature, Pair

HALF = Fraction(1, 2)


def oracle(log: Sequence[Event], pair: Pair, on: int) -> dict[str, Feature]:
    """Every feature of `pair` as of day `on`, from all events known, in the order of the log."""
    mine = [e for e in log if e.pair == pair]
    currency = next((e.currency for e in mine if e.currency), None)
    past = [e for e in mine if e.day <= on]
    invoices = _documents(past, EventKind.INVOICE)
    valid = [docs[0] for docs in invoices.values() if not any(d.void for d in docs)]
    orders = [
        d[0] for d in _documents(past, EventKind.ORDER).values() if not any(x.void for x in d)
    ]
    receipts = [
        d[0] for d in _documents(past, EventKind.RECEIPT).values() if not any(x.void for x in d)
    ]
    reds = _reds(past, currency)
    faces = [(i.day, i.amount) for i in valid if i.currency == currency]

    def net(days: int) -> int:
        return _sum(faces, on, days) - _sum([(r.day, r.amount) for r in reds], on, days)

    def recent(events: Sequence[Event], days: int) -> list[Event]:
        return [e for e in events if on - days < e.day <= on]

    traded = [e.day for e in (*valid, *receipts)]
    supplier = [e for e in log if e.supplier == pair.supplier and _currency(log, e) == currency]
    buyer = [e for e in log if e.buyer == pair.buyer and _currency(log, e) == currency]
    issued = [docs[0] for docs in invoices.values()]
    void = [docs[0] for docs in invoices.values() if any(d.void for d in docs)]
    year_gross, year_red = _sum(faces, on, 365), _sum([(r.day, r.amount) for r in reds], on, 365)
    followed = _followed(past, valid, reds, currency)
    return {
        "rel_age_days": on - min(i.day for i in valid) if valid else None,
        "recency_days": on - max(traded) if traded else None,
        "active_m12": len(
            {_month(i.day) for i in valid if _month(on) - 12 < _month(i.day) <= _month(on)}
        ),
        "n_ord_90": len(recent(orders, 90)),
        "n_inv_90": len(recent(valid, 90)),
        "n_inv_365": len(recent(valid, 365)),
        "gap_ewma_days": _gap(sorted({o.day for o in recent(orders, 365)}), on),
        "inv_30": net(30),
        "inv_90": net(90),
        "inv_365": net(365),
        "share_in_buyer": _share(net(365), _net_of(buyer, on)),
        "dependence": _share(net(365), _net_of(supplier, on)),
        "hhi_s": _hhi(supplier, on, lambda e: e.buyer),
        "hhi_b": _hhi(buyer, on, lambda e: e.supplier),
        **_payment(followed, on),
        **_lateness(followed, _followed_of(buyer), on),
        "void_rate": _told(
            len(recent(void, 365)),
            len(recent(issued, 365)),
            len(recent(issued, 365)),
            _void_prior(supplier, on),
        ),
        "red_rate": _told(year_red, year_gross, len(recent(valid, 365)), _red_prior(supplier, on)),
        **_month_end(valid, past, currency, on, year_gross),
        **_digits([i.amount for i in valid if i.currency == currency and i.amount]),
        "dup_hits": _hits(invoices, on),
        "backdate_p95_days": _nearest_rank(
            [(min(max(i.known_day - i.day, 0), 400), 1) for i in valid], 95
        ),
        "match3": _match3(past, currency, on),
    }


def _documents(events: Sequence[Event], kind: EventKind) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind is kind:
            found[event.number].append(event)
    return found


def _reds(events: Sequence[Event], currency: str | None) -> list[Event]:
    notes = _documents(events, EventKind.CREDIT).values()
    return [n[0] for n in notes if not any(d.void for d in n) and n[0].currency == currency]


def _valid(events: Sequence[Event]) -> list[Event]:
    invoices = _documents(events, EventKind.INVOICE).values()
    return [docs[0] for docs in invoices if not any(d.void for d in docs)]


def _sum(amounts: Sequence[tuple[int, int]], on: int, days: int) -> int:
    return sum(amount for day, amount in amounts if on - days < day <= on)


def _month(day: int) -> int:
    return date.fromordinal(day).year * 12 + date.fromordinal(day).month


def _currency(log: Sequence[Event], event: Event) -> str | None:
    return next((e.currency for e in log if e.pair == event.pair and e.currency), None)


def _pairs(events: Sequence[Event]) -> list[list[Event]]:
    found: dict[Pair, list[Event]] = defaultdict(list)
    for event in events:
        found[event.pair].append(event)
    return list(found.values())


def _rounded(value: Fraction) -> Fraction:
    """Half up to six places, never above 1,000."""
    return min(Fraction(floor(value * 1_000_000 + HALF), 1_000_000), Fraction(1000))


def _places(value: Fraction) -> Decimal:
    return Decimal(int(_rounded(value) * 1_000_000)).scaleb(-6)


def _share(part: int, whole: int) -> Decimal | None:
    return _places(Fraction(min(max(part, 0), whole), whole)) if whole > 0 else None


def _weight(age: int) -> int:
    # 2 ** (20 - age / 62), rounded down, by search among the integers near the float.
    guess = int(2 ** (20 - age / 62)) + 2
    return next(w for w in range(guess, -1, -1) if w**62 <= 2 ** (20 * 62 - age))


def _gap(days: list[int], on: int) -> Decimal | None:
    gaps = [(b - a, _weight(on - b)) for a, b in pairwise(days)]
    total = sum(w for _, w in gaps)
    return _places(Fraction(sum(g * w for g, w in gaps), total)) if total else None


def _net_of(events: Sequence[Event], on: int) -> int:
    total = 0
    for mine in _pairs(events):
        currency = _currency(mine, mine[0])
        total += _sum([(i.day, i.amount) for i in _valid(mine) if i.currency == currency], on, 365)
        total -= _sum([(r.day, r.amount) for r in _reds(mine, currency)], on, 365)
    return total


def _hhi(events: Sequence[Event], on: int, other: Callable[[Event], str]) -> Decimal | None:
    parts: dict[str, int] = {}
    for mine in _pairs(events):
        currency = _currency(mine, mine[0])
        traded = [(i.day, i.amount) for i in _valid(mine) if i.currency == currency]
        traded += [(r.day, -r.amount) for r in _reds(mine, currency)]
        months = [a for day, a in traded if _month(on) - 12 < _month(day) <= _month(on)]
        parts[other(mine[0])] = max(0, sum(months))
    whole = sum(parts.values())
    return _places(Fraction(sum(p * p for p in parts.values()), whole * whole)) if whole else None


class _Item:
    """A followed invoice: what was paid and credited, and when that reached its face."""

    def __init__(self, invoice: Event, paid: list[Event], credited: list[Event]) -> None:
        self.invoice, self.paid = invoice, paid
        running, self.settled = 0, None
        for part in sorted((*paid, *credited), key=lambda e: e.day):
            running += part.amount
            if running >= invoice.amount and self.settled is None:
                self.settled = part.day
        self.open = 0 if self.settled is not None else invoice.amount - running
        self.cash = min(sum(p.amount for p in paid), invoice.amount)


def _followed(
    events: Sequence[Event], valid: Sequence[Event], reds: Sequence[Event], currency: str | None
) -> list[_Item]:
    seen = {e.number for e in events if e.kind in (EventKind.PAYMENT, EventKind.FOLLOWED)}
    return [
        _Item(
            invoice,
            [e for e in events if e.kind is EventKind.PAYMENT and e.number == invoice.number],
            [r for r in reds if invoice.number in r.refs],
        )
        for invoice in valid
        if invoice.number in seen and invoice.currency == currency and invoice.amount
    ]


def _followed_of(events: Sequence[Event]) -> list[_Item]:
    items = []
    for mine in _pairs(events):
        currency = _currency(mine, mine[0])
        items += _followed(mine, _valid(mine), _reds(mine, currency), currency)
    return items


def _clipped(days: int) -> int:
    return max(-400, min(days, 400))


def _payment(items: Sequence[_Item], on: int) -> dict[str, Feature]:
    rows = [(i.invoice, p) for i in items for p in i.paid if on - 365 < p.day]
    weighed = [(i, p, _weight(on - p.day) * p.amount) for i, p in rows]
    dated = [(i, p, w) for i, p, w in weighed if i.due is not None]

    def mean(parts: list[tuple[int, int]]) -> Decimal | None:
        whole = sum(w for _, w in parts)
        return _places(Fraction(sum(x * w for x, w in parts), whole)) if whole else None

    return {
        "dso_ewma_days": mean([(_clipped(p.day - i.day), w) for i, p, w in weighed]),
        "late_ewma_days": mean([(_clipped(p.day - (i.due or 0)), w) for i, p, w in dated]),
    }


def _late_days(item: _Item, on: int) -> int:
    due = item.invoice.due or 0
    settled = item.settled if item.settled is not None and item.settled <= on else on
    return max(0, settled - due)


def _matured(items: Sequence[_Item], on: int) -> list[_Item]:
    return [i for i in items if i.invoice.due is not None and on - 365 < i.invoice.due < on]


def _lateness(items: Sequence[_Item], of_buyer: Sequence[_Item], on: int) -> dict[str, Feature]:
    dated = [i for i in items if i.invoice.due is not None]
    matured, n = _matured(dated, on), len(_matured(dated, on))
    late = [i for i in matured if _late_days(i, on) > 0]
    open_ = [i for i in dated if i.settled is None]
    overdue = [i for i in open_ if (i.invoice.due or 0) < on]
    closed = [
        i
        for i in dated
        if on - (i.invoice.due or 0) < 365
        and (i.settled is not None or on - (i.invoice.due or 0) >= 90)
    ]
    whole = _matured(of_buyer, on)
    whole_late = [i for i in whole if _late_days(i, on) > 0]
    tenth = Fraction(1, 10)
    by_count = _shrunk(Fraction(len(whole_late), len(whole)), len(whole), tenth) if whole else tenth
    whole_face = sum(i.invoice.amount for i in whole)
    by_amount = (
        _shrunk(Fraction(sum(i.invoice.amount for i in whole_late), whole_face), len(whole), tenth)
        if whole
        else tenth
    )
    face = sum(i.invoice.amount for i in closed)
    open_amount = sum(i.open for i in open_)
    is_known = bool(matured or open_)
    ratio = Fraction(sum(i.open for i in overdue), open_amount) if open_amount else Fraction(0)
    return {
        "late_p90_days": _nearest_rank([(_late_days(i, on), 1) for i in matured], 90),
        "late_rate_n": _told(len(late), n, n, by_count),
        "late_rate_amt": _told(
            sum(i.invoice.amount for i in late),
            sum(i.invoice.amount for i in matured),
            n,
            by_amount,
        ),
        "worst_open_days": max((on - (i.invoice.due or 0) for i in overdue), default=0)
        if is_known
        else None,
        "overdue_ratio": _places(ratio) if is_known else None,
        "dilution": _told(face - sum(i.cash for i in closed), face, len(closed), Fraction(2, 100)),
    }


def _shrunk(rate: Fraction, n: int, prior: Fraction) -> Fraction:
    return _rounded((_rounded(rate) * n + 5 * prior) / (n + 5))


def _told(part: int, whole: int, n: int, prior: Fraction) -> Decimal | None:
    return _places(_shrunk(Fraction(part, whole), n, prior)) if n and whole > 0 else None


def _void_prior(events: Sequence[Event], on: int) -> Fraction:
    issued = void = 0
    for mine in _pairs(events):
        for docs in _documents(mine, EventKind.INVOICE).values():
            inside = on - 365 < docs[0].day <= on
            issued += inside
            void += inside and any(d.void for d in docs)
    house = Fraction(3, 100)
    return _shrunk(Fraction(void, issued), issued, house) if issued else house


def _red_prior(events: Sequence[Event], on: int) -> Fraction:
    gross = red = n = 0
    for mine in _pairs(events):
        currency = _currency(mine, mine[0])
        valid = [i for i in _valid(mine) if on - 365 < i.day <= on]
        n += len(valid)
        gross += sum(i.amount for i in valid if i.currency == currency)
        red += _sum([(r.day, r.amount) for r in _reds(mine, currency)], on, 365)
    house = Fraction(2, 100)
    return _shrunk(Fraction(red, gross), n, house) if n and gross else house


def _month_end(
    valid: Sequence[Event], past: Sequence[Event], currency: str | None, on: int, gross: int
) -> dict[str, Feature]:
    notes = _reds(past, currency)
    last_two = [
        i
        for i in valid
        if on - 365 < i.day and i.currency == currency
        if (date.fromordinal(i.day) + timedelta(2)).month != date.fromordinal(i.day).month
    ]
    reversed_ = [
        min(
            i.amount,
            sum(r.amount for r in notes if i.number in r.refs and 0 <= r.day - i.day <= 30),
        )
        for i in last_two
    ]
    return {
        "eom_share": _share(sum(i.amount for i in last_two), gross),
        "eom_reversed": _share(sum(reversed_), gross),
    }


def _digits(faces: Sequence[int]) -> dict[str, Feature]:
    if not faces:
        return {"round_share": None, "benford_distance": None}
    n = len(faces)
    laws = [Fraction(round(log10(1 + 1 / d) * 1_000_000), 1_000_000) for d in range(1, 10)]
    shares = [Fraction(sum(str(f)[0] == str(d) for f in faces), n) for d in range(1, 10)]
    apart = sum((abs(a - b) for a, b in zip(shares, laws, strict=True)), Fraction(0)) / 2
    return {
        "round_share": _places(Fraction(sum(f % 100_000 == 0 for f in faces), n)),
        "benford_distance": _places(apart * n / (n + 5)),
    }


def _hits(invoices: dict[str, list[Event]], on: int) -> int:
    hits = 0
    for docs in invoices.values():
        first = docs[0]
        for doc in docs:
            other = (doc.amount, doc.day, doc.currency) != (first.amount, first.day, first.currency)
            hits += (doc.repeats or (other and not doc.void)) and on - 365 < doc.day
    return hits


def _match3(past: Sequence[Event], currency: str | None, on: int) -> Decimal | None:
    linked = matched = 0
    for number, orders in _documents(past, EventKind.ORDER).items():
        naming = [e for e in past if any(x.order == number for x in e.lines)]
        receipts, invoices = (
            [d[0] for d in _documents(naming, kind).values() if not any(x.void for x in d)]
            for kind in (EventKind.RECEIPT, EventKind.INVOICE)
        )
        invoices = [i for i in invoices if i.currency == currency]
        for name in {x.line for x in orders[0].lines} if not any(o.void for o in orders) else ():
            ordered, received, invoiced = (
                sum(x.quantity for e in es for x in e.lines if (x.order, x.line) == (number, name))
                for es in ([orders[0]], receipts, invoices)
            )
            for invoice in invoices:
                for x in invoice.lines:
                    if (x.order, x.line) == (number, name):
                        inside = on - 90 < invoice.day
                        linked += x.net * inside
                        matched += x.net * min(ordered, received, invoiced) // invoiced * inside
    return _share(matched, linked)


def _nearest_rank(values: Sequence[tuple[int, int]], percent: int) -> int | None:
    ordered = sorted(value for value, count in values for _ in range(count))
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None
