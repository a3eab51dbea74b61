"""Signals: a pure function a measure, on the dated series of its subject. Exact integer arithmetic.

Each returns the figures and documents it rests on when the rule's threshold is reached, else None;
too few cases are never a signal. The window of day d is (d - window, d], the baseline lies before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from heliu.oversight.monitoring.domain.rule import Measure, Rule, RuleBook
from heliu.oversight.monitoring.domain.sight import (
    Happened,
    Mention,
    Pair,
    Sight,
    Subject,
    SubjectKind,
    Trade,
    at_stake,
)

# What a warning names at most: the youngest; the figures say how many there are.
MOST_EVIDENCE: Final = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule found: figures by name, the documents (or prices) behind them, oldest first."""

    figures: Mapping[str, str]
    evidence: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that speaks about a subject, and the loans at stake."""

    rule: Rule
    subject: Subject
    seen: Seen
    loans: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Spans:
    """The window and the baseline of a rule on a day."""

    on: date
    window: date  # its first day
    baseline: date

    @classmethod
    def of(cls, rule: Rule, on: date) -> "_Spans":
        window = on - timedelta(days=rule.window_days - 1)
        return cls(on, window, window - timedelta(days=rule.baseline_days))

    def recent(self, day: date) -> bool:
        return self.window <= day <= self.on

    def before(self, day: date) -> bool:
        return self.baseline <= day < self.window


def look(book: RuleBook, sight: Sight) -> list[Signal]:
    """Every signal of a day, by rule and subject."""
    stakes: dict[SubjectKind, list[tuple[Subject, list[UUID]]]] = {}
    for subject, loans in at_stake(sight).items():
        stakes.setdefault(subject.kind, []).append((subject, loans))
    found = []
    for rule in book.rules:
        kind, measure = _MEASURES[rule.measure]
        for subject, loans in stakes.get(kind, ()):
            if (seen := measure(rule, subject, sight)) is not None:
                found.append(Signal(rule, subject, seen, tuple(sorted(loans))))
    found.sort(key=lambda signal: (signal.rule.id, signal.subject.key))
    return found


def _order_drop(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    """Orders of the window against the share of the baseline's that as many days would hold."""
    spans = _Spans.of(rule, sight.on)
    orders = _of(_trades(subject, sight), Happened.ORDER)
    recent = [order for order in orders if spans.recent(order.on)]
    before = [order for order in orders if spans.before(order.on)]
    if len(before) < rule.least:
        return None
    usual = Fraction(len(before) * rule.window_days, rule.baseline_days)
    drop = 1 - Fraction(len(recent)) / usual
    if drop < Fraction(rule.threshold):
        return None
    figures = {"orders": str(len(recent)), "usual": _text(usual), "drop": _text(drop)}
    return Seen(figures, _named([*before, *recent]))


def _receipt_lag(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    """Mean days from order to receipt, of receipts of the window against those of the baseline."""
    spans = _Spans.of(rule, sight.on)
    trades = _trades(subject, sight)
    ordered = {order.number: order.on for order in _of(trades, Happened.ORDER)}
    lags = [
        (receipt, (receipt.on - ordered[number]).days)
        for receipt in _of(trades, Happened.RECEIPT)
        for number in receipt.orders
        if number in ordered
    ]
    recent = [(receipt, days) for receipt, days in lags if spans.recent(receipt.on)]
    before = [days for receipt, days in lags if spans.before(receipt.on)]
    if min(len(recent), len(before)) < rule.least:
        return None
    now = Fraction(sum(days for _, days in recent), len(recent))
    usual = Fraction(sum(before), len(before))
    if now - usual < Fraction(rule.threshold):
        return None
    figures = {"days": _text(now), "usual_days": _text(usual), "receipts": str(len(recent))}
    return Seen(figures, _named(receipt for receipt, _ in recent))


def _return_rate(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    """How many of the window's invoices a credit note of the window names."""
    spans = _Spans.of(rule, sight.on)
    invoices = _invoices(subject, sight, spans)
    if len(invoices) < rule.least:
        return None
    numbers = {invoice.number for invoice in invoices}
    notes = _credits(subject, sight, spans)
    named = {number for credit in notes for number in credit.refs} & numbers
    rate = Fraction(len(named), len(invoices))
    if rate < Fraction(rule.threshold):
        return None
    figures = {"credited": str(len(named)), "invoices": str(len(invoices)), "rate": _text(rate)}
    return Seen(figures, _named(notes))


def _dilution(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    """What credit notes of the window take off, against what its invoices bill (minor units)."""
    spans = _Spans.of(rule, sight.on)
    invoices = _invoices(subject, sight, spans)
    face = sum(invoice.amount for invoice in invoices)
    if len(invoices) < rule.least or face == 0:
        return None
    notes = _credits(subject, sight, spans)
    taken = sum(note.amount for note in notes)
    rate = Fraction(taken, face)
    if rate < Fraction(rule.threshold):
        return None
    figures = {"credited_minor": str(taken), "invoiced_minor": str(face), "rate": _text(rate)}
    return Seen(figures, _named(notes))


def _buyer_stretch(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    """Days from invoice to payment, weighted by amount: the window against the baseline.

    An invoice the bank follows that is due, unpaid and already older than usual counts with its
    age: a buyer who stops paying is not faster for it.
    """
    spans = _Spans.of(rule, sight.on)
    recent: list[tuple[int, int, Trade]] = []
    before: list[tuple[int, int]] = []
    waiting: list[tuple[int, int, Trade]] = []
    for trades in sight.trades.get(subject.party, {}).values():
        for payment, days in _payments(trades):
            if spans.recent(payment.on):
                recent.append((days, payment.amount, payment))
            elif spans.before(payment.on):
                before.append((days, payment.amount))
        waiting += _waiting(trades, sight.on)
    weight = sum(amount for _, amount in before)
    if len(before) < rule.least or weight == 0:
        return None
    usual = Fraction(sum(days * amount for days, amount in before), weight)
    older = [(days, left, invoice) for days, left, invoice in waiting if days > usual]
    told = [*recent, *older]
    weight = sum(amount for _, amount, _ in told)
    if len(told) < rule.least or weight == 0:
        return None
    now = Fraction(sum(days * amount for days, amount, _ in told), weight)
    if now - usual < Fraction(rule.threshold):
        return None
    figures = {
        "days": _text(now),
        "usual_days": _text(usual),
        "paid": str(len(recent)),
        "unpaid": str(len(older)),
    }
    documents = sorted((one for _, _, one in told), key=lambda one: one.on)
    return Seen(figures, _named(documents))


def _new_cycle(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    return _mentioned(rule, sight.cycles.get(_pair(subject), ()), sight.on)


def _registry_hit(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    return _mentioned(rule, sight.hits.get(subject.party, ()), sight.on)


def _registry_notice(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    return _mentioned(rule, sight.notices.get(subject.party, ()), sight.on)


def _margin_call(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    """A margin call is open."""
    del rule
    assert subject.loan is not None, "a loan's"
    call = sight.calls.get(subject.loan)
    if call is None:
        return None
    figures = {"cure_by": call.cure_by.isoformat(), "breached": str(call.breached).lower()}
    return Seen(figures, ())


def _price_fall(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    """The youngest price of pledged goods against the highest of the window: the worst of them."""
    assert subject.loan is not None, "a loan's"
    spans = _Spans.of(rule, sight.on)
    worst: Seen | None = None
    deepest = Fraction(0)
    by_goods: dict[str, list[tuple[date, Decimal, UUID]]] = {}
    for point in sight.prices.get(subject.loan, ()):
        if spans.recent(point.on):
            by_goods.setdefault(point.goods, []).append((point.on, point.price, point.price_id))
    for goods, points in sorted(by_goods.items()):
        if len(points) < rule.least:
            continue
        highest, last = max(points, key=lambda point: point[1]), points[-1]
        fall = 1 - Fraction(last[1]) / Fraction(highest[1])
        if fall >= Fraction(rule.threshold) and fall > deepest:
            deepest = fall
            figures = {"goods": goods, "price": str(last[1]), "highest": str(highest[1])}
            worst = Seen({**figures, "fall": _text(fall)}, (highest[2], last[2]))
    return worst


def _covenant_breach(rule: Rule, subject: Subject, sight: Sight) -> Seen | None:
    """Covenants in force whose feature is known and outside its bound."""
    del rule
    assert subject.loan is not None, "a loan's"
    broken = [one for one in sight.covenants.get(subject.loan, ()) if one.broken]
    if not broken:
        return None
    figures = {one.feature: str(one.value) for one in broken}
    return Seen(figures, tuple(one.id for one in broken))


_Function = Callable[[Rule, Subject, Sight], Seen | None]
_MEASURES: Final[dict[Measure, tuple[SubjectKind, _Function]]] = {
    Measure.ORDER_DROP: (SubjectKind.PAIR, _order_drop),
    Measure.RECEIPT_LAG: (SubjectKind.PAIR, _receipt_lag),
    Measure.RETURN_RATE: (SubjectKind.PAIR, _return_rate),
    Measure.DILUTION: (SubjectKind.PAIR, _dilution),
    Measure.NEW_CYCLE: (SubjectKind.PAIR, _new_cycle),
    Measure.BUYER_STRETCH: (SubjectKind.BUYER, _buyer_stretch),
    Measure.MARGIN_CALL: (SubjectKind.LOAN, _margin_call),
    Measure.PRICE_FALL: (SubjectKind.LOAN, _price_fall),
    Measure.REGISTRY_HIT: (SubjectKind.PARTY, _registry_hit),
    Measure.REGISTRY_NOTICE: (SubjectKind.PARTY, _registry_notice),
    Measure.COVENANT_BREACH: (SubjectKind.LOAN, _covenant_breach),
}


def _pair(subject: Subject) -> Pair:
    assert subject.other is not None, "a pair's"
    return Pair(subject.party, subject.other)


def _trades(subject: Subject, sight: Sight) -> Sequence[Trade]:
    pair = _pair(subject)
    return sight.trades.get(pair.buyer, {}).get(pair.supplier, ())


def _of(trades: Iterable[Trade], kind: Happened) -> list[Trade]:
    """Things of one kind, each number once (its first)."""
    found: dict[str, Trade] = {}
    for trade in trades:
        if trade.kind is kind:
            found.setdefault(trade.number, trade)
    return list(found.values())


def _invoices(subject: Subject, sight: Sight, spans: _Spans) -> list[Trade]:
    issued = _of(_trades(subject, sight), Happened.INVOICE)
    return [one for one in issued if spans.recent(one.on) and not one.void]


def _credits(subject: Subject, sight: Sight, spans: _Spans) -> list[Trade]:
    return [t for t in _of(_trades(subject, sight), Happened.CREDIT) if spans.recent(t.on)]


def _payments(trades: Sequence[Trade]) -> list[tuple[Trade, int]]:
    """Each payment of an invoice that is in sight, and days since the invoice."""
    issued = {invoice.number: invoice.on for invoice in _of(trades, Happened.INVOICE)}
    return [
        (trade, max(0, (trade.on - issued[trade.number]).days))
        for trade in trades
        if trade.kind is Happened.PAYMENT and trade.number in issued
    ]


def _waiting(trades: Sequence[Trade], on: date) -> list[tuple[int, int, Trade]]:
    """Followed invoices past their due date that are not settled: age, what is left, invoice."""
    settled: dict[str, int] = {}
    for trade in trades:
        if trade.kind is Happened.PAYMENT:
            settled[trade.number] = settled.get(trade.number, 0) + trade.amount
        elif trade.kind is Happened.CREDIT and len(trade.refs) == 1:
            settled[trade.refs[0]] = settled.get(trade.refs[0], 0) + trade.amount
    followed = {trade.number for trade in trades if trade.kind is Happened.FOLLOWED}
    found = []
    for invoice in _of(trades, Happened.INVOICE):
        left = invoice.amount - settled.get(invoice.number, 0)
        late = invoice.due_on is not None and invoice.due_on < on
        if left > 0 and late and not invoice.void and invoice.number in followed:
            found.append(((on - invoice.on).days, left, invoice))
    return found


def _mentioned(rule: Rule, mentions: Sequence[Mention], on: date) -> Seen | None:
    spans = _Spans.of(rule, on)
    recent = [one for one in mentions if spans.recent(one.on)]
    if len(recent) < rule.least or len(recent) < rule.threshold:
        return None
    figures = {"times": str(len(recent)), "last_on": max(one.on for one in recent).isoformat()}
    return Seen(figures, _named(recent))


def _named(said: Iterable[Trade | Mention]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(one.document_id for one in said))[-MOST_EVIDENCE:]


def _text(number: Fraction) -> str:
    """A figure to four places, half even; for people, never compared."""
    return str(round(Decimal(number.numerator) / Decimal(number.denominator), 4))
