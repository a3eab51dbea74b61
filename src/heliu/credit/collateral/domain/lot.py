"""A lot of goods and the fold of its life: offered, verified, pledged, released or seized.

A lot is what one line of a warehouse receipt says lies with a custodian. Quantities are whole
thousandths of the goods' unit (`_milli`), so nothing is lost in a division.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import reduce
from uuid import UUID

from heliu.ground.ids import derived_id
from heliu.ground.money import MAX_MINOR, Money
from heliu.ground.text import Text


class LotStatus(StrEnum):
    """Where a lot stands in its life."""

    OFFERED = "offered"
    VERIFIED = "verified"
    PLEDGED = "pledged"
    PARTLY_RELEASED = "partly_released"
    RELEASED = "released"
    SEIZED = "seized"


class LotEventKind(StrEnum):
    """What can happen to a lot."""

    OFFERED = "offered"
    VERIFIED = "verified"
    PLEDGED = "pledged"
    HELD = "held"  # the custodian acknowledged the pledge: from now on it covers
    RELEASED = "released"
    SEIZED = "seized"


@dataclass(frozen=True, slots=True)
class Lot:
    """Goods with a custodian under one line of a receipt.

    `goods` is the goods book's code, `item` the number by which documents name them (GTIN, class).
    `cost` is what the owner paid for the whole lot (prepayment finance), `batch` what tells these
    goods from all others of their kind (heat number, SSCC), where there is such a mark.
    """

    owner_uscc: str
    custodian_uscc: str
    place: str
    receipt_no: str
    receipt_line: int
    goods: str
    item: str
    unit: str
    quantity_milli: int
    currency: str
    stored_on: date
    cost: Money | None = None
    batch: str | None = None

    @property
    def id(self) -> UUID:
        """One lot per custodian and receipt line, however the number is spelled."""
        return derived_id("lot", self.custodian_uscc, self.receipt_key, str(self.receipt_line))

    @property
    def receipt_key(self) -> str:
        """The receipt number without what people vary: width, case, blanks, dashes."""
        return spelled(self.receipt_no)

    @property
    def batch_key(self) -> str | None:
        """The goods' own mark without what people vary."""
        return spelled(self.batch) if self.batch else None


@dataclass(frozen=True, slots=True)
class LotEvent:
    """One thing that happened to a lot, in thousandths of its unit (> 0)."""

    lot_id: UUID
    no: int
    kind: LotEventKind
    quantity_milli: int
    cause: UUID
    on: date
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """The fold of a lot's events, in thousandths: released + seized + remaining = pledged."""

    status: LotStatus
    verified_milli: int = 0
    pledged_milli: int = 0
    released_milli: int = 0
    seized_milli: int = 0
    held: bool = False
    events: int = 0

    @property
    def remaining_milli(self) -> int:
        """What is still pledged (>= 0)."""
        return self.pledged_milli - self.released_milli - self.seized_milli

    @property
    def covering_milli(self) -> int:
        """What counts as collateral: only what the custodian has acknowledged."""
        return self.remaining_milli if self.held else 0


def lot_fault(lot: Lot, on: date) -> Text | None:
    """Why no such lot can lie with a custodian on `on`; None if it can."""
    faults = (
        (not all((lot.owner_uscc, lot.custodian_uscc, lot.place, lot.item)),
         Text("缺少货主、保管方、地点或货号", "owner, custodian, place or item is missing")),
        (lot.owner_uscc == lot.custodian_uscc,
         Text("货主不得自行保管", "who owns the goods does not keep them")),
        (not lot.receipt_key or lot.receipt_line < 1,
         Text("仓单号或行号无效", "the receipt has no number or line")),
        (lot.quantity_milli < 1, Text("数量须大于零", "the quantity is not above zero")),
        (lot.quantity_milli > MAX_MINOR, Text("数量过大", "the quantity is beyond all bounds")),
        (lot.cost is not None and (lot.cost.minor < 1 or lot.cost.currency != lot.currency),
         Text("购货价款无效", "the cost is not above zero, or of another currency")),
        (lot.stored_on > on, Text("入库日期晚于今日", "it is stored on a day to come")),
        (lot.batch is not None and not lot.batch_key, Text("批号无效", "the mark says nothing")),
    )  # fmt: skip
    return next((why for so, why in faults if so), None)


def fold(events: Sequence[LotEvent]) -> Holding:
    """The state of one lot after its events, in order; the first one offers it."""
    assert events, "a lot begins when it is offered"
    assert events[0].kind is LotEventKind.OFFERED, "a lot begins when it is offered"
    return reduce(_after, events[1:], Holding(LotStatus.OFFERED, events=1))


def spelled(number: str) -> str:
    """Letters and digits of a number, upper case, compatibility forms made one (NFKC)."""
    plain = unicodedata.normalize("NFKC", number).upper()
    return "".join(character for character in plain if character.isalnum())


def _after(held: Holding, event: LotEvent) -> Holding:
    quantity = event.quantity_milli
    assert event.no == held.events + 1, "a lot's events have no gap"
    match event.kind:
        case LotEventKind.OFFERED:
            raise AssertionError("a lot is offered once")
        case LotEventKind.VERIFIED:
            after = replace(held, status=LotStatus.VERIFIED, verified_milli=quantity)
        case LotEventKind.PLEDGED:
            after = replace(held, status=LotStatus.PLEDGED, pledged_milli=quantity)
        case LotEventKind.HELD:
            after = replace(held, held=True)
        case LotEventKind.RELEASED:
            after = replace(held, released_milli=held.released_milli + quantity)
            status = LotStatus.PARTLY_RELEASED if after.remaining_milli else LotStatus.RELEASED
            after = replace(after, status=status)
        case LotEventKind.SEIZED:
            after = replace(
                held, status=LotStatus.SEIZED, seized_milli=held.seized_milli + quantity
            )
    assert after.remaining_milli >= 0, "nothing leaves a pledge that was not in it"
    return replace(after, events=event.no)
