"""Receivables: the list with its filters in the address, and one from every side."""

from typing import Final
from uuid import UUID

from heliu.books.evidence.api import leaves
from heliu.channels.console import asking, drawing
from heliu.channels.console.desk import pages
from heliu.channels.console.firms import names_of
from heliu.channels.console.words import EVENT_TEXT, STATE_TEXT, account
from heliu.channels.pages.api import STAGE_TEXT, Answer, Trade, Visit, page, trades, unknown
from heliu.credit.applications.api import (
    Decided,
    count_receivables,
    find_receivables,
    search_receivables,
)
from heliu.credit.loans.api import JournalLine, journal_of
from heliu.credit.products.api import programmes
from heliu.flows.screening.api import claims_on
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

SHOWN: Final = 50
COUNTED: Final = 10_000
DECIDED_TEXT: Final = {
    Decided.NOT_ASKED: (Text("未申请", "not asked"), "idle"),
    Decided.APPROVED: (Text("已批准", "approved"), "ok"),
    Decided.REFUSED: (Text("已拒绝", "refused"), "bad"),
}
SEVERITY_TEXT: Final = {
    "blocking": (Text("阻断", "blocking"), "bad"),
    "reducing": (Text("扣减", "reducing"), "warn"),
    "notice": (Text("提示", "notice"), "info"),
}
_LENT: Final = (Text("已放款", "financed"), "info")
_REPAID: Final = (Text("已结清", "repaid"), "idle")


def standing(trade: Trade) -> tuple[Text, str]:
    """How a receivable stands, in a word and a tone."""
    if trade.loan is not None:
        return _LENT if trade.open else _REPAID
    made = trade.application
    if made is None:
        return DECIDED_TEXT[Decided.NOT_ASKED]
    return DECIDED_TEXT[Decided.APPROVED if made.approved.minor else Decided.REFUSED]


@pages.get("/console/receivables", Right.TRADE_READ)
def listed(visit: Visit) -> Answer:
    """Receivables, youngest verification first; the filters stand in the address."""
    asked = asking.receivables(visit.query)
    after = asking.dated_place(visit.query.get("after", ""))
    with visit.transaction() as tx:
        found = search_receivables(tx, asked, after, SHOWN + 1)
        shown = trades(tx, found[:SHOWN], visit.bank.clock.today())
        names = names_of(tx, (c for r in found for c in (r.supplier, r.buyer)))
        count = count_receivables(tx, asked, COUNTED)
        known = programmes(tx)
    last = found[SHOWN - 1] if len(found) > SHOWN else None
    here = {name: value for name, value in visit.query.items() if name != "after"}
    onward = f"{last.verified_on}_{last.id}" if last else ""
    return page(
        "console/receivables.html",
        shown=shown,
        names=names,
        count=count,
        most=COUNTED,
        asked=asked,
        programmes=known,
        decided=DECIDED_TEXT,
        standing=standing,
        here=here,
        address=asking.address,
        first=asking.address("/console/receivables", here) if after else "",
        next=asking.address("/console/receivables", here, after=onward) if last else "",
    )


@pages.get("/console/receivables/{id}", Right.TRADE_READ)
def one(visit: Visit, id: UUID) -> Answer:
    """One receivable: papers, match, findings, decision, loan, money, journal, evidence."""
    with visit.transaction() as tx:
        found = find_receivables(tx, [id]).get(id)
        if found is None:
            raise unknown()
        (trade,) = trades(tx, [found], visit.bank.clock.today())
        names = names_of(tx, [found.supplier, found.buyer])
        journal = _journal(tx, trade)
        claims = claims_on(tx, found.claimed) if found.claimed else []
        proofs = leaves(tx, _subjects(trade))
    return page(
        "console/receivable.html",
        trade=trade,
        names=names,
        badge=standing(trade),
        drawn=drawing.life(trade, visit.language),
        stages=STAGE_TEXT,
        severities=SEVERITY_TEXT,
        events=EVENT_TEXT,
        states=STATE_TEXT,
        account=account,
        journal=journal,
        proofs=proofs,
        claims=claims,
        zoned=drawing.zoned,
    )


def _journal(tx: Tx, trade: Trade) -> list[JournalLine]:
    keys = [key for booked in trade.events for key in booked.transfers]
    return journal_of(tx, [*keys, *(paid.transfer for paid in trade.payments)])


def _subjects(trade: Trade) -> list[UUID]:
    made, loan, verified = trade.application, trade.loan, trade.verification
    return [
        trade.receivable.id,
        *([verified["id"]] if verified else ()),
        *(filed.id for filed in trade.documents),
        *([made.id, made.verdict_id] if made else ()),
        *([loan.id] if loan else ()),
        *(order.id for order in trade.orders),
    ]
