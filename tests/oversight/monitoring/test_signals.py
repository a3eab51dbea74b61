"""Signals on dated series, told as small tables; the day watched is 30 June 2026."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.oversight.monitoring.domain.rule import Rule
from heliu.oversight.monitoring.domain.sight import (
    Call,
    Happened,
    LiveLoan,
    Mention,
    Pair,
    PricePoint,
    Sight,
    Subject,
    SubjectKind,
    Trade,
    Undertaken,
    at_stake,
)
from heliu.oversight.monitoring.domain.signals import MOST_EVIDENCE, Signal, look
from heliu.oversight.monitoring.rules_file import shipped

ON = date(2026, 6, 30)
S, B, OTHER = "supplier", "buyer", "other buyer"
LOAN = LiveLoan(UUID(int=1), S, B, 1_000_00)
BOOK = shipped()
IDS = count(100)


def ago(days: int) -> date:
    return ON - timedelta(days)


def happened(kind: Happened, number: str, days_ago: int, **said: Any) -> Trade:
    return Trade(kind, number, ago(days_ago), UUID(int=next(IDS)), **said)


def orders(*days_ago: int) -> list[Trade]:
    return [happened(Happened.ORDER, f"PO{n}", n) for n in days_ago]


def received(*lags: tuple[int, int]) -> list[Trade]:
    """Receipts so many days ago, each so many days after its order."""
    made = []
    for number, (days_ago, lag) in enumerate(lags):
        order = f"PO{number}"
        made.append(happened(Happened.ORDER, order, days_ago + lag))
        made.append(happened(Happened.RECEIPT, f"GR{number}", days_ago, orders=(order,)))
    return made


def invoices(*days_ago: int, amount: int = 100_00, due: int = 60) -> list[Trade]:
    return [
        happened(Happened.INVOICE, f"I{n}", n, amount=amount, due_on=ago(n - due)) for n in days_ago
    ]


def credited(days_ago: int, amount: int, *numbers: str) -> Trade:
    return happened(Happened.CREDIT, f"C{days_ago}", days_ago, amount=amount, refs=numbers)


def settled(*days: tuple[int, int], amount: int = 100_00) -> list[Trade]:
    """Invoices issued and paid so many days ago."""
    made = invoices(*(issued for issued, _ in days), amount=amount)
    return [
        *made,
        *(happened(Happened.PAYMENT, f"I{i}", paid, amount=amount) for i, paid in days),
    ]


def unpaid(*days_ago: int) -> list[Trade]:
    followed = [happened(Happened.FOLLOWED, f"I{n}", n) for n in days_ago]
    return [*invoices(*days_ago), *followed]


def sight(trades: Sequence[Trade] = (), **seen: Any) -> Sight:
    whole: Mapping[str, Any] = {
        "cycles": {}, "hits": {}, "notices": {}, "prices": {}, "calls": {}, "covenants": {},
    } | seen  # fmt: skip
    return Sight(ON, (LOAN,), {B: {S: trades}}, **whole)


def told(rule_id: str, seen: Sight) -> Signal | None:
    rule = BOOK.rule(rule_id)
    assert rule is not None
    found = look(replace(BOOK, rules=(rule,)), seen)
    assert len(found) <= 1
    return found[0] if found else None


USUAL = settled((200, 140), (180, 120), (160, 100))  # paid after 60 days

TABLE = [
    ("order_drop", orders(100, 90, 80, 70, 60, 50, 40, 35, 31, 5), True),
    ("order_drop", orders(100, 90, 80, 70, 60, 50, 20, 5), False),
    ("order_drop", orders(100, 90, 80, 70, 60), False),
    ("order_drop", orders(100, 90, 80, 70, 60, 50), True),
    ("receipt_lag", received((90, 5), (80, 5), (70, 5), (20, 12), (10, 12), (5, 12)), True),
    ("receipt_lag", received((90, 5), (80, 5), (70, 5), (20, 11), (10, 12), (5, 12)), False),
    ("receipt_lag", received((90, 5), (80, 5), (20, 30), (10, 30), (5, 30)), False),
    ("return_rate", [*invoices(50, 40, 30, 20, 10), credited(5, 1, "I50")], True),
    ("return_rate", [*invoices(60, 50, 40, 30, 20, 10), credited(5, 1, "I50")], False),
    ("return_rate", [*invoices(50, 40, 30), credited(5, 1, "I50", "I40", "I30")], False),
    ("return_rate", [*invoices(50, 40, 30, 20, 10), credited(5, 1, "I999")], False),
    ("dilution", [*invoices(50, 40, 30, 20), credited(5, 40_00, "I50")], True),
    ("dilution", [*invoices(50, 40, 30, 20), credited(5, 39_99, "I50")], False),
    ("dilution", [*invoices(50, 40, 30, 20, amount=0), credited(5, 1, "I50")], False),
    ("buyer_stretch", [*USUAL, *settled((90, 20), (80, 10))], True),
    ("buyer_stretch", [*USUAL, *settled((80, 20), (75, 10))], False),
    ("buyer_stretch", [*USUAL, *settled((90, 20))], False),
    ("buyer_stretch", [*USUAL, *unpaid(90, 85)], True),
    ("buyer_stretch", [*USUAL, *invoices(90, 85)], False),
    ("buyer_stretch", settled((90, 20), (80, 10)), False),
]


@pytest.mark.parametrize(("rule_id", "trades", "speaks"), TABLE)
def test_a_rule_speaks_at_its_threshold_and_not_below(
    rule_id: str,
    trades: list[Trade],
    speaks: bool,  # noqa: FBT001 - a table's column
) -> None:
    signal = told(rule_id, sight(trades))
    assert (signal is not None) == speaks
    assert signal is None or signal.loans == (LOAN.id,)


def test_an_unpaid_invoice_that_was_credited_away_stretches_nobody() -> None:
    trades = [*USUAL, *unpaid(90, 85), credited(1, 100_00, "I90"), credited(2, 100_00, "I85")]
    assert told("buyer_stretch", sight(trades)) is None


def test_a_stretch_names_its_figures_and_documents() -> None:
    signal = told("buyer_stretch", sight([*USUAL, *settled((90, 20), (80, 10)), *unpaid(95)]))
    assert signal is not None
    assert signal.subject == Subject(SubjectKind.BUYER, B)
    assert dict(signal.seen.figures) == {
        "days": "78.3333", "usual_days": "60.0000", "paid": "2", "unpaid": "1",
    }  # fmt: skip
    assert len(signal.seen.evidence) == 3


MENTION = Mention(ago(3), UUID(int=7))


@pytest.mark.parametrize(
    ("rule_id", "seen", "figures"),
    [
        (
            "new_cycle",
            {"cycles": {Pair(S, B): [MENTION]}},
            {"times": "1", "last_on": "2026-06-27"},
        ),
        ("new_cycle", {"cycles": {Pair(S, B): [Mention(ago(180), UUID(int=7))]}}, None),
        ("new_cycle", {"cycles": {Pair(S, OTHER): [MENTION]}}, None),
        ("registry_hit", {"hits": {B: [MENTION]}}, {"times": "1", "last_on": "2026-06-27"}),
        ("registry_hit", {"hits": {OTHER: [MENTION]}}, None),
        ("registry_hit", {"notices": {B: [MENTION]}}, None),
        ("registry_notice", {"notices": {S: [MENTION]}}, {"times": "1", "last_on": "2026-06-27"}),
        (
            "margin_call",
            {"calls": {LOAN.id: Call(ON, breached=True)}},
            {"cure_by": "2026-06-30", "breached": "true"},
        ),
        ("margin_call", {"calls": {UUID(int=9): Call(ON, breached=True)}}, None),
    ],
)
def test_what_is_told_of_a_subject_is_a_warning_on_its_loans(
    rule_id: str, seen: dict[str, Any], figures: dict[str, str] | None
) -> None:
    signal = told(rule_id, sight(**seen))
    assert (dict(signal.seen.figures) if signal else None) == figures


def points(goods: str, *prices: tuple[int, str]) -> list[PricePoint]:
    return [
        PricePoint(goods, ago(days), Decimal(price), UUID(int=next(IDS))) for days, price in prices
    ]


@pytest.mark.parametrize(
    ("prices", "fall"),
    [
        (points("steel", (20, "100"), (1, "90")), "0.1000"),
        (points("steel", (20, "100"), (1, "90.01")), None),
        (points("steel", (20, "100"), (10, "80"), (1, "99")), None),
        (points("steel", (40, "100"), (1, "50")), None),
        ([*points("coke", (9, "10"), (1, "8")), *points("steel", (9, "10"), (1, "7"))], "0.3000"),
    ],
    ids=["fell by a tenth", "fell by less", "came back", "one price only", "the deepest of two"],
)
def test_a_price_has_fallen_from_the_highest_of_its_window(
    prices: list[PricePoint], fall: str | None
) -> None:
    signal = told("price_fall", sight(prices={LOAN.id: prices}))
    assert (signal.seen.figures["fall"] if signal else None) == fall


@pytest.mark.parametrize(
    ("least", "most", "value", "broken"),
    [
        (None, Decimal("0.3"), Decimal("0.31"), True),
        (None, Decimal("0.3"), Decimal("0.3"), False),
        (Decimal(5), None, 4, True),
        (Decimal(5), None, 5, False),
        (Decimal(5), None, None, False),
    ],
)
def test_a_covenant_is_broken_outside_its_bound_and_never_by_what_is_not_known(
    least: Decimal | None,
    most: Decimal | None,
    value: Decimal | int | None,
    broken: bool,  # noqa: FBT001 - a table's column
) -> None:
    term = Undertaken(UUID(int=5), "dilution", least, most, value)
    signal = told("covenant_breach", sight(covenants={LOAN.id: [term]}))
    assert (signal is not None) == broken


def test_pairs_and_buyers_are_looked_at_and_loans_and_parties_something_is_told_of() -> None:
    loans = (LOAN, replace(LOAN, id=UUID(int=2)), LiveLoan(UUID(int=3), S, None, 1))
    told_of = sight(hits={S: [MENTION]}, calls={UUID(int=2): Call(ON, breached=False)})
    stakes = at_stake(replace(told_of, loans=loans))
    assert {(subject.kind.value, len(ids)) for subject, ids in stakes.items()} == {
        ("pair", 2), ("buyer", 2), ("loan", 1), ("party", 3),
    }  # fmt: skip


def test_a_warning_names_the_youngest_documents_when_there_are_very_many() -> None:
    issued = invoices(*range(80))
    notes = [credited(n, 100_00, f"I{n}") for n in range(79, -1, -1)]
    signal = told("dilution", sight([*issued, *notes]))
    assert signal is not None
    assert signal.seen.evidence[-1] == notes[-1].document_id
    assert len(signal.seen.evidence) == MOST_EVIDENCE


trades_of_any_kind = st.lists(
    st.builds(
        lambda kind, n, days, amount: happened(
            kind, f"N{n}", days, amount=amount, refs=(f"N{n}",), orders=(f"N{n}",), due_on=ago(days)
        ),
        st.sampled_from(Happened),
        st.integers(0, 6),
        st.integers(0, 400),
        st.integers(0, 10**13),
    ),
    max_size=40,
)


@given(trades=trades_of_any_kind, days=st.integers(0, 5))
def test_no_series_breaks_a_rule_and_the_future_is_not_seen(trades: list[Trade], days: int) -> None:
    past = [trade for trade in trades if trade.on <= ago(days)]
    on = ago(days)
    then = replace(sight(past), on=on)
    now = replace(sight(trades), on=on)
    compare = [
        r for r in BOOK.rules if r.measure.value in ("order_drop", "return_rate", "dilution")
    ]
    book = replace(BOOK, rules=tuple(compare))
    assert [_plain(s) for s in look(book, then)] == [_plain(s) for s in look(book, now)]
    assert all(signal.loans for signal in look(BOOK, now))


def _plain(signal: Signal) -> tuple[Rule, Subject, dict[str, str]]:
    return signal.rule, signal.subject, dict(signal.seen.figures)
