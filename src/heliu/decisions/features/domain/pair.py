"""Pairs and what is answered about them: names, units and definitions in docs/features.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Feature = Decimal | int | None
"""Counts, days and minor units are int; ratios are Decimal to six places; None is not known."""


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Who delivers to whom, each by tax id (USCC), else by folded name."""

    supplier: str
    buyer: str


@dataclass(frozen=True, slots=True)
class PairFeatures:
    """The vector of one pair, by feature name, and the number of the last event it rests on.

    `state_version` is 0 for a pair nothing is known of. The same version, day and pair give the
    same values for ever.
    """

    values: Mapping[str, Feature]
    state_version: int
