"""A person's judgement of a loan's class, and its release by a second person."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from heliu.credit.classification.domain.tiers import Tier
from heliu.ground.text import Text

TIER_NAMES: dict[Tier, Text] = {
    Tier.PASS: Text("正常", "pass"),
    Tier.SPECIAL_MENTION: Text("关注", "special mention"),
    Tier.SUBSTANDARD: Text("次级", "substandard"),
    Tier.DOUBTFUL: Text("可疑", "doubtful"),
    Tier.LOSS: Text("损失", "loss"),
}


@dataclass(frozen=True, slots=True)
class Judge:
    """Class `loan_id` as `tier` for business dates [start, until); `key` makes it happen once."""

    key: UUID
    loan_id: UUID
    tier: Tier
    reason: str
    start: date
    until: date


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judgement that holds on a day; of several on one loan the one recorded last."""

    loan_id: UUID
    tier: Tier
    released: bool
