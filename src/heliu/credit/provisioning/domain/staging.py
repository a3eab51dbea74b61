"""Stages and expected credit loss in columns: CAS 22 (2017) / IFRS 9 section 5.5. Pure.

Stage 1: loss from defaults within twelve months. Stage 2: over the remaining life, once credit
risk has risen significantly. Stage 3: in default. All are discounted at the effective rate
(IFRS 9 B5.5.44); a default is taken to happen in the middle of its year.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from heliu.credit.classification.api import MILLION, NON_PERFORMING, Flags, Ints, times_ratio
from heliu.credit.provisioning.domain.parameters import BILLION, YEARS, Losses

YEAR_DAYS: Final = 365


class Stage(IntEnum):
    """How far credit risk has come."""

    PERFORMING = 1
    WATCHED = 2
    DEFAULTED = 3


@dataclass(frozen=True, slots=True)
class Presumptions:
    """Rebuttable presumptions of the standard, in days late: more than these."""

    watched_days: int
    defaulted_days: int


@dataclass(frozen=True, slots=True)
class Exposed:
    """What of each loan its loss depends on; all columns of one length.

    `exposure`: minor units at default (EAD). `days_left`: to maturity, may be <= 0. `rate`:
    effective rate in millionths a year.
    """

    stage: Ints
    segment: Ints
    exposure: Ints
    days_left: Ints
    rate: Ints


def stages(days: Ints, tier: Ints, risen: Flags, presumed: Presumptions) -> Ints:
    """The stage of each loan: `days` late by the worse clock, its class, and other signs of risk.

    A class of non-performing is stage 3 (a credit-impaired asset is non-performing, and the other
    way round); days late alone move a loan to stage 2 only beyond the presumption.
    """
    stage = np.where((days > presumed.watched_days) | risen, Stage.WATCHED, Stage.PERFORMING)
    impaired = (tier >= NON_PERFORMING) | (days > presumed.defaulted_days)
    return np.where(impaired, Stage.DEFAULTED, stage)


def expected_loss(book: Exposed, losses: Losses) -> Ints:
    """The expected credit loss of each loan, minor units, in [0, exposure]."""
    assert int(book.rate.max(initial=0)) <= MILLION, "effective rates are at most 100 % a year"
    factor = np.zeros_like(book.exposure)
    left = np.maximum(book.days_left, losses.least_horizon_days)
    for stage, rate_of in (
        (Stage.PERFORMING, _within_a_year),
        (Stage.WATCHED, _over_life),
        (Stage.DEFAULTED, _in_default),
    ):
        at = np.flatnonzero(book.stage == stage)
        if len(at):
            factor[at] = rate_of(book.segment[at], left[at], book.rate[at], losses)
    return times_ratio(book.exposure, np.minimum(factor, BILLION), BILLION)


def _within_a_year(segment: Ints, left: Ints, rate: Ints, losses: Losses) -> Ints:
    days = np.minimum(left, YEAR_DAYS)
    return _of_year(losses.performing[segment], days, rate, np.full_like(left, BILLION))


def _over_life(segment: Ints, left: Ints, rate: Ints, losses: Losses) -> Ints:
    discount = np.full_like(left, BILLION)
    factor = np.zeros_like(left)
    years = min(YEARS, -(-int(left.max()) // YEAR_DAYS))
    for year in range(years):
        days = np.clip(left - year * YEAR_DAYS, 0, YEAR_DAYS)
        factor += _of_year(losses.watched[year][segment], days, rate, discount)
        discount = discount * MILLION // (MILLION + rate)
    return factor


def _in_default(segment: Ints, left: Ints, rate: Ints, losses: Losses) -> Ints:  # noqa: ARG001 - one shape
    days = losses.workout_days[segment]
    discount = BILLION * YEAR_DAYS * MILLION // (YEAR_DAYS * MILLION + rate * days)
    return times_ratio(losses.defaulted[segment], discount, BILLION)


def _of_year(loss: Ints, days: Ints, rate: Ints, discount: Ints) -> Ints:
    """Loss rate of `days` of one year, discounted to its start's `discount` and half its days."""
    half = 2 * YEAR_DAYS * MILLION
    present = times_ratio(discount, half, half + rate * days) // 1000  # millionths
    return times_ratio(loss * days, present, YEAR_DAYS * MILLION)
