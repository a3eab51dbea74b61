"""What was overpaid goes back, never more, and what went back serves nothing any more."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tests.credit.engine.planning import START, Book, drawn, plain

from heliu.credit.engine.api import (
    Amortisation,
    Charge,
    EventKind,
    LoanEvent,
    Profile,
    RateChange,
    Reversal,
    Status,
    Terms,
    check,
    fold,
    quote,
)
from heliu.ground.errors import Refusal

K = EventKind
FEB, MAR, APR = date(2026, 2, 10), date(2026, 3, 10), date(2026, 4, 10)
BULLET = plain(Amortisation.BULLET)


def overpaid(terms: Terms, by: int) -> Book:
    """Drawn, and on the tenth of February all of it and `by` more paid."""
    book = drawn(terms)
    book.add(K.REPAY, FEB, quote(terms, book.events, FEB).total + by)
    return book


def refused(terms: Terms, book: Book, event: LoanEvent) -> str | None:
    book.events.remove(event)
    refusal = check(terms, book.events, event)
    return refusal.code if isinstance(refusal, Refusal) else None


def test_a_refund_closes_the_loan_on_the_day_it_was_paid() -> None:
    book = overpaid(BULLET, 500)
    assert fold(BULLET, book.events, MAR).status is Status.OVERPAID
    book.add(K.REFUND, MAR, 500)
    state = fold(BULLET, book.events, APR)
    assert (state.status, state.overpaid, state.closed_on) == (Status.CLOSED, 0, FEB)
    assert state.transactions[-1].amount == state.transactions[-1].overpaid == 500


def test_more_than_was_overpaid_or_before_it_was_does_not_go_back() -> None:
    book = overpaid(BULLET, 500)
    assert refused(BULLET, book, book.add(K.REFUND, MAR, 501)) == "engine.not_overpaid"
    assert refused(BULLET, book, book.add(K.REFUND, START, 500)) == "engine.not_overpaid"
    book.add(K.REFUND, MAR, 300)
    assert refused(BULLET, book, book.add(K.REFUND, MAR, 201)) == "engine.not_overpaid"
    assert refused(BULLET, book, book.add(K.REFUND, MAR, 200)) is None


def test_what_would_use_what_went_back_is_refused_until_the_refund_is_reversed() -> None:
    book = overpaid(BULLET, 500)
    book.add(K.REFUND, MAR, 500)
    undo = book.add(K.REVERSE, APR, detail=Reversal(2))
    assert refused(BULLET, book, undo) == "engine.paid_back"
    dearer = book.add(K.RATE_CHANGE, START, detail=RateChange(BULLET.annual_rate * 2))
    assert refused(BULLET, book, dearer) == "engine.paid_back"
    charged = book.add(K.ADD_CHARGE, FEB, 1, Charge(FEB, is_penalty=False))
    assert refused(BULLET, book, charged) == "engine.paid_back"
    book.add(K.REVERSE, APR, detail=Reversal(3))
    assert refused(BULLET, book, book.add(K.REVERSE, APR, detail=Reversal(2))) is None


def test_a_later_draw_is_served_by_what_is_left_alone() -> None:
    line = replace(BULLET, revolving=True, multi_disburse=True)
    book = overpaid(line, 500)
    book.add(K.REFUND, MAR, 300)
    book.add(K.DISBURSE, MAR, 1_000)
    state = fold(line, book.events, MAR)
    assert (state.principal_outstanding, state.overpaid) == (800, 0)
    assert refused(line, book, book.add(K.REFUND, MAR, 1)) == "engine.not_overpaid"


def test_the_peers_plans_know_no_refund() -> None:
    peer = replace(BULLET, profile=Profile.PEER)
    book = drawn(peer)
    assert refused(peer, book, book.add(K.REFUND, FEB, 1)) == "engine.unsupported"


@given(by=st.integers(1, 10_000), asked=st.lists(st.integers(1, 6_000), max_size=5))
def test_no_order_of_refunds_gives_back_more_than_was_overpaid(by: int, asked: list[int]) -> None:
    book, left = overpaid(BULLET, by), by
    for amount in asked:
        event = book.add(K.REFUND, MAR, amount)
        fits = refused(BULLET, book, event) is None
        assert fits == (amount <= left)
        book.events += [event] * fits
        left -= amount * fits
    assert fold(BULLET, book.events, APR).overpaid == left
