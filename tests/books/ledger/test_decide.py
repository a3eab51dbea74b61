"""Any batch split gives the answers and balances of booking one transfer after the other."""

from hypothesis import given, settings
from tests.books.ledger.oracle import Book, Oracle
from tests.books.ledger.strategies import ACCOUNTS, CURRENCIES, NOW, histories

from heliu.books.ledger.api import Side, Status, Transfer
from heliu.books.ledger.domain.balances import Balances
from heliu.books.ledger.domain.batch import NEVER, Rows, batch_of, day_number, micros
from heliu.books.ledger.domain.decide import decide, outcomes_of
from heliu.books.ledger.domain.sequence import Content, Known


def oracle() -> Oracle:
    return Oracle({a.id: Book(a.currency, a.normal_side is Side.DEBIT, a.floor) for a in ACCOUNTS})


def content(t: Transfer) -> Content:
    name = t.pending_key.bytes if t.pending_key else None
    expires_us = micros(t.expires_at) if t.expires_at else NEVER
    numbers = (t.debit, t.credit, t.amount.minor, t.code, day_number(t.business_date))
    return Content(*numbers, int(t.phase), name, expires_us)


class Fold:
    """The real pure parts, with the journal as a dict."""

    def __init__(self) -> None:
        self.balances, self.next = Balances(), 1
        self.known: dict[bytes, Known] = {}
        for account in ACCOUNTS:
            self.balances.add_account(account)

    def post(self, transfers: list[Transfer]) -> tuple[list[tuple[str, int, int]], Rows | None]:
        batch = batch_of(transfers, CURRENCIES)
        answers, rows = decide(
            batch, self.balances, self.known, now_us=micros(NOW), first_seq=self.next
        )
        outcomes = outcomes_of(transfers, answers)
        if rows is not None:
            self.balances.apply(rows)
            self.next += len(rows)
        self.known |= {
            t.key.bytes: Known(o.seq, content(t))
            for t, o in zip(transfers, outcomes, strict=True)
            if o.status is Status.POSTED and o.seq
        }
        return [(o.status.value, o.seq or 0, o.why) for o in outcomes], rows

    def state(self) -> list[tuple[int, int, int]]:
        b = self.balances
        slots = range(1, len(ACCOUNTS) + 1)
        return [(int(b.debits[s]), int(b.credits[s]), b.available(s)) for s in slots]


@given(histories())
@settings(max_examples=400, deadline=None)
def test_any_batch_split_books_what_one_by_one_would(batches: list[list[Transfer]]) -> None:
    truth, fold = oracle(), Fold()
    for batch in batches:
        assert fold.post(batch)[0] == truth.post(batch)
    assert fold.state() == [(b.debits, b.credits, b.available) for b in truth.books.values()]
    assert set(fold.balances.open) == {key.bytes for key in truth.open}


@given(histories())
@settings(max_examples=100, deadline=None)
def test_taking_batches_back_restores_every_balance(batches: list[list[Transfer]]) -> None:
    fold = Fold()
    states, booked = [(fold.state(), dict(fold.balances.open))], []
    for batch in batches:
        booked.append(fold.post(batch)[1])
        states.append((fold.state(), dict(fold.balances.open)))
    for rows in reversed(booked):
        assert (fold.state(), fold.balances.open) == states.pop()
        if rows is not None:
            fold.balances.apply(rows, times=-1)
    assert (fold.state(), fold.balances.open) == states.pop()
