"""Loan fetch bench: one loan on its first day beside one with 700 accrual days behind it.

Both are 36-month instalment loans among others of the same kind; the old one was repaid every month
for 700 days. Fetched in turns: the glance (state and whole plan, from the stored fold), and, as the
limit of what a replay would cost, the standing (a fold of all events). Medians; other work may
share the cores, so read the ratios.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.credit.engine.api import EventKind
from heliu.credit.lending.api import (
    Act,
    Funds,
    Moment,
    Open,
    book,
    contract_id,
    glance,
    open_contracts,
    standing,
)
from heliu.credit.limits.api import Axis, LineKey, set_limits
from heliu.credit.products.api import (
    CATALOGUE,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.ground.actor import Actor
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.parties.party.api import complete_uscc

OLD_DAYS: Final = 700
FILLERS: Final = 500
PERIODS: Final = 36
MONTH: Final = 30
FIRST: Final = date(2026, 1, 5)
LAST: Final = FIRST + timedelta(days=OLD_DAYS)
AMOUNT: Final = Money(360_000_00)
RATE: Final = Decimal("0.06")
PRODUCT: Final = "instalment-equal-instalment"
BAR: Final = 1.2
BORROWER: Final = complete_uscc("9112010112345678")

Tell = Callable[[str], None]


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Measure both fetches in turns for about `seconds`; on a scratch database."""
    database = Database(database_url)
    try:
        with Ledger.open(database, SystemClock()) as ledger:
            young, old = _plant(database, ledger, progress)
            progress("fetching in turns")
            return _measured(database, young, old, seconds)
    finally:
        database.close()


def _measured(database: Database, young: UUID, old: UUID, seconds: float) -> dict[str, Any]:
    times: dict[str, list[float]] = {"young": [], "old": [], "replayed": []}
    with database.transaction() as tx:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or len(times["old"]) < OLD_DAYS:
            for name, contract in (("young", young), ("old", old)):
                start = time.perf_counter()
                glance(tx, [contract], LAST)
                times[name].append(time.perf_counter() - start)
            if len(times["old"]) % MONTH == 0:
                start = time.perf_counter()
                standing(tx, LAST, ids=[old])
                times["replayed"].append(time.perf_counter() - start)
    ms = {name: statistics.median(took) * 1000 for name, took in times.items()}
    ratio = ms["old"] / ms["young"]
    return {
        "accrual_days": OLD_DAYS,
        "loans_beside": FILLERS,
        "fetches": len(times["old"]),
        "day_1_ms": ms["young"],
        "day_700_ms": ms["old"],
        "ratio": ratio,
        "bar": BAR,
        "within_bar": ratio <= BAR,
        "day_700_by_replay_ms": ms["replayed"],
    }


def _plant(database: Database, ledger: Ledger, progress: Tell) -> tuple[UUID, UUID]:
    """Loans drawn on the first day, one of them repaid every month since, and one drawn at last."""
    first, last = _moment(FIRST), _moment(LAST)
    with database.transaction() as tx:
        product, body = read_loan_product(CATALOGUE / "instalment_equal_instalment.yaml")
        propose_loan_product(tx, Actor("bench"), body, first.now)
        release_loan_product(tx, Actor("bench too"), product.code, product.version, first.now)
        line = LineKey(Axis.SUPPLIER, BORROWER, AMOUNT.currency)
        set_limits(tx, [(line, Money(AMOUNT.minor * (FILLERS + 2)))])
    progress("planting loans")
    old, *_ = _drawn(database, ledger, [f"old {n}" for n in range(FILLERS + 1)], first)
    instalment = Money(AMOUNT.minor // PERIODS + AMOUNT.minor // 200)
    for number in range(1, OLD_DAYS // MONTH + 1):
        progress(f"month {number}")
        on = _moment(FIRST + timedelta(days=number * MONTH))
        key = derived_id("bench repays", str(number))
        act = Act(key, old, EventKind.REPAY, on.business_date, instalment, funds=Funds.NOSTRO)
        with database.transaction() as tx:
            book(tx, ledger, Actor("bench"), [act], on)
    (young,) = _drawn(database, ledger, ["young"], last)
    return young, old


def _drawn(database: Database, ledger: Ledger, names: list[str], at: Moment) -> list[UUID]:
    keys = [derived_id("bench loan", name) for name in names]
    opens = [
        Open(
            key=key,
            product=PRODUCT,
            borrower_uscc=BORROWER,
            principal=AMOUNT,
            annual_rate=RATE,
            on=at.business_date,
            periods=PERIODS,
            inputs={"months_trading": 24, "monthly_income_cover": "2"},
        )
        for key in keys
    ]
    contracts = [contract_id(key) for key in keys]
    draws = [
        Act(derived_id("bench draw", name), contract, EventKind.DISBURSE, at.business_date, AMOUNT)
        for name, contract in zip(names, contracts, strict=True)
    ]
    with database.transaction() as tx:
        open_contracts(tx, Actor("bench"), opens, at)
        book(tx, ledger, Actor("bench"), draws, at)
    return contracts


def _moment(on: date) -> Moment:
    return Moment(on, datetime(on.year, on.month, on.day, 2, tzinfo=UTC))
