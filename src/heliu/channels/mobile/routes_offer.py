"""Money in two taps: the offer with its price and reasons, the signed draw; and its receipt."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from heliu.books.evidence.api import NotInEvidence, prove_inclusion
from heliu.channels.mobile import views
from heliu.channels.mobile.desk import pages
from heliu.channels.mobile.drawing import DRAW_ALL, Target, all_text, draw_text, drawn
from heliu.channels.mobile.views import Card, Price, Stand
from heliu.channels.pages.api import (
    STAGE_TEXT,
    Answer,
    Visit,
    ask_for,
    download,
    page,
    see_other,
    unknown,
)
from heliu.credit.instants.api import ActKind, read_act
from heliu.credit.loans.api import loans_by_id
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

ONE: Final = "supplier.draw"
MANY: Final = "supplier.draw_all"
MOST_AT_ONCE: Final = 200


@pages.get("/m/receivables/{id}", Right.RECEIVABLES_READ)
def receivable(visit: Visit, id: UUID) -> Answer:
    """One receivable: what is owed, how it stands and why, its papers, its life."""
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        card = views.card(tx, visit.party, id, on)
        loan = card.trade.loan
    if loan is not None and card.stand is Stand.LENT:
        return see_other(f"/m/loans/{loan.id}")
    return page(
        "mobile/receivable.html", card=card, on=on, steps=card.trade.steps(), names=STAGE_TEXT
    )


@pages.post("/m/receivables/{id}/offer", Right.RECEIVABLES_FINANCE)
def offer(visit: Visit, id: UUID) -> Answer:
    """E秒授信: decide, and hold what is approved for half an hour."""
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        card = views.card(tx, visit.party, id, on)
    assert visit.party is not None, "a supplier acts for a firm"
    ask = ask_for(ActKind.CREDIT_DECISION, visit.key, visit.party, card.receivable.id)
    (answer,) = visit.act([ask])
    if answer.refusal is not None:
        raise answer.refusal
    return see_other(f"/m/offers/{json.loads(answer.body)['credit_decision']}")


@pages.get("/m/offers/{id}", Right.RECEIVABLES_FINANCE)
def offered(visit: Visit, id: UUID) -> Answer:
    """The offer: what would be drawn, what it costs, when it is due; signed on the same page."""
    on = visit.bank.clock.today()
    target = Target(visit.query["to"]) if visit.query.get("to") in set(Target) else Target.HERE
    with visit.transaction() as tx:
        body = _decision(tx, id, visit.party)
        card = views.card(tx, visit.party, UUID(body["receivable"]), on)
        if card.trade.loan is not None:
            return see_other(f"/m/loans/{card.trade.loan.id}")
        price = _price(card, body, on)
        if price is None:
            reasons = views.reasons_of(body) or card.why()
            return page("mobile/refused.html", card=card, reasons=reasons)
        payload = json.dumps({"decision": str(id), "to": target}).encode()
        due = card.receivable.due_on
        assert due is not None, "what was approved has a due date"
        text = draw_text(card, price, due, target)
        presented = visit.present(tx, ONE, text, payload)
    return page(
        "mobile/offer.html",
        card=card,
        price=price,
        body=body,
        presented=presented,
        target=target,
        reasons=views.reasons_of(body),
        decision=id,
    )


@pages.post("/m/offers/{id}/draw", Right.RECEIVABLES_FINANCE)
def draw(visit: Visit, id: UUID) -> Answer:
    """E秒放款 and E秒支付: what was signed is drawn, and sent where the order says."""
    said = json.loads(visit.signed(ONE).payload)
    if said["decision"] != str(id):
        raise unknown()
    assert visit.party is not None, "a supplier acts for a firm"
    outcome = drawn(visit.act, visit.party, [id], Target(said["to"]))[id]
    if isinstance(outcome, Refusal):
        raise outcome
    return see_other(f"/m/loans/{outcome}/receipt")


@pages.get("/m/all", Right.RECEIVABLES_FINANCE)
def everything(visit: Visit) -> Answer:
    """All that may be had today, in one list; the first of two taps asks for the offers."""
    assert visit.party is not None, "a supplier acts for a firm"
    with visit.transaction() as tx:
        cards = views.cards(tx, visit.party, visit.bank.clock.today())
    ready = [card for card in cards if card.stand is Stand.READY][:MOST_AT_ONCE]
    amount = views.total([card.available for card in ready])
    return page("mobile/all.html", ready=ready, available=amount)


@pages.post("/m/all/offer", Right.RECEIVABLES_FINANCE)
def offer_all(visit: Visit) -> Answer:
    """Decide on all that is ready, in one batch; each stands or falls alone."""
    assert visit.party is not None, "a supplier acts for a firm"
    with visit.transaction() as tx:
        cards = views.cards(tx, visit.party, visit.bank.clock.today())
    ready = [card.receivable.id for card in cards if card.stand is Stand.READY][:MOST_AT_ONCE]
    if ready:
        party = visit.party
        visit.act([ask_for(ActKind.CREDIT_DECISION, visit.key, party, id_) for id_ in ready])
    return see_other("/m/all/offers")


@pages.get("/m/all/offers", Right.RECEIVABLES_FINANCE)
def offers(visit: Visit) -> Answer:
    """Every offer that still stands, and their sum; one signature for all."""
    assert visit.party is not None, "a supplier acts for a firm"
    on, now = visit.bank.clock.today(), visit.bank.clock.now()
    with visit.transaction() as tx:
        cards = views.cards(tx, visit.party, on)
        standing: list[tuple[Card, Price, UUID]] = []
        for card in cards:
            made = card.trade.application
            if card.stand is not Stand.READY or made is None or not made.approved.minor:
                continue
            body = _decision(tx, made.id, visit.party)
            price = _price(card, body, on)
            held = body["expires_at"]
            if price is not None and held is not None and held > now.isoformat():
                standing.append((card, price, made.id))
        if not standing:
            refused = [card for card in cards if card.stand is Stand.REFUSED]
            return page("mobile/offers.html", standing=[], refused=refused, presented=None)
        decisions = [str(decision) for _, _, decision in standing]
        payload = json.dumps({"decisions": decisions, "to": Target.HERE}).encode()
        presented = visit.present(tx, MANY, all_text([price for _, price, _ in standing]), payload)
    refused = [card for card in cards if card.stand is Stand.REFUSED]
    total = views.total([price.principal for _, price, _ in standing])
    net = views.total([price.net for _, price, _ in standing])
    return page(
        "mobile/offers.html",
        standing=standing,
        refused=refused,
        presented=presented,
        total=total,
        net=net,
    )


@pages.post("/m/all/draw", Right.RECEIVABLES_FINANCE)
def draw_all(visit: Visit) -> Answer:
    """All that was signed is drawn, as a job whose steps can be watched."""
    said = json.loads(visit.signed(MANY).payload)
    count = len(said["decisions"])
    title = Text(f"{count} 笔融资放款", f"Financing {count} invoices")
    return visit.start(DRAW_ALL, title, said)


@pages.get("/m/all/done/{id}", Right.RECEIVABLES_FINANCE)
def done(visit: Visit, id: UUID) -> Answer:
    """What came of a job that drew everything: what was lent, what was left and why."""
    found = visit.house.jobs.find(id, visit.person.id)
    if found is None or found.asked.kind != DRAW_ALL or visit.party is None:
        raise unknown()
    decisions = {UUID(said) for said in found.asked.asked["decisions"]}
    with visit.transaction() as tx:
        cards = views.cards(tx, visit.party, visit.bank.clock.today())
    about = [c for c in cards if c.trade.application and c.trade.application.id in decisions]
    lent = [card for card in about if card.trade.loan is not None]
    loans = [card.trade.loan for card in lent if card.trade.loan is not None]
    return page(
        "mobile/done.html",
        lent=lent,
        left=[card for card in about if card.trade.loan is None],
        total=views.total([loan.principal for loan in loans]),
        net=views.total([loan.proceeds for loan in loans]),
    )


@pages.get("/m/loans/{id}/receipt", Right.LOANS_READ)
def receipt(visit: Visit, id: UUID) -> Answer:
    """What happened: how much arrived where, what is due when, and the proof of it."""
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        card = _card_of_loan(tx, visit, id, on)
        root = _proof(tx, id)
    return page("mobile/receipt.html", card=card, proof=root, loan=card.trade.loan)


@pages.get("/m/loans/{id}/proof", Right.LOANS_READ)
def proof(visit: Visit, id: UUID) -> Answer:
    """The inclusion proof of the loan in the evidence log, for any verifier of RFC 6962 trees."""
    with visit.transaction() as tx:
        _card_of_loan(tx, visit, id, visit.bank.clock.today())
        found = _proof(tx, id)
    body = json.dumps(found, indent=1).encode()
    return download(f"proof-{id}.json", "application/json", body)


def _card_of_loan(tx: Tx, visit: Visit, loan: UUID, on: date) -> Card:
    found = loans_by_id(tx, [loan]).get(loan)
    if found is None or found.supplier_uscc != visit.party:
        raise unknown()
    return views.card(tx, visit.party, found.receivable_id, on)


def _proof(tx: Tx, loan: UUID) -> dict[str, Any]:
    try:
        return prove_inclusion(tx, loan, kind="loan").to_json()
    except NotInEvidence:
        raise unknown() from None


def _decision(tx: Tx, id_: UUID, party: str | None) -> dict[str, Any]:
    said = read_act(tx, ActKind.CREDIT_DECISION, id_, party)
    if said is None:
        raise unknown()
    body: dict[str, Any] = json.loads(said)
    return body


def _price(card: Card, body: dict[str, Any], on: date) -> Price | None:
    """What the decision's amount costs; None if nothing was approved."""
    due = card.receivable.due_on
    if not body["approved"] or card.programme is None or due is None or due <= on:
        return None
    principal = Money.of(body["amount"], body["currency"])
    return views.price_of(card.programme, principal, Decimal(body["annual_rate"]), on, due)
