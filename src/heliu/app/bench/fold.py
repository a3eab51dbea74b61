"""Fold bench: a loan's whole state from 700 recorded events, beside the bare reading of them.

Every life runs ten years on 120 monthly instalments with an event every five days. On the peer's
profile all are payments; so they are on the bank's (`bank`), with 罚息 and 复利 agreed. In the
`repaid` life payments run ahead of the plan for a year and behind it for a year, with a charge now
and then; the `serviced` life has besides a rate set anew each year, a pause, an extension and
reversals, each change a plan solved anew. Beside them a life with interest recalculated on each of
60 monthly payments, and the limit: one pass over the same events that only adds up their amounts
by day order. Times are of the processor.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from heliu.app.bench.invented_loan import PRINCIPAL, RATE, START, invented_life, invented_terms
from heliu.credit.engine.api import (
    Charge,
    EventKind,
    Extension,
    InterestPause,
    LoanEvent,
    Penalty,
    Profile,
    RateChange,
    Reversal,
    Terms,
    fold,
)

EVENTS: Final = 700
BAR_MS: Final = 5.0
_EVERY: Final = 5  # days
_A_YEAR: Final = 73  # events
_NO_ID: Final = UUID(int=0)


def run(_database_url: str, *, seconds: float, progress: Callable[[str], None]) -> dict[str, Any]:
    """Milliseconds a fold, median and best, for about `seconds` together."""
    peer, bank = invented_terms(120), bank_terms()
    payments = invented_life(EVENTS, every_days=_EVERY, amount=1_750_00)
    moving = invented_terms(60, recalculated=True)
    monthly = invented_life(61, every_days=30, amount=18_800_00)
    result: dict[str, Any] = {"events": EVENTS, "bar_ms": BAR_MS}
    for name, terms, life in (
        ("peer", peer, payments),
        ("bank", bank, payments),
        ("bank_repaid", bank, repaid_life()),
        ("bank_serviced", bank, serviced_life()),
    ):
        progress(name)
        times = _times(partial(fold, terms, life, life[-1].on), seconds / 5)
        middle = statistics.median(times)
        result[name] = {
            "fold_ms": middle,
            "fold_best_ms": min(times),
            "times_the_bar": middle / BAR_MS,
        }
    progress("bare pass, recalculated")
    bare = _times(partial(_bare, payments), seconds / 10)
    recalculated = _times(partial(fold, moving, monthly, monthly[-1].on), seconds / 6)
    result["bare_pass_ms"] = statistics.median(bare)
    result["recalculated_60_payments_ms"] = statistics.median(recalculated)
    return result


def bank_terms() -> Terms:
    """The invented loan on the bank's plan, overdue money at one and a half times its rate."""
    overdue = RATE * Decimal("1.5")
    return replace(
        invented_terms(120, profile=Profile.BANK),
        penalty=Penalty(penalty_rate=overdue, compound_rate=overdue, allowance_days=3),
    )


def repaid_life() -> list[LoanEvent]:
    """Payments, ahead of the plan and behind it by turns of a year; each 25th event a charge."""
    life = invented_life(1, every_days=_EVERY, amount=PRINCIPAL)
    for no in range(2, EVENTS + 1):
        life.append(_charge(no) if no % 25 == 0 else _payment(no))
    return life


def serviced_life() -> list[LoanEvent]:
    """The repaid life with a rate a year, a pause, an extension and ten payments taken back."""
    life = repaid_life()
    for no in range(_A_YEAR, EVENTS, _A_YEAR):
        rate = RATE - Decimal(no) / 100_000
        life[no - 1] = _event(no, EventKind.RATE_CHANGE, detail=RateChange(rate))
    for no in range(67, EVENTS, 67):
        life[no - 1] = _event(no, EventKind.REVERSE, detail=Reversal(no - 5))
    until = life[249].on + timedelta(60)
    life[249] = _event(250, EventKind.INTEREST_PAUSE, detail=InterestPause(until))
    life[399] = _event(400, EventKind.EXTEND, detail=Extension(6))
    return life


def _payment(no: int) -> LoanEvent:
    ahead = no // _A_YEAR % 2 == 0
    return _event(no, EventKind.REPAY, amount=2_000_00 if ahead else 1_550_00)


def _charge(no: int) -> LoanEvent:
    due_on = START + timedelta(no * _EVERY + 5)
    return _event(no, EventKind.ADD_CHARGE, amount=50_00, detail=Charge(due_on, no % 2 == 0))


def _event(no: int, kind: EventKind, **said: Any) -> LoanEvent:
    day = START + timedelta((no - 1) * _EVERY)
    return LoanEvent(no, kind, day, day, _NO_ID, **said)


def _bare(life: Sequence[LoanEvent]) -> int:
    return sum(event.money for event in sorted(life, key=lambda event: (event.on, event.no)))


def _times(work: Callable[[], object], seconds: float) -> list[float]:
    """Milliseconds of processor time: a shared machine's queue is not the fold's."""
    times: list[float] = []
    ends = time.process_time() + seconds
    while not times or time.process_time() < ends:
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return times
