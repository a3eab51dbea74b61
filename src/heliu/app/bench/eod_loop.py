"""The peer of the end-of-day bench: one loan loaded, stepped and saved, then the next."""

import time
from dataclasses import astuple
from datetime import date, timedelta
from typing import Final

import numpy as np

from heliu.credit.closing.api import (
    House,
    Opinions,
    Rolls,
    advance,
    basis_of,
    classed,
    decoded,
    empty,
    provided,
    read_range,
    row,
    sealed_days,
)
from heliu.credit.regulation.api import in_force

SAMPLE: Final = 20_000
_COLUMNS: Final = 44
SINGLE: Final = "CREATE TABLE single (LIKE credit.day_position)"
SAVE: Final = f"INSERT INTO single VALUES (%s, {', '.join(['%s'] * _COLUMNS)})"  # noqa: S608


def loop_rate(house: House, day: date, seconds: float) -> float:
    """Loans per second over the loans of the closed `day`, for about `seconds` of a loop.

    Each loan is a transaction that does not wait for the disk, like the chunks of the end of day.
    """
    basis = basis_of(in_force(day + timedelta(days=1), house.profile))
    none, nobody = np.zeros(0, np.int64), Opinions({}, frozenset())
    with house.database.transaction() as tx:
        tx.run(SINGLE)
        (closed,) = [one for one in sealed_days(tx, 100) if one.business_date == day]
    start, done = time.perf_counter(), 0
    for loan in range(1, min(SAMPLE, closed.loans) + 1):
        with house.database.transaction() as tx:
            tx.run("SET LOCAL synchronous_commit = off")
            before = decoded(read_range(tx, day, closed.revision, loan, loan))
            part = advance(before, empty(), basis.day, Rolls(*(none,) * 5))
            (book,) = classed([part.after], nobody, basis)
            tx.run(SAVE, (day, *astuple(row(provided(book, basis), 0))))
        done += 1
        if time.perf_counter() - start > seconds:
            break
    return done / (time.perf_counter() - start)
