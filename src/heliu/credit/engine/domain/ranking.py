"""The rule of a payment: the buckets of the contract, or the buckets a strategy in words means."""

from typing import Final, NamedTuple

from heliu.credit.engine.domain.allocation import Filling, filling
from heliu.credit.engine.domain.terms import (
    Allocation,
    AllocationRule,
    Bucket,
    FutureRule,
    PaymentKind,
    Processing,
    Strategy,
)

_AGES: Final = ("past_due", "due", "in_advance")
_PFIP: Final = ("penalty", "fee", "interest", "principal")
_PIPF: Final = ("penalty", "interest", "principal", "fee")
_PPFI: Final = ("principal", "penalty", "fee", "interest")
_ORDERS: Final = {
    Strategy.PENALTIES_FEES_INTEREST_PRINCIPAL: (_PFIP, _PFIP, _PFIP),
    Strategy.DUE_PENALTY_INTEREST_PRINCIPAL_FEE_THEN_SAME: (_PIPF, _PIPF, _PIPF),
    Strategy.DUE_PENALTY_FEE_INTEREST_PRINCIPAL_THEN_PRINCIPAL: (_PFIP, _PFIP, _PPFI),
}


def _rule(orders: tuple[tuple[str, ...], ...]) -> AllocationRule:
    buckets = [
        Bucket(f"{age}_{part}") for age, order in zip(_AGES, orders, strict=True) for part in order
    ]
    return AllocationRule(tuple(buckets), FutureRule.NEXT)


_IN_WORDS: Final = {strategy: _rule(orders) for strategy, orders in _ORDERS.items()}


class Way(NamedTuple):
    """How payments of one kind go on the bank's plan."""

    rule: AllocationRule
    processing: Processing
    filling: Filling | None  # where the rule comes down to filling the rows, the oldest first
    penalties_first: bool  # 罚息 and 复利 are served before what else is due


def way_of(allocation: Allocation, kind: PaymentKind) -> Way:
    """The rule of a payment, worked out once a life."""
    rule, processing = rule_of(allocation, kind)
    order = rule.order
    first = order.index(Bucket.PAST_DUE_PENALTY) < order.index(Bucket.PAST_DUE_PRINCIPAL)
    return Way(rule, processing, filling(rule, processing), first)


def rule_of(allocation: Allocation, kind: PaymentKind) -> tuple[AllocationRule, Processing]:
    """How a payment of that kind is spread. Strategies in words go instalment by instalment."""
    if allocation.strategy is Strategy.BUCKETS:
        return allocation.rule(kind), allocation.processing
    return _IN_WORDS[allocation.strategy], Processing.HORIZONTAL
