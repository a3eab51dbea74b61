"""How much of each lot a payment sets free, and what a seller buys back.

The share of a lot that leaves is never more than the share of the financed amount that is paid,
rounded down, and what stays always covers what is still owed at the required line. The last
payment sets everything free.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from heliu.credit.collateral.domain.cover import Coverage, CoverTerms, lot_cost, needed
from heliu.credit.collateral.domain.lot import Holding, Lot
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Paid:
    """Principal of the financed amount paid so far, and all that is still owed afterwards."""

    financed: Money
    paid: Money
    debt: Money

    def __post_init__(self) -> None:
        assert 0 <= self.paid.minor <= self.financed.minor, "paid is a part of what was financed"
        assert self.debt.minor >= 0, "a debt is not negative"


def release_quantities(
    paid: Paid,
    terms: CoverTerms,
    holdings: Mapping[UUID, Holding],
    coverage: Coverage,
    steps: Mapping[UUID, int],
) -> dict[UUID, int]:
    """Thousandths of each lot to release now (> 0), by lot.

    `coverage` values what covers now against `paid.debt`. Two bounds, the smaller one counts:
    entitled = floor(pledged x paid / financed) less what was released, and the part of the
    remaining goods that is not needed to keep `terms.required_bp`; rounded down to the `steps` in
    which a lot can leave. Goods whose custodian has not
    acknowledged the pledge cover nothing: they are not released before all is paid.
    """
    if paid.debt.minor == 0:
        return {id_: h.remaining_milli for id_, h in holdings.items() if h.remaining_milli}
    lendable = {value.lot_id: value.lendable for value in coverage.lots}
    # A lot's value is floored, so each of them may lack up to a fen of its share, twice cut.
    keep = needed(paid.debt, terms.required_bp).minor + 2 * len(lendable)
    total = sum(lendable.values())
    free: dict[UUID, int] = {}
    for id_, holding in holdings.items():
        covering = holding.covering_milli
        if covering == 0 or keep > total:
            continue
        entitled = holding.pledged_milli * paid.paid.minor // paid.financed.minor
        # The kept share of every lot is rounded up: keep / total of each keeps `keep` in all.
        spare = covering - -(-covering * keep // total)
        quantity = max(0, min(entitled - holding.released_milli, spare))
        if whole := quantity - quantity % steps[id_]:
            free[id_] = whole
    return free


def buy_back_amount(debt: Money, lots: Sequence[tuple[Lot, int]]) -> Money:
    """What a seller pays for goods he was paid for and has not handed over (保兑仓回购).

    Their cost at the thousandths that remain, and never more than is owed.
    """
    undelivered = sum((lot_cost(lot, rest) for lot, rest in lots), Money(0, debt.currency))
    return min(debt, undelivered)
