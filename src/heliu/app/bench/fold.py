"""Fold bench: a loan's whole state from 700 recorded events, beside the bare reading of them.

The life: ten years, 120 monthly instalments, a payment every five days, on the peer's profile.
Beside it the same life on the bank's profile (which meters penalty and compound interest), a life
with interest recalculated on each of its 60 monthly payments, a few days early each, and the
limit: one pass over the same events that only adds up their amounts by day order. Times are of
the processor.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from heliu.app.bench.invented_loan import invented_life, invented_terms
from heliu.credit.engine.api import LoanEvent, Profile, fold

EVENTS: Final = 700
BAR_MS: Final = 5.0


def run(_database_url: str, *, seconds: float, progress: Callable[[str], None]) -> dict[str, Any]:
    """Milliseconds a fold, median and best, for about `seconds` together."""
    progress(f"{EVENTS} events")
    life = invented_life(EVENTS, every_days=5, amount=1_750_00)
    terms = invented_terms(120)
    plain = _times(lambda: fold(terms, life, life[-1].on), seconds / 2)
    bare = _times(lambda: _bare(life), seconds / 10)
    progress("bank profile, recalculated")
    bank = invented_terms(120, profile=Profile.BANK)
    banks = _times(lambda: fold(bank, life, life[-1].on), seconds / 3)
    monthly = invented_life(61, every_days=30, amount=18_800_00)
    moving = invented_terms(60, recalculated=True)
    recalculated = _times(lambda: fold(moving, monthly, monthly[-1].on), seconds / 3)
    return {
        "events": EVENTS,
        "fold_ms": statistics.median(plain),
        "fold_best_ms": min(plain),
        "bar_ms": BAR_MS,
        "bank_profile_fold_ms": statistics.median(banks),
        "bare_pass_ms": statistics.median(bare),
        "recalculated_60_payments_ms": statistics.median(recalculated),
    }


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
