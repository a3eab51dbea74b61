"""Acts for the end-of-day bench: a share of the loans pays on the day, and the engine folds them.

Whoever acts is a real contract with a life behind it: drawn a hundred days before, each instalment
paid; on its day it pays back a part early. Each benched day has loans of its own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from heliu.app.bench.invented_loan import RATE, invented_terms
from heliu.credit.engine.api import (
    EventKind,
    LoanEvent,
    Penalty,
    Profile,
    Status,
    Terms,
    fold,
    terms_to_json,
)
from heliu.credit.products.api import CATALOGUE, read_loan_product
from heliu.ground.db import Tx

EVERY: Final = 100  # one loan in so many acts on a day
LIVED: Final = 100  # days
PAID: Final = 20_000_00
_NO_ID: Final = UUID(int=0)
PRODUCT: Final = """
INSERT INTO credit.loan_product
  (code, version, effective_from, body, sha256, recorded_at, recorded_by)
VALUES ('bench-acting', 1, %s, %s, repeat('0', 64), now(), 'bench')"""
STAGES: Final = """
INSERT INTO credit.contract_stage
  (contract_no, no, id, digest, stage, base_value, evidence, entered_on, recorded_at, recorded_by)
SELECT n, 1, md5('stage' || n)::uuid, sha256(''), 'agreed', NULL, '{}', %(drawn)s::date, now(),
  'bench'
FROM generate_series(1, %(loans)s) n
WHERE n %% %(every)s BETWEEN 1 AND %(days)s"""
STATES: Final = """
INSERT INTO credit.contract_state
  (contract_no, status, events, last_effective_on, principal, overpaid, booked)
SELECT n, %(status)s, %(events)s, %(last)s::date, %(principal)s, 0, '{}'
FROM generate_series(1, %(loans)s) n
WHERE n %% %(every)s BETWEEN 1 AND %(days)s"""
EVENTS: Final = """
INSERT INTO credit.contract_event
  (contract_no, no, id, digest, kind, effective_on, recorded_on, amount, data, funds,
   exposure_change, recorded_at, recorded_by)
SELECT n, %(no)s, md5('event' || n || ' ' || %(no)s)::uuid, sha256(''), %(kind)s, %(on)s::date,
  %(on)s::date, %(amount)s, 'null', 'deposit', 0, now(), 'bench'
FROM generate_series(1, %(loans)s) n
WHERE n %% %(every)s BETWEEN %(first)s AND %(last)s"""


def acting_terms(day: date) -> Terms:
    """Twelve monthly instalments from a hundred days before `day`."""
    overdue = RATE * Decimal("1.5")
    return replace(
        invented_terms(12, profile=Profile.BANK, recalculated=True),
        starts_on=day - timedelta(days=LIVED),
        submitted_on=day - timedelta(days=LIVED),
        penalty=Penalty(penalty_rate=overdue, compound_rate=overdue, allowance_days=3),
    )


def product(tx: Tx, day: date) -> None:
    """The product of those who act; the second one planted."""
    _, body = read_loan_product(CATALOGUE / "instalment_equal_instalment.yaml")
    tx.run(PRODUCT, (day, msgspec.json.encode(body).decode()))


def terms_text(day: date) -> str:
    """The terms of those who act, as a contract keeps them."""
    return msgspec.json.encode(terms_to_json(acting_terms(day))).decode()


def lives(tx: Tx, day: date, loans: int, days: int) -> None:
    """The lives up to the end of `day` of all who will act on the `days` after it."""
    terms, events = acting_terms(day), paid_until(day)
    who = {"loans": loans, "every": EVERY, "days": days}
    for event in events:
        _happens(tx, event, who | {"first": 1, "last": days})
    state = fold(terms, events, day)
    assert state.status is Status.ACTIVE, "who acts owes"
    tx.run(STAGES, who | {"drawn": terms.starts_on})
    tx.run(
        STATES,
        who
        | {"status": state.status.value, "events": len(events), "last": events[-1].on}
        | {"principal": state.principal_outstanding},
    )


def act(tx: Tx, start: date, day: date, loans: int) -> int:
    """One loan in `EVERY` pays on `day`, the benched days being counted from `start`; how many."""
    number = (day - start).days
    no = len(paid_until(start)) + 1
    event = LoanEvent(no, EventKind.REPAY, day, day, _NO_ID, PAID)
    _happens(tx, event, {"loans": loans, "every": EVERY, "first": number, "last": number})
    return (loans - number) // EVERY + 1


def paid_until(day: date) -> list[LoanEvent]:
    """What happened in each life until the end of `day`."""
    terms = acting_terms(day)
    drawn = terms.starts_on
    events = [LoanEvent(1, EventKind.DISBURSE, drawn, drawn, _NO_ID, terms.principal)]
    for row in fold(terms, events, drawn).instalments:
        if row.due_date <= day:
            due = row.principal + row.interest
            no, on = len(events) + 1, row.due_date
            events.append(LoanEvent(no, EventKind.REPAY, on, on, _NO_ID, due))
    return events


def _happens(tx: Tx, event: LoanEvent, who: Mapping[str, Any]) -> None:
    said = {"no": event.no, "kind": event.kind.value, "on": event.on, "amount": event.amount}
    tx.run(EVENTS, {**who, **said})
