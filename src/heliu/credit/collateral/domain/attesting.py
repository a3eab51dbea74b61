"""What a custodian's own document says of a lot: its receipt, its goods, how much, and where.

Two kinds of documents attest: a receipt advice, and an EPCIS event of goods going into store that
names the receipt. Quantities finer than a thousandth of the unit are rounded down.
"""

from decimal import ROUND_FLOOR
from typing import Final

from heliu.credit.collateral.domain.lot import Lot, spelled
from heliu.flows.intake.api import Kind, Line, TradeDocument
from heliu.ground.money import EXACT
from heliu.ground.text import Text

# Business steps by which goods come to rest in a warehouse (GS1 CBV 2.0, 7.1).
STORED: Final = frozenset({"storing", "receiving", "accepting", "stocking", "stock_taking"})


def attested_milli(lot: Lot, document: TradeDocument) -> int | Text:
    """Thousandths of the lot that the document attests (> 0), or why it attests nothing."""
    why = _misfit(lot, document)
    if why is not None:
        return why
    line = document.lines[lot.receipt_line - 1]
    if not is_of(line, lot.item) or (line.unit is not None and line.unit != lot.unit):
        return Text("货物或计量单位不符", "the line is of other goods or another unit")
    return milli_of(line) or Text("单据未载数量", "the line says no quantity")


def _misfit(lot: Lot, document: TradeDocument) -> Text | None:
    observed = document.observation
    if document.void:
        return Text("单据已作废", "the document is void")
    if lot.receipt_key not in {spelled(number) for number in _receipts(document)}:
        return Text("单据不是该仓单", "the document is not of this receipt")
    if observed is not None and observed.biz_step not in STORED:
        return Text("事件不是入库", "the event does not put goods into store")
    if observed is not None and lot.place not in (observed.location, observed.read_point):
        return Text("单据所载地点不符", "the document names another place")
    if len(document.lines) < lot.receipt_line:
        return Text("单据没有这一行", "the document has no such line")
    return None


def is_of(line: Line, item: str) -> bool:
    """Whether a line is of this item, under any scheme it is numbered by."""
    return item in line.item_keys.values()


def milli_of(line: Line) -> int:
    """A line's quantity in thousandths, rounded down; 0 where it says none."""
    milli = EXACT.multiply(line.quantity or 0, 1000)
    return max(0, int(milli.to_integral_value(rounding=ROUND_FLOOR)))


def _receipts(document: TradeDocument) -> tuple[str, ...]:
    if document.kind is Kind.RECEIPT_ADVICE:
        return (document.number,)
    return document.references.get("receipt", ())
