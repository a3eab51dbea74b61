"""Documents of the four flows: the list, one as it was read, and the search over everything."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from heliu.books.evidence.api import leaves
from heliu.channels.console import asking
from heliu.channels.console.desk import pages
from heliu.channels.console.drawing import zoned
from heliu.channels.console.firms import names_of
from heliu.channels.console.words import KIND_TEXT
from heliu.channels.pages.api import Answer, Visit, page, see_other, unknown
from heliu.credit.applications.api import (
    Asked,
    applications,
    find_receivables,
    search_receivables,
)
from heliu.credit.loans.api import loans_by_id
from heliu.decisions.verdicts.api import VerdictUnknown
from heliu.decisions.verdicts.api import find as verdicts
from heliu.flows.intake.api import Flow, Sought, find_documents, search_documents
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.api import Right
from heliu.parties.party.api import valid_uscc
from heliu.payments.orders.api import orders_by_id

SHOWN: Final = 50
_HITS: Final = 20
FLOW_TEXT: Final = {
    Flow.COMMERCIAL: Text("商流", "Commercial"),
    Flow.LOGISTICS: Text("物流", "Logistics"),
    Flow.FUNDS: Text("资金流", "Funds"),
    Flow.INFORMATION: Text("信息流", "Information"),
}


@pages.get("/console/documents", Right.TRADE_READ)
def listed(visit: Visit) -> Answer:
    """Documents in the order in which they came, the youngest first."""
    sought = asking.documents(visit.query)
    before = asking.position(visit.query.get("before", ""))
    with visit.transaction() as tx:
        found = search_documents(tx, sought, before, SHOWN + 1)
    here = {name: value for name, value in visit.query.items() if name != "before"}
    onward = str(found[SHOWN - 1].position) if len(found) > SHOWN else ""
    return page(
        "console/documents.html",
        shown=found[:SHOWN],
        flows=FLOW_TEXT,
        kinds=KIND_TEXT,
        zoned=zoned,
        here=here,
        address=asking.address,
        first=asking.address("/console/documents", here) if before else "",
        next=asking.address("/console/documents", here, before=onward) if onward else "",
    )


@pages.get("/console/documents/{id}", Right.TRADE_READ)
def one(visit: Visit, id: UUID) -> Answer:
    """One document as the bank read it, the receivables of its number, its place in the log."""
    with visit.transaction() as tx:
        found = search_documents(tx, Sought(id=id), None, 1)
        if not found:
            raise unknown()
        said = found[0].filed.document
        about = search_receivables(tx, Asked(words=said.number), None, _HITS)
        proofs = leaves(tx, [id])
    exact = [one for one in about if one.invoice_no == said.number]
    return page(
        "console/document.html",
        arrived=found[0],
        about=exact,
        proofs=proofs,
        flows=FLOW_TEXT,
        kinds=KIND_TEXT,
        zoned=zoned,
    )


@pages.get("/console/find", Right.TRADE_READ)
def find(visit: Visit) -> Answer:
    """Search: an id, a USCC, a document's number; one hit opens itself, several are listed."""
    words = visit.query.get("q", "").strip()[:120]
    with visit.transaction() as tx:
        way = _by_name(tx, words)
        if way is not None:
            return see_other(way)
        asked = Asked(words=words)
        owed = search_receivables(tx, asked, None, _HITS) if words else []
        papers = search_documents(tx, Sought(number=words), None, _HITS) if words else []
        names = names_of(tx, (code for r in owed for code in (r.supplier, r.buyer)))
    return page(
        "console/find.html", kinds=KIND_TEXT, words=words, owed=owed, papers=papers, names=names
    )


def _by_name(tx: Tx, words: str) -> str | None:
    """The page of the one thing these words name."""
    if valid_uscc(words.upper()):
        return f"/console/firms/{words.upper()}"
    try:
        id_ = UUID(words)
    except ValueError:
        return None
    if (receivable := _receivable_of(tx, id_)) is not None:
        return f"/console/receivables/{receivable}"
    return f"/console/documents/{id_}" if find_documents(tx, [id_]) else None


def _receivable_of(tx: Tx, id_: UUID) -> UUID | None:
    """The receivable that has this id, or whose application, decision, loan or payment has."""
    order = orders_by_id(tx, [id_]).get(id_)
    basis = order.order.basis_id if order else id_
    loan, made = loans_by_id(tx, [basis]).get(basis), applications(tx, [id_]).get(id_)
    wanted = [id_, *([loan.receivable_id] if loan else ()), *([made.receivable_id] if made else ())]
    with suppress(VerdictUnknown):
        wanted += [verdict.subject_id for verdict in verdicts(tx, [id_])]
    return next(iter(find_receivables(tx, wanted)), None)
