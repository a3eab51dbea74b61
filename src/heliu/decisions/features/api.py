"""Door of the features desk."""

from heliu.decisions.features.domain.pair import Feature, Pair, PairFeatures
from heliu.decisions.features.domain.windows import FEATURES
from heliu.decisions.features.service import follow, observe, pair_features

__all__ = [
    "FEATURES",
    "Feature",
    "Pair",
    "PairFeatures",
    "follow",
    "observe",
    "pair_features",
]
