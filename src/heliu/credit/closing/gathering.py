"""What a day is made of: what every book tells, what people judged, and numbers for all of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np

from heliu.credit.classification.api import cutoffs, holding
from heliu.credit.closing import from_lending, from_receivables, store
from heliu.credit.closing.domain.columns import (
    Columns,
    Position,
    Positions,
    Trait,
    empty,
    in_columns,
    merged,
    number_of,
)
from heliu.credit.closing.domain.day import Basis, Opinions
from heliu.credit.closing.domain.step import Rolls, step
from heliu.credit.closing.found import Asked, Book, Found
from heliu.credit.provisioning.api import flagged, losses, parameters, presumptions
from heliu.credit.regulation.api import Rules
from heliu.ground.db import Tx


@dataclass(frozen=True, slots=True)
class Gathered:
    """The inputs of a day. `returned` has loans that had left the book and are back."""

    basis: Basis
    opinions: Opinions
    folded: Positions
    returned: Positions
    rolls: Rolls


def gather(
    tx: Tx, run: store.Run, last: store.Sealed | None, rules: Rules, currencies: dict[str, int]
) -> Gathered:
    """Everything the positions of a day depend on, besides those of the day before.

    Raises Refusal if a rule or parameter is missing or may not be used under the rules' profile.
    """
    day, held, basis = run.business_date, parameters(rules), basis_of(rules)
    watch_tier = basis.cutoffs.watch_tier
    asked = Asked(day, last.known_until if last else None, run.known_until, held, watch_tier)
    contracts, receivables = _daily(tx, last)
    found = from_lending.folded(tx, asked, contracts)
    found += from_receivables.folded(tx, asked, receivables)
    positions = _numbered(tx, found, day, currencies)
    folded = _brought(positions, [f.on for f in found], day)
    return Gathered(
        basis, _opinions(tx, run), folded, _returned(tx, folded.loan.tolist(), day), _rolls(tx, day)
    )


def basis_of(rules: Rules) -> Basis:
    """What classes and losses rest on, on the rules' date. Raises as `gather`."""
    return Basis(
        *(number_of(rules.on), cutoffs(rules), presumptions(rules), losses(parameters(rules))),
        non_accrual_days=rules.whole("accrual.non_accrual_days"),
    )


def _daily(tx: Tx, last: store.Sealed | None) -> tuple[list[int], list[UUID]]:
    """Contracts and receivable loans that are folded every day."""
    if last is None:
        return [], []
    loans = store.with_trait(tx, last.business_date, last.revision, Trait.BY_ENGINE)
    sources = store.sources(tx, loans)
    contracts = [no for _, book, no, _ in sources if book == Book.LENDING]
    return contracts, [loan for _, book, _, loan in sources if book == Book.RECEIVABLE]


def _numbered(
    tx: Tx, found: Sequence[Found], day: date, currencies: dict[str, int]
) -> list[Position]:
    """Their positions with the numbers of loan, product, currency and parties, given if new."""
    store.register_loans(tx, [(f.book, f.loan_id, f.source_no, day) for f in found])
    store.register_products(tx, {f.product: f.accounts for f in found})
    loans = store.loan_numbers(tx, [f.loan_id for f in found])
    products = {product.code: product.no for product in store.products(tx)}
    parties = store.party_numbers(
        tx, list(dict.fromkeys(u for f in found for u in (f.borrower_uscc, f.buyer_uscc) if u))
    )
    return [
        replace(
            f.position,
            loan=loans[f.loan_id],
            product=products[f.product],
            currency=currencies[f.currency],
            borrower=parties[f.borrower_uscc],
            buyer=parties[f.buyer_uscc] if f.buyer_uscc else 0,
        )
        for f in found
    ]


def _brought(positions: Sequence[Position], on: Sequence[date], day: date) -> Positions:
    """Loans whose last event lies before the day, stepped on to it; they have no next period."""
    by_day: dict[int, list[Position]] = {}
    for position, at in zip(positions, on, strict=True):
        by_day.setdefault(number_of(at), []).append(position)
    book, none = empty(), np.zeros(0, np.int64)
    for number in range(min(by_day, default=0), number_of(day) + 1 if by_day else 0):
        book = step(book, number, Rolls(*(none,) * 5)) if len(book.loan) else book
        book = merged(book, in_columns(by_day.get(number, [])))
    return book


def _opinions(tx: Tx, run: store.Run) -> Opinions:
    judged = {j.loan_id: j for j in holding(tx, run.business_date, run.known_until)}
    flags = flagged(tx, run.business_date, run.known_until)
    numbers = store.loan_numbers(tx, [*judged, *flags])
    return Opinions(
        {numbers[loan]: j for loan, j in judged.items() if loan in numbers},
        frozenset(numbers[loan] for loan in flags if loan in numbers),
    )


def _returned(tx: Tx, loans: Sequence[int], day: date) -> Positions:
    """What was booked of loans that left before, as settled positions of the day before."""
    settled = {"traits": int(Trait.SETTLED), "tier": 1, "stage": 1}
    blank = dict.fromkeys(Columns.__slots__, 0) | settled
    rows = []
    for loan, product, currency, *booked in store.retired(tx, loans, day):
        interest, discount, penalty, compound, provision = booked
        values = {
            "loan": loan,
            "product": product,
            "currency": currency,
            "interest_total": interest,
            "discount_total": discount,
            "penalty_total": penalty,
            "compound_total": compound,
            "charged_off": provision,
        }
        rows.append(Columns(**blank | values))
    return in_columns(rows)


def _rolls(tx: Tx, day: date) -> Rolls:
    periods = from_lending.next_periods(tx, day)
    numbers = store.by_source(tx, [period.source_no for period in periods])
    rows = sorted(
        (numbers[p.source_no], number_of(p.end), p.interest, p.paid, p.principal)
        for p in periods
        if p.source_no in numbers
    )
    table = np.array(rows, np.int64).reshape(-1, 5)
    return Rolls(*(np.ascontiguousarray(table[:, n]) for n in range(5)))
