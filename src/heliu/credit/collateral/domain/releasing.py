"""How much of each lot a payment sets free, and what a seller buys back.

The share that leaves - of every lot, or of the goods of one kind where lots leave in turn - is
never more than the share of the financed amount that is paid, rounded down, and what stays always
covers what is still owed at the required line. The last payment sets everything free.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from heliu.credit.collateral.domain.cover import Coverage, CoverTerms, lot_cost, needed
from heliu.credit.collateral.domain.lot import Holding, Lot
from heliu.ground.money import Money


class ReleaseOrder(StrEnum):
    """Which goods leave for a payment."""

    PROPORTIONAL = "proportional"  # of every lot its share
    OLDEST_FIRST = "oldest_first"  # lot by lot, the longest in store first
    AS_NAMED = "as_named"  # the lots the payer names, in his order


@dataclass(frozen=True, slots=True)
class Stock:
    """A pledged lot as it may leave: which goods, in which steps, and what of it is here."""

    goods: str
    step_milli: int
    holding: Holding


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
    stock: Mapping[UUID, Stock],
    coverage: Coverage,
) -> dict[UUID, int]:
    """Thousandths of each lot to release now (> 0), by lot.

    `coverage` values what covers now against `paid.debt`. Two bounds, the smaller one counts:
    entitled = floor(pledged x paid / financed) less what was released, and the part of the
    remaining goods that is not needed to keep `terms.required_bp`; rounded down to the steps in
    which a lot can leave. Goods whose custodian has not
    acknowledged the pledge cover nothing: they are not released before all is paid.
    """
    if paid.debt.minor == 0:
        return _all(stock)
    total, keep = _worth(paid, terms, coverage)
    free: dict[UUID, int] = {}
    for id_, one in stock.items():
        holding, covering = one.holding, one.holding.covering_milli
        if covering == 0 or keep > total:
            continue
        entitled = holding.pledged_milli * paid.paid.minor // paid.financed.minor
        # The kept share of every lot is rounded up: keep / total of each keeps `keep` in all.
        spare = covering - -(-covering * keep // total)
        quantity = max(0, min(entitled - holding.released_milli, spare))
        if whole := quantity - quantity % one.step_milli:
            free[id_] = whole
    return free


def release_in_turn(
    paid: Paid,
    terms: CoverTerms,
    stock: Mapping[UUID, Stock],
    coverage: Coverage,
    turn: Sequence[UUID],
) -> dict[UUID, int]:
    """Thousandths of the lots in `turn` to release now (> 0), the first one as far as can be.

    The bounds of `release_quantities`, but the paid share is that of all goods of a kind together.
    """
    if paid.debt.minor == 0:
        return _all(stock)
    lendable = {value.lot_id: value.lendable for value in coverage.lots}
    total, keep = _worth(paid, terms, coverage)
    spare, entitled = total - keep, _entitled(paid, stock)
    free: dict[UUID, int] = {}
    for id_ in turn:
        one, covering = stock[id_], stock[id_].holding.covering_milli
        if covering == 0 or spare < 0:
            continue
        worth = lendable.get(id_, 0)
        most = spare * covering // worth if worth else covering
        quantity = max(0, min(entitled[one.goods], covering, most))
        if whole := quantity - quantity % one.step_milli:
            free[id_] = whole
            entitled[one.goods] -= whole
            spare -= -(-worth * whole // covering)
    return free


def _all(stock: Mapping[UUID, Stock]) -> dict[UUID, int]:
    rest = {id_: one.holding.remaining_milli for id_, one in stock.items()}
    return {id_: quantity for id_, quantity in rest.items() if quantity}


def _worth(paid: Paid, terms: CoverTerms, coverage: Coverage) -> tuple[int, int]:
    """Lendable value of what covers, and what of it stays."""
    # A lot's value is floored, so each of them may lack up to a fen of its share, twice cut.
    keep = needed(paid.debt, terms.required_bp).minor + 2 * len(coverage.lots)
    return coverage.lendable.minor, keep


def _entitled(paid: Paid, stock: Mapping[UUID, Stock]) -> dict[str, int]:
    """Thousandths of each kind of goods that are paid for and have not left."""
    pledged: dict[str, int] = defaultdict(int)
    released: dict[str, int] = defaultdict(int)
    for one in stock.values():
        pledged[one.goods] += one.holding.pledged_milli
        released[one.goods] += one.holding.released_milli
    return {
        goods: whole * paid.paid.minor // paid.financed.minor - released[goods]
        for goods, whole in pledged.items()
    }


def buy_back_amount(debt: Money, lots: Sequence[tuple[Lot, int]]) -> Money:
    """What a seller pays for goods he was paid for and has not handed over (保兑仓回购).

    Their cost at the thousandths that remain, and never more than is owed.
    """
    undelivered = sum((lot_cost(lot, rest) for lot, rest in lots), Money(0, debt.currency))
    return min(debt, undelivered)
