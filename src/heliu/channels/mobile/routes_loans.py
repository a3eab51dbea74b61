"""Loans of a firm: how each grew, what closes it today, what is due when."""

import json
from datetime import timedelta
from typing import Final
from uuid import UUID

from heliu.channels.mobile import lent, views
from heliu.channels.mobile.desk import pages
from heliu.channels.mobile.views import Card, Stand
from heliu.channels.pages.api import (
    STAGE_TEXT,
    Answer,
    Day,
    Visit,
    calendar,
    page,
    see_other,
    unknown,
    yuan,
)
from heliu.channels.web.api import said
from heliu.credit.loans.api import ActKind, LoanAct, Source, journal_of, loans_by_id, service
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

REPAY: Final = "supplier.repay"
_WEEKS: Final = 13


@pages.get("/m/loans", Right.LOANS_READ)
def loans(visit: Visit) -> Answer:
    """Every loan of the firm, open first; what falls due in the next weeks, drawn and as a list."""
    assert visit.party is not None, "a supplier acts for a firm"
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        cards = views.cards(tx, visit.party, on)
    due = lent.dues(cards, on)
    return page(
        "mobile/loans.html",
        due=due,
        repaid=[card for card in cards if card.stand is Stand.REPAID],
        owed=views.total([one.owed for one in due]),
        on=on,
    )


@pages.get("/m/calendar", Right.LOANS_READ)
def due_calendar(visit: Visit) -> Answer:
    """What falls due when, over a quarter."""
    assert visit.party is not None, "a supplier acts for a firm"
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        due = lent.dues(views.cards(tx, visit.party, on), on)
    late = [one for one in due if one.left < 0]
    soon = [one for one in due if on <= one.on <= on + timedelta(weeks=_WEEKS)]
    sums: dict[object, int] = {}
    for one in soon:
        sums[one.on] = sums.get(one.on, 0) + one.owed.minor
    title = said(Text("未来十三周到期", "Due in the next thirteen weeks"), visit.language)
    head = (
        said(Text("到期日", "Due on"), visit.language),
        said(Text("金额", "Amount"), visit.language),
    )
    days = [Day(one, minor, yuan(minor)) for one, minor in sums.items()]  # type: ignore[arg-type]
    drawn = calendar(title, head, days, first=on, weeks=_WEEKS)
    return page("mobile/calendar.html", drawn=drawn, soon=soon, late=late, on=on)


@pages.get("/m/loans/{id}", Right.LOANS_READ)
def loan(visit: Visit, id: UUID) -> Answer:
    """One loan: what is owed today, how it came about, and what may be done."""
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        card = _card(tx, visit, id)
        keys = [key for booked in card.trade.events for key in booked.transfers]
        journal = journal_of(tx, keys)
    owed = lent.debt(card, on)
    return page(
        "mobile/loan.html",
        card=card,
        loan=card.trade.loan,
        owed=owed,
        total=owed.principal + owed.interest,
        due_on=lent.due_day(card),
        journal=journal,
        steps=card.trade.steps(),
        names=STAGE_TEXT,
        on=on,
    )


@pages.get("/m/loans/{id}/repay", Right.LOANS_REPAY)
def quote(visit: Visit, id: UUID) -> Answer:
    """What closes the loan today, and what is saved against waiting; signed on the same page."""
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        card = _card(tx, visit, id)
        if card.stand is not Stand.LENT:
            return see_other(f"/m/loans/{id}")
        owed, later = lent.debt(card, on), lent.debt(card, max(on, lent.due_day(card)))
        today = owed.principal + owed.interest
        number = card.receivable.invoice_no
        text = Text(
            f"用本行账户的钱提前结清发票 {number} 的融资，共 {yuan(today.minor)}。",
            f"Repay the loan on invoice {number} from your account here: {yuan(today.minor)}.",
        )
        payload = json.dumps({"loan": str(id), "owed": today.minor}).encode()
        presented = visit.present(tx, REPAY, text, payload)
    saved = later.interest - owed.interest
    return page(
        "mobile/repay.html",
        card=card,
        loan=card.trade.loan,
        owed=owed,
        total=today,
        saved=saved,
        presented=presented,
    )


@pages.post("/m/loans/{id}/repay", Right.LOANS_REPAY)
def repay(visit: Visit, id: UUID) -> Answer:
    """The firm buys its receivable back from its own account: the loan is closed at once."""
    with visit.transaction() as tx:
        _card(tx, visit, id)
    said_ = json.loads(visit.signed(REPAY).payload)
    if said_["loan"] != str(id):
        raise unknown()
    clock = visit.bank.clock
    act = LoanAct(visit.key, id, ActKind.BUY_BACK, "supplier", source=Source.DEPOSIT)
    with visit.posting() as (tx, ledger):
        (outcome,) = service(tx, ledger, visit.actor, [act], (visit.rules, clock.now()))
    if isinstance(outcome, Refusal):
        raise outcome
    return see_other(f"/m/loans/{id}")


def _card(tx: Tx, visit: Visit, loan_id: UUID) -> Card:
    """The firm's receivable behind a loan. Raises Refusal `page.unknown` for another's."""
    found = loans_by_id(tx, [loan_id]).get(loan_id)
    if found is None or found.supplier_uscc != visit.party:
        raise unknown()
    return views.card(tx, visit.party, found.receivable_id, visit.bank.clock.today())
