"""Door of the classification desk."""

from heliu.credit.classification.domain.exact import (
    MAX_AMOUNT,
    MILLION,
    Flags,
    Ints,
    accrue,
    times_ratio,
    totals_by,
)
from heliu.credit.classification.domain.judgement import TIER_NAMES, Judge, Judgement
from heliu.credit.classification.domain.tiers import (
    NON_PERFORMING,
    Cutoffs,
    Facing,
    Tier,
    Why,
    classify,
    observe,
)
from heliu.credit.classification.service import cutoffs, judge, release
from heliu.credit.classification.store import holding

__all__ = [
    "MAX_AMOUNT",
    "MILLION",
    "NON_PERFORMING",
    "TIER_NAMES",
    "Cutoffs",
    "Facing",
    "Flags",
    "Ints",
    "Judge",
    "Judgement",
    "Tier",
    "Why",
    "accrue",
    "classify",
    "cutoffs",
    "holding",
    "judge",
    "observe",
    "release",
    "times_ratio",
    "totals_by",
]
