"""A book of loans for the end-of-day bench: mixed products, late ones among them, planted by COPY.

Seeded: the same size gives the same book. The contracts are empty shells under positions and plans,
so that a million of them is planted in a minute, but for those that act on a benched day (see
`eod_acts`).
"""

from datetime import date, timedelta
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from heliu.app.bench import eod_acts
from heliu.app.bench.invented_loan import PRINCIPAL
from heliu.credit.closing.api import (
    CHUNK,
    AccountPair,
    Closed,
    Columns,
    House,
    Positions,
    Trait,
    number_of,
    take_over,
)
from heliu.ground.db import Tx

Ints = NDArray[np.int64]
DAY: Final = date(2026, 5, 20)
CNY: Final = 156
PERIOD: Final = 30
PARTIES_A_LOAN: Final = 0.3
LATE: Final = 0.04
PAID: Final = 0.95
PAID_DAYS: Final = 10
# code, share of the book, traits, segment, principal due each period (share), allowance
PRODUCTS: Final = (
    ("bench-instalment", 0.40, Trait(0), 1, 12, 3),
    ("bench-working-capital", 0.20, Trait(0), 1, 0, 3),
    ("bench-inventory", 0.10, Trait(0), 2, 6, 0),
    ("bench-receivable", 0.15, Trait.BUYER_PAYS | Trait.RECOURSE, 3, 1, 5),
    ("bench-discounted", 0.15, Trait.BUYER_PAYS | Trait.PREPAID, 4, 1, 5),
)
_PARTS: Final = (
    (230, "interest_receivable", "interest_income"),
    (231, "penalty_receivable", "penalty_income"),
    (232, "compound_receivable", "penalty_income"),
    (233, "deferred_interest", "interest_income"),
    (234, "loss", "provision"),
)
LOANS: Final = """
INSERT INTO credit.closing_loan (book, loan_id, source_no, registered_on)
SELECT 1, md5(n::text)::uuid, n, %s
FROM generate_series(1, %s) n"""
LOAN_PRODUCT: Final = """
INSERT INTO credit.loan_product
  (code, version, effective_from, body, sha256, recorded_at, recorded_by)
VALUES ('bench', 1, %s, '{}', repeat('0', 64), now(), 'bench')"""
CONTRACTS: Final = """
INSERT INTO credit.contract
  (id, digest, product_no, borrower_uscc, limit_lines, currency, principal, annual_rate,
   opened_on, matures_on, terms, inputs, recorded_at, recorded_by)
SELECT md5(n::text)::uuid, sha256(''), CASE WHEN a.acts THEN 2 ELSE 1 END, 'BENCH', '[]', 'CNY',
  CASE WHEN a.acts THEN %(principal)s ELSE 1 END, 0, %(day)s::date, '9999-12-31',
  CASE WHEN a.acts THEN %(terms)s::jsonb ELSE '{}' END, '{}', now(), 'bench'
FROM generate_series(1, %(loans)s) n
CROSS JOIN LATERAL (SELECT n %% %(every)s BETWEEN 1 AND %(days)s AS acts) a"""
PARTIES: Final = """
INSERT INTO credit.closing_party (uscc)
SELECT 'BENCH' || lpad(n::text, 13, '0')
FROM generate_series(1, %s) n"""
PRODUCT: Final = "INSERT INTO credit.closing_product (code, accounts) VALUES (%s, %s)"
PLANS: Final = """
COPY credit.instalment (
  contract_no, number, from_date, due_date, principal, interest, fees, penalties, principal_paid,
  interest_paid, fees_paid, penalties_paid
)
FROM STDIN"""


def plant(house: House, loans: int, days: int) -> Closed:
    """`loans` live loans at the end of DAY, the first closed day, with plans for `days` more."""
    rng = np.random.default_rng(20260520)
    with house.database.transaction() as tx:
        tx.run(LOAN_PRODUCT, (DAY,))
        eod_acts.product(tx, DAY)
        terms = {"terms": eod_acts.terms_text(DAY), "principal": PRINCIPAL, "day": DAY}
        tx.run(CONTRACTS, terms | {"loans": loans, "every": eod_acts.EVERY, "days": days})
        tx.run(LOANS, (DAY, loans))
        tx.run(PARTIES, (max(1, int(loans * PARTIES_A_LOAN)),))
        for code, *_ in PRODUCTS:
            tx.run(PRODUCT, (code, msgspec.json.encode(_accounts(code)).decode()))
    books = []
    for start in range(0, loans, CHUNK):
        size = min(CHUNK, loans - start)
        book = _book(rng, np.arange(start + 1, start + size + 1), loans)
        with house.database.transaction() as tx:
            _plan(tx, book, days)
        books.append(book)
    taken = take_over(house, DAY, books)
    # Afterwards, or the first day would fold them all.
    with house.database.transaction() as tx:
        eod_acts.lives(tx, DAY, loans, days)
    return taken


def _accounts(code: str) -> dict[int, AccountPair]:
    return {
        part: AccountPair(f"{code}:{debit}", debit, f"{code}:{credit}", credit)
        for part, debit, credit in _PARTS
    }


def _book(rng: np.random.Generator, loan: Ints, loans: int) -> Positions:
    size, day = len(loan), number_of(DAY)
    parties = max(1, int(loans * PARTIES_A_LOAN))
    kind = rng.choice(len(PRODUCTS), size, p=[share for _, share, *_ in PRODUCTS])
    traits = np.array([int(p[2]) for p in PRODUCTS])[kind]
    cut = np.array([p[4] for p in PRODUCTS])[kind]
    principal = rng.integers(1_000_000, 500_000_000, size)
    rate = rng.choice([38500, 43500, 48500, 60000, 78000], size)
    start = day - rng.integers(1, PERIOD, size)
    interest = principal * rate // 12_000_000
    bought = (traits & Trait.BUYER_PAYS) != 0
    late = rng.random(size) < LATE
    due = np.where(late, day - rng.integers(1, 400, size), 0)
    owed = np.where(late, principal // 10, 0)
    part = (principal - owed) // np.maximum(cut, 1)
    # What falls due in the coming days was mostly paid before: nobody acts on the benched days.
    paid = (start + PERIOD <= day + PAID_DAYS) & (rng.random(size) < PAID)
    zero = np.zeros(size, np.int64)
    given = {
        "loan": loan,
        "book": zero + 1,
        "product": kind + 1,
        "currency": zero + CNY,
        "borrower": rng.integers(1, parties + 1, size),
        "buyer": np.where(bought, rng.integers(1, parties + 1, size), 0),
        "segment": np.array([p[3] for p in PRODUCTS])[kind],
        "traits": traits,
        "rate_ppm": rate,
        "penalty_ppm": rate * 3 // 2,
        "compound_ppm": rate * 3 // 2,
        "year_days": zero + 360,
        "allowance": np.array([p[5] for p in PRODUCTS])[kind],
        "maturity": start + PERIOD * rng.integers(1, 36, size),
        "period_start": start,
        "period_end": start + PERIOD,
        "period_interest": interest,
        "period_paid": np.where(paid, interest, 0),
        "period_principal": np.where((cut > 0) & ~paid, part, 0),
        "principal": principal,
        "accrued": (2 * interest * (day - start) + PERIOD) // (2 * PERIOD)
        - np.where(paid, interest, 0),
        "principal_due": owed,
        "interest_due": np.where(late, interest, 0),
        "own_due": due,
        "buyer_due": np.where(bought, due, 0),
        "tier": zero + 1,
        "stage": zero + 1,
    }
    blank = dict.fromkeys(Columns.__slots__, zero)
    return Columns(**{k: np.asarray(v, np.int64) for k, v in (blank | given).items()})


def _plan(tx: Tx, book: Positions, days: int) -> None:
    """The ending and the next instalment of each loan whose period ends within the benched days."""
    day = number_of(DAY)
    rows = []
    ending = np.flatnonzero((book.period_end > day) & (book.period_end <= day + days))
    for at in ending.tolist():
        end = DAY + timedelta(days=int(book.period_end[at]) - day)
        for number in range(2):
            first = end + timedelta(days=PERIOD * (number - 1))
            rows.append(
                (
                    *(int(book.loan[at]), number + 1, first, first + timedelta(days=PERIOD)),
                    *(int(book.period_principal[at]), int(book.period_interest[at])),
                    *(0, 0, 0, 0, 0, 0),
                )
            )
    tx.copy(PLANS, rows)
