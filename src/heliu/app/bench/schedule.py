"""Schedule bench: plans per second, beside the bare annuity loop over the same Decimal figures.

The loop is the limit: it knows no calendar, no grace, no rounding rule, no rows to show; it
multiplies, divides and rounds once a period, as the simplest program for the same plan would.
Seconds are of the processor.
"""

import statistics
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any, Final

from heliu.app.bench.invented_loan import PRINCIPAL, RATE, START, invented_terms
from heliu.credit.engine.api import schedule

ROUNDS: Final = 5
_CENT: Final = Decimal(1)


def run(_database_url: str, *, seconds: float, progress: Callable[[str], None]) -> dict[str, Any]:
    """Plans of 12 and of 120 instalments, for about `seconds` together."""
    result: dict[str, Any] = {}
    for count in (12, 120):
        progress(f"{count} instalments")
        terms = invented_terms(count)
        due = [row.due_date for row in schedule(terms).instalments]
        days = [(one - other).days for one, other in zip(due, [START, *due], strict=False)]
        share = seconds / 4 / ROUNDS
        plans = [_rate(partial(schedule, terms), share) for _ in range(ROUNDS)]
        loops = [_rate(partial(bare_loop, days), share) for _ in range(ROUNDS)]
        ours, limit = statistics.median(plans), statistics.median(loops)
        result[f"{count}_instalments"] = {
            "schedules_a_second": ours,
            "bare_loops_a_second": limit,
            "times_the_loop": limit / ours,
        }
    return result


def bare_loop(days: list[int]) -> list[tuple[int, int]]:
    """Interest and principal of each period of an annuity over `days`, in minor units."""
    factors = [1 + RATE * length / 360 for length in days]
    product, fold = factors[0], Decimal(1)
    for factor in factors[1:]:
        product, fold = product * factor, fold * factor + 1
    left = PRINCIPAL
    instalment = int((product * left / fold).quantize(_CENT, rounding=ROUND_HALF_UP))
    rows = []
    for factor in factors:
        interest = int(((factor - 1) * left).quantize(_CENT, rounding=ROUND_HALF_UP))
        rows.append((interest, min(instalment - interest, left)))
        left -= rows[-1][1]
    rows[-1] = (rows[-1][0], rows[-1][1] + left)
    return rows


def _rate(work: Callable[[], object], seconds: float) -> float:
    done, started = 0, time.process_time()
    while (elapsed := time.process_time() - started) < seconds or not done:
        work()
        done += 1
    return done / elapsed
