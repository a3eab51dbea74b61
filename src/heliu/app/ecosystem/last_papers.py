"""What the people of the demonstration find before them: papers of the last days, not yet acted on.

The ecosystem's own suppliers ask for money as soon as they can. So that a visitor has something
to do, the residents' enterprises trade once more when the story is over: whole trades that may be
financed, payables that wait for the buyer's word, and one whose goods nobody has received.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from heliu.app.ecosystem.cast import GOODS_OF, Supplier
from heliu.app.ecosystem.papers import Paper, confirmation, papers_of
from heliu.app.ecosystem.people import Street
from heliu.app.ecosystem.plan import Deal, Plan
from heliu.app.samples.trade import Form, Line, Proof, Trade

# Numbers that the story itself does not come to.
_FIRST_SERIAL: Final = 901
# From the order to the buyer's word, in days.
_AGO: Final = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A trade to be made: the seller, how much of his usual lot, received and confirmed or not."""

    seller: str
    tenths: int
    received: bool = True
    confirmed: bool = True


_WANTED: Final = (
    _Wanted("A01", 9),
    _Wanted("A01", 6),
    _Wanted("A01", 4),
    _Wanted("A01", 3),
    _Wanted("A01", 7, confirmed=False),
    _Wanted("A01", 5, received=False),
    _Wanted("A02", 8, confirmed=False),
    _Wanted("A02", 3, confirmed=False),
    _Wanted("B01", 6),
)


def lay_out(street: Street, plan: Plan, today: date) -> None:
    """Send the papers over the public doors, each by who writes it."""
    for wanted, deal in _deals(plan.cast, today):
        for paper in _papers(wanted, deal):
            street.clients[paper.sender].send_documents([(paper.name, paper.data)])
        if wanted.confirmed:
            buyer = deal.trade.buyer
            message = confirmation(buyer, today, [deal.trade])
            street.clients[buyer.code].send_approvals(message)


def _deals(cast: Sequence[Supplier], today: date) -> Iterator[tuple[_Wanted, Deal]]:
    sellers = {supplier.firm.code: supplier for supplier in cast}
    for number, wanted in enumerate(_WANTED):
        seller = sellers[wanted.seller]
        goods = [GOODS_OF[code] for code in seller.goods]
        trade = Trade(
            _FIRST_SERIAL + number,
            seller.chain.core,
            seller.firm,
            today - _AGO,
            tuple(Line.of(good, max(1, good.lot * wanted.tenths // 10)) for good in goods),
            form=Form.UBL,
            proof=Proof.RECEIPT,
            due_days=seller.chain.due_days,
            payments=(),
        )
        yield wanted, Deal(trade, seller, trade.gross)


def _papers(wanted: _Wanted, deal: Deal) -> Iterator[Paper]:
    for _, paper in papers_of(deal):
        if wanted.received or paper.name != f"{deal.trade.receipt_no}_receipt-advice.xml":
            yield paper
