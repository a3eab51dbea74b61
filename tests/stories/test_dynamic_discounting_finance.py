"""Dynamic discounting: a buyer's own cash pays a confirmed invoice early, and nobody lends.

2,000 housings are invoiced for 105,768.00, due 60 days after the invoice. The buyer confirms and
offers 7.2 % a year: 50 days before the due date that is 105,768.00 x 7.2 % x 50 / 360 = 1,057.68.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.stories.trade_papers import (
    BUYER,
    SUPPLIER,
    Bank,
    a_trade,
    at,
    deposit,
    filed,
    papers,
    released,
)

from heliu.app.samples.firms import Firm
from heliu.app.samples.information import approval, information
from heliu.credit.discounting.api import (
    Accept,
    DiscountOffer,
    EarlyPayment,
    Offer,
    accept,
    offer,
    offers,
    quote,
    violations,
)
from heliu.flows.intake.api import Filed, Kind
from heliu.flows.screening.api import ClaimCommand, claim
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after

TRADE = a_trade()
RATE = Decimal("0.072")
TAKEN = TRADE.due_on - timedelta(days=50)
TREASURER, SELLER = Actor("treasurer"), Actor("supplier")
FACE = Money.of("105768.00")


def told(bank: Bank) -> dict[Kind, Filed]:
    bank.offers(TRADE.ordered_on, "dynamic_discounting")
    with bank.on(TRADE.approved_on) as tx:
        return papers(tx, TRADE)


def an_offer(known: dict[Kind, Filed], **changed: Any) -> Offer:
    command = Offer(
        "dynamic-discounting",
        known[Kind.INVOICE],
        known[Kind.APPROVAL],
        RATE,
        TRADE.due_on,
        TRADE.approved_on,
    )
    return replace(command, **changed)


def made(bank: Bank, *commands: Offer) -> list[DiscountOffer | Refusal]:
    with bank.on(TRADE.approved_on) as tx:
        return offer(tx, TREASURER, commands, at(TRADE.approved_on))


def taken(bank: Bank, made_: DiscountOffer, on: date = TAKEN) -> EarlyPayment | Refusal:
    with bank.on(on) as tx:
        command = Accept(made_.id, SUPPLIER.uscc, on)
        first, again = accept(tx, bank.ledger, SELLER, [command, command], at(on))
    assert first == again
    return first


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_a_confirmed_invoice_is_paid_early_from_the_buyers_own_cash(bank: Bank) -> None:
    known = told(bank)
    bank.gives(TRADE.approved_on, BUYER, Money.of("200000.00"))
    (offered,) = made(bank, an_offer(known))
    assert isinstance(offered, DiscountOffer)
    with bank.on(TAKEN) as tx:
        (shown,) = quote(tx, [offered.id], TAKEN)
        (full,) = quote(tx, [offered.id], TRADE.due_on)
    assert isinstance(shown, EarlyPayment)
    assert isinstance(full, EarlyPayment)
    assert (shown.discount, shown.paid) == (Money.of("1057.68"), Money.of("104710.32"))
    assert (full.discount, full.paid) == (Money(0), FACE)
    assert Decimal("0.0727") < shown.annual_cost < Decimal("0.0728")
    assert taken(bank, offered) == shown
    assert bank.journal(since=1) == [(deposit(BUYER), deposit(SUPPLIER), 104_710_32)]
    assert bank.balances() == {
        "nostro:CNY": 200_000_00,
        deposit(BUYER): -95_289_68,
        deposit(SUPPLIER): -104_710_32,
    }
    # Taken again on a later day it answers with the payment that was made.
    assert taken(bank, offered, TAKEN + timedelta(days=9)) == shown
    with bank.on(TAKEN) as tx:
        assert violations(tx) == []
        kinds = [fact.kind for fact in facts_after(tx, 0, 1000)]
        assert kinds.count("credit.discount_offered.v1") == kinds.count("credit.paid_early.v1") == 1


def test_without_the_cash_nothing_is_paid_and_the_receivable_stays_free(bank: Bank) -> None:
    known = told(bank)
    bank.gives(TRADE.approved_on, BUYER, Money.of("104710.31"))
    (offered,) = made(bank, an_offer(known))
    assert isinstance(offered, DiscountOffer)
    assert code(taken(bank, offered)) == "ledger.floor_reached"
    assert len(bank.journal()) == 1
    bank.gives(TAKEN, BUYER, Money(1))
    assert isinstance(taken(bank, offered), EarlyPayment)


def test_what_is_financed_elsewhere_is_not_paid_early(bank: Bank) -> None:
    known = told(bank)
    bank.gives(TRADE.approved_on, BUYER, Money.of("200000.00"))
    (offered,) = made(bank, an_offer(known))
    assert isinstance(offered, DiscountOffer)
    now = at(TRADE.approved_on)
    with bank.on(TRADE.approved_on) as tx:
        claim(tx, SELLER, [ClaimCommand.of(known[Kind.INVOICE], uuid7(now), now)])
    assert code(taken(bank, offered)) == "screening.already_claimed"
    assert len(bank.journal()) == 1


def test_a_payable_has_one_offer_and_the_same_one_again_is_the_same(bank: Bank) -> None:
    known = told(bank)
    command = an_offer(known)
    first, again, other = made(bank, command, command, an_offer(known, annual_rate=Decimal("0.1")))
    assert first == again
    assert code(other) == "discounting.offered_otherwise"
    assert made(bank, command) == [first]
    assert isinstance(first, DiscountOffer)
    with bank.on(TAKEN) as tx:
        assert offers(tx, [first.id]) == {first.id: first}


def asked(tx: Tx, **changed: Any) -> str:
    """The refusal of an offer on the trade's papers; nothing of it is kept."""
    released(tx, TRADE.ordered_on, "dynamic_discounting")
    command = an_offer(papers(tx, TRADE), **changed)
    (answer,) = offer(tx, TREASURER, [command], at(TRADE.approved_on))
    return code(answer)


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"product": "working-capital"}, "discounting.no_product"),
        ({"annual_rate": Decimal("0.37")}, "discounting.out_of_bounds"),
        ({"annual_rate": Decimal("-0.01")}, "discounting.out_of_bounds"),
        ({"annual_rate": Decimal("NaN")}, "discounting.out_of_bounds"),
        ({"valid_until": TRADE.due_on + timedelta(days=1)}, "discounting.dates_impossible"),
        ({"valid_until": TRADE.approved_on - timedelta(days=1)}, "discounting.dates_impossible"),
    ],
)
def test_an_offer_outside_its_product_is_refused(
    tx: Tx, changed: dict[str, Any], refused: str
) -> None:
    assert asked(tx, **changed) == refused


@pytest.mark.parametrize(
    "said",
    [
        {"status": "rejected", "reason": "quality"},
        {"amount": "105768.01"},
        {"invoice": "ANOTHER"},
        {"seller": BUYER.uscc, "buyer": SUPPLIER.uscc},
        {"currency": "USD"},
    ],
)
def test_only_what_the_buyer_confirmed_is_offered_on(tx: Tx, said: dict[str, str]) -> None:
    assert asked(tx, approval=approval_by(tx, BUYER, said)) == "discounting.not_confirmed"


def test_a_confirmation_by_anybody_but_the_buyer_is_none(tx: Tx) -> None:
    assert asked(tx, approval=approval_by(tx, SUPPLIER, {})) == "discounting.not_confirmed"


def approval_by(tx: Tx, issuer: Firm, said: dict[str, str]) -> Filed:
    """Another word on the payable, by whoever sent it."""
    item = approval(TRADE) | {"id": "other"} | said
    message = information(issuer, TRADE.approved_on, approvals=[item])
    (word,) = filed(tx, TRADE.approved_on, message)
    return word


def test_an_offer_is_taken_by_its_supplier_and_in_time(bank: Bank) -> None:
    known = told(bank)
    (offered,) = made(bank, an_offer(known, valid_until=TAKEN))
    assert isinstance(offered, DiscountOffer)
    later = TAKEN + timedelta(days=1)
    assert code(taken(bank, offered, later)) == "discounting.offer_over"
    with bank.on(TAKEN) as tx:
        stranger = Accept(offered.id, BUYER.uscc, TAKEN)
        (answer,) = accept(tx, bank.ledger, TREASURER, [stranger], at(TAKEN))
        (unknown,) = quote(tx, [uuid7(at(TAKEN))], TAKEN)
    assert code(answer) == code(unknown) == "discounting.no_offer"
