"""Why the loss allowance of a day changed: the movement table of CAS 37 / IFRS 7.35H. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from heliu.credit.classification.api import Ints, totals_by
from heliu.credit.provisioning.domain.staging import Stage


class Cause(IntEnum):
    """Why an allowance changed; NEW, REMEASURED and DERECOGNISED go through profit and loss."""

    NEW = 1
    TRANSFER = 2
    REMEASURED = 3
    DERECOGNISED = 4
    WRITTEN_OFF = 5
    RECOVERED = 6


@dataclass(frozen=True, slots=True)
class Change:
    """The allowance of each loan before and after a day; all columns of one length.

    Minor units. `stage_before` is 0 for a new loan; `used`: written off less recovered that day;
    `gone`: 1 where nothing is owed any more.
    """

    group: Ints
    stage_before: Ints
    stage: Ints
    before: Ints
    after: Ints
    used: Ints
    gone: Ints


@dataclass(frozen=True, slots=True)
class Movement:
    """The sum of one cause in one stage of a group (product and currency)."""

    group: int
    stage: Stage
    cause: Cause
    amount: int


def charge(change: Change) -> Ints:
    """What each loan takes from profit: the new allowance less the old one, and what was used."""
    return change.after - change.before + change.used


def movements(change: Change, groups: int) -> list[Movement]:
    """The day's movements by group, stage and cause; sums of zero are left out."""
    new = change.stage_before == 0
    gone = (change.gone == 1) & ~new
    # What is settled keeps its stage: a transfer to where nothing is would say nothing.
    stage = np.where(gone, change.stage_before, change.stage)
    before_stage = np.where(new, stage, change.stage_before)
    moved = np.where(before_stage != stage, change.before, 0)
    cost = charge(change)
    settled = gone & (change.used == 0)
    rows = (
        (Cause.NEW, stage, np.where(new, cost, 0)),
        (Cause.TRANSFER, before_stage, -moved),
        (Cause.TRANSFER, stage, moved),
        (Cause.REMEASURED, stage, np.where(new | settled, 0, cost)),
        (Cause.DERECOGNISED, stage, np.where(settled, cost, 0)),
        (Cause.WRITTEN_OFF, stage, -np.maximum(change.used, 0)),
        (Cause.RECOVERED, stage, -np.minimum(change.used, 0)),
    )
    sums: dict[tuple[Cause, int], Ints] = {}
    for cause, at, amount in rows:
        for code in Stage:
            part = totals_by(change.group, np.where(at == code, amount, 0), groups)
            sums[cause, code] = sums.get((cause, code), np.zeros(groups, np.int64)) + part
    return list(_told(sums))


def _told(sums: dict[tuple[Cause, int], Ints]) -> Iterator[Movement]:
    for (cause, stage), amounts in sums.items():
        for group in np.flatnonzero(amounts).tolist():
            yield Movement(group, Stage(stage), cause, int(amounts[group]))
