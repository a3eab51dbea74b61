"""What an EPCIS event means for the goods pledged at its place: alarms, damage, goods that left.

Source of the words: GS1 CBV 2.0, 7.1 (business steps) and 7.2 (dispositions).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.credit.collateral.domain.attesting import is_of, milli_of
from heliu.credit.collateral.domain.lot import Holding, Lot
from heliu.flows.intake.api import TradeDocument

_LEAVES: Final = frozenset({"departing", "shipping", "loading", "transporting", "retail_selling"})
_COUNTS: Final = frozenset({"cycle_counting", "stock_taking"})
_LOST: Final = frozenset(
    {"damaged", "destroyed", "disposed", "expired", "non_sellable_other", "recalled", "stolen"}
)


class CaseKind(StrEnum):
    """What a person must look at."""

    PRICE_MISSING = "price_missing"
    PRICE_STALE = "price_stale"
    PRICE_WILD = "price_wild"
    RECEIPT_TWICE = "receipt_twice"
    GOODS_TWICE = "goods_twice"
    SENSOR_ALARM = "sensor_alarm"
    DAMAGE = "damage"
    UNRELEASED_DEPARTURE = "unreleased_departure"
    SHORTAGE = "shortage"
    INSTRUCTION_REFUSED = "instruction_refused"
    INSTRUCTION_SHORT = "instruction_short"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing seen of one pledged lot; `stops` when nothing may leave until it is explained."""

    kind: CaseKind
    lot_id: UUID
    stops: bool
    said: str


def signals(document: TradeDocument, there: Sequence[tuple[Lot, Holding]]) -> Iterator[Signal]:
    """What an event says of the pledged lots at its place (`there`); nothing for a quiet event.

    A count of goods at a place is held against everything pledged there, whoever pledged it: this
    is how one heap of metal behind two receipts is seen.
    """
    seen = document.observation
    if seen is None or document.void:
        return
    for lot, holding in there:
        lines = [line for line in document.lines if is_of(line, lot.item)]
        if seen.sensor_alarms and (lines or not document.lines):
            said = ", ".join(seen.sensor_alarms)
            yield Signal(CaseKind.SENSOR_ALARM, lot.id, stops=False, said=said)
        if not lines:
            continue
        if seen.disposition in _LOST:
            yield Signal(CaseKind.DAMAGE, lot.id, stops=True, said=str(seen.disposition))
        moved = sum(milli_of(line) for line in lines)
        if seen.biz_step in _LEAVES and moved > holding.released_milli:
            said = f"{_units(moved)} left, {_units(holding.released_milli)} were released"
            yield Signal(CaseKind.UNRELEASED_DEPARTURE, lot.id, stops=True, said=said)
        if seen.biz_step in _COUNTS:
            pledged = sum(h.remaining_milli for other, h in there if other.item == lot.item)
            if moved < pledged:
                said = f"{_units(moved)} counted, {_units(pledged)} are pledged here"
                yield Signal(CaseKind.SHORTAGE, lot.id, stops=True, said=said)


def _units(milli: int) -> str:
    return f"{Decimal(milli) / 1000:f}"
