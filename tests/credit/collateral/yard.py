"""A small goods book, and lots as a warehouse holds them, for the tests of the desk."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from heliu.credit.collateral.api import (
    Answer,
    CoverTerms,
    GoodsBook,
    InstructionKind,
    Lot,
    Offer,
    Pledge,
    Price,
    Stored,
    Verify,
    answer,
    instructions,
    offer,
    pledge,
    take_prices,
    verify,
)
from heliu.credit.collateral.events import Pledged
from heliu.flows.intake.api import Filed, Kind, Line, Observation, TradeDocument
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.money import Money

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
SPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
CLERK, OFFICER = Actor("clerk"), Actor("officer")
TERMS = CoverTerms(required_bp=10_000, trigger_bp=9_500, stop_bp=9_000, cure_days=3)
OWNER, KEEPER = "91310000MA1OWNER01", "91310000MA1KEEPER1"
PLACE = "urn:epc:id:sgln:4012345.00001.yard"
BOOK = """
version: 7
goods:
  STEEL:
    zh: 钢
    en: steel
    unit: TNE
    whole_units: false
    haircuts: [{under_days: 90, rate_bp: 2000}, {under_days: 180, rate_bp: 5000}]
    wild_bp: 1000
    stale_days: 5
    doubt_bp: 1000
  APPLE:
    zh: 苹果
    en: apples
    unit: KGM
    whole_units: true
    haircuts: [{under_days: 30, rate_bp: 4000}]
    wild_bp: 3000
    stale_days: 7
    doubt_bp: 1500
"""


def an_id(name: str) -> UUID:
    return uuid5(SPACE, name)


def a_lot(receipt: str, tons: int = 100, *, line: int = 1) -> Lot:
    return Lot(
        OWNER, KEEPER, PLACE, receipt, line, "STEEL", "STEEL", "TNE", tons * 1000, "CNY", DAY
    )


def a_document(lot: Lot, quantity: str, step: str = "storing") -> Filed:
    """The keeper's event that the goods of a lot went into store (or what else `step` says)."""
    seen = Observation(NOW, "ObjectEvent", "OBSERVE", step, "in_progress", None, lot.place)
    line = Line("1", "/", {"standard": lot.item}, lot.unit, Decimal(quantity))
    document = TradeDocument(
        Kind.LOGISTICS_EVENT,
        f"{step} {lot.receipt_no} {quantity}",
        "/",
        DAY,
        references={"receipt": (lot.receipt_no,)},
        lines=(line,) * lot.receipt_line,
        observation=seen,
    )
    id_ = an_id(document.number)
    return Filed(id_, id_.hex * 2, "events.json", document)


@dataclass(frozen=True, slots=True)
class House:
    """The desk with its book, in one transaction; every step is the desk's own use case."""

    tx: Tx
    book: GoodsBook

    def verified(self, *lots: Lot) -> list[Stored]:
        offer(self.tx, CLERK, [Offer(lot, DAY) for lot in lots], self.book, NOW)
        papers = [a_document(lot, str(Decimal(lot.quantity_milli) / 1000)) for lot in lots]
        commands = [
            Verify(lot.id, paper, KEEPER, DAY) for lot, paper in zip(lots, papers, strict=True)
        ]
        answers = verify(self.tx, OFFICER, commands, NOW)
        return [stored for stored in answers if isinstance(stored, Stored)]

    def pledged(self, name: str, financed: int, *lots: Lot) -> Pledge:
        self.verified(*lots)
        command = a_pledge(name, financed, *lots)
        (pledged,) = pledge(self.tx, CLERK, [command], NOW)
        assert isinstance(pledged, Pledged)
        return command

    def held(self, name: str, financed: int, *lots: Lot) -> Pledge:
        """Pledged, and acknowledged by the custodian: it covers."""
        command = self.pledged(name, financed, *lots)
        told = instructions(self.tx, contracts=[command.contract_id]).values()
        holds = [i for i in told if i.kind is InstructionKind.HOLD]
        said = [Answer(i.id, KEEPER, accepted=True, quantity_milli=i.quantity_milli, on=DAY)
                for i in holds]  # fmt: skip
        answer(self.tx, CLERK, said, NOW)
        return command

    def priced(self, price: str, on: date = DAY, source: str = "EXCHANGE") -> Price:
        quoted = Price("STEEL", "TNE", "CNY", Decimal(price), on, source)
        take_prices(self.tx, [quoted], self.book, on, NOW)
        return quoted


def a_pledge(name: str, financed: int, *lots: Lot) -> Pledge:
    return Pledge(
        an_id(f"key {name}"),
        an_id(name),
        OWNER,
        Money(financed),
        TERMS,
        tuple(lot.id for lot in lots),
        DAY,
    )


def again(command: Pledge, **changed: object) -> Pledge:
    return replace(command, **changed)  # type: ignore[arg-type]  # a test's own table
