"""What loss is expected of: scenarios, and per segment PD, LGD and time to recovery. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

import numpy as np

from heliu.credit.classification.api import Ints
from heliu.ground.text import Text

BILLION: Final = 1_000_000_000  # loss rates in columns are billionths (ppb)
YEARS: Final = 30  # the longest lifetime looked at


@dataclass(frozen=True, slots=True)
class Scenario:
    """One course of the economy: its weight, and what it multiplies PD and LGD by."""

    scenario: str
    weight: Decimal
    pd: Decimal
    lgd: Decimal


@dataclass(frozen=True, slots=True)
class Segment:
    """Loans that fail alike; `no` is its number in columns.

    `pd_performing`: probability of default within twelve months in stage 1. `pd_watched`: the same
    in each year of stage 2, given that it has not defaulted before; the last one repeats.
    """

    no: int
    segment: str
    pd_performing: Decimal
    pd_watched: tuple[Decimal, ...]
    lgd: Decimal
    workout_days: int


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of business dates [effective_from, effective_to); `checked`: by whom."""

    effective_from: date
    effective_to: date | None
    source: Text
    checked: str | None
    scenarios: tuple[Scenario, ...]
    least_horizon_days: int
    segments: tuple[Segment, ...]

    def number(self, segment: str) -> int:
        """The number of the segment of that name, which exists."""
        return next(s.no for s in self.segments if s.segment == segment)


@dataclass(frozen=True, slots=True)
class Losses:
    """PD x LGD weighted over scenarios, in billionths, by segment number.

    `performing` (n,): within twelve months in stage 1. `watched` (YEARS, n): within each year of
    stage 2. `defaulted` (n,): loss given default. `workout_days` (n,). n: largest number + 1.
    """

    performing: Ints
    watched: Ints
    defaulted: Ints
    workout_days: Ints
    least_horizon_days: int


def contradictions(parameters: Parameters) -> list[str]:
    """What is well formed in parameters but cannot be true."""
    wrong = []
    if sum(s.weight for s in parameters.scenarios) != 1:
        wrong.append("scenarios: the weights do not sum to 1")
    numbers = [segment.no for segment in parameters.segments]
    if len(set(numbers)) < len(numbers) or min(numbers) < 1:
        wrong.append("segments: each has a number of its own, from 1")
    for segment in parameters.segments:
        shares = (segment.pd_performing, segment.lgd, *segment.pd_watched)
        if not all(0 <= share <= 1 for share in shares):
            wrong.append(f"segments.{segment.segment}: PD and LGD are fractions")
        if segment.pd_watched[0] < segment.pd_performing:
            wrong.append(f"segments.{segment.segment}: a watched loan fails more often")
    return wrong


def losses(parameters: Parameters) -> Losses:
    """The loss rates of parameters, as columns take them."""
    size = max(segment.no for segment in parameters.segments) + 1
    made = Losses(
        *(np.zeros(size, np.int64), np.zeros((YEARS, size), np.int64)),
        *(np.zeros(size, np.int64), np.zeros(size, np.int64)),
        parameters.least_horizon_days,
    )
    for segment in parameters.segments:
        made.performing[segment.no] = _weighted(
            parameters.scenarios, segment, segment.pd_performing
        )
        made.defaulted[segment.no] = _ppb(
            sum((s.weight * _lgd(s, segment) for s in parameters.scenarios), Decimal(0))
        )
        made.workout_days[segment.no] = segment.workout_days
        for year, rate in enumerate(_lifetime(parameters.scenarios, segment)):
            made.watched[year, segment.no] = rate
    return made


def _lgd(scenario: Scenario, segment: Segment) -> Decimal:
    return min(Decimal(1), segment.lgd * scenario.lgd)


def _weighted(scenarios: Sequence[Scenario], segment: Segment, pd: Decimal) -> int:
    """PD x LGD over all scenarios, for a PD before the scenario moves it."""
    return _ppb(
        sum(
            (s.weight * min(Decimal(1), pd * s.pd) * _lgd(s, segment) for s in scenarios),
            Decimal(0),
        )
    )


def _lifetime(scenarios: Sequence[Scenario], segment: Segment) -> list[int]:
    """Of each year: PD given survival x the share that survived x LGD, over all scenarios."""
    rates = [Decimal(0)] * YEARS
    with localcontext() as context:
        context.prec = 28
        for scenario in scenarios:
            alive = Decimal(1)
            for year in range(YEARS):
                given = segment.pd_watched[min(year, len(segment.pd_watched) - 1)]
                fails = alive * min(Decimal(1), given * scenario.pd)
                rates[year] += scenario.weight * fails * _lgd(scenario, segment)
                alive -= fails
    return [_ppb(rate) for rate in rates]


def _ppb(rate: Decimal) -> int:
    return int((rate * BILLION).to_integral_value(ROUND_HALF_UP))
