"""An application from the first form to a signed contract, on every kind of product."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.credit.origination.house import (
    CONSUMER,
    MILL,
    RECEIVABLE,
    START,
    WORKING_CAPITAL,
    Desk,
    yuan,
)

from heliu.credit.origination.api import (
    Filing,
    Manner,
    Signer,
    Stage,
    accepted,
    contract_text,
)
from heliu.ground.outbox import facts_after


def test_a_working_capital_loan_is_complete_when_both_sides_have_signed(desk: Desk) -> None:
    offered = desk.decide(desk.complete(WORKING_CAPITAL))
    assert offered.stage is Stage.OFFERED
    taken = desk.accept(offered)
    assert taken.stage is Stage.ACCEPTED
    assert desk.sign(taken, Signer.BORROWER).stage is Stage.ACCEPTED
    done = desk.sign(taken, Signer.BANK)
    assert done.stage is Stage.COMPLETED
    lent = accepted(desk.tx, [done.id])[done.id]
    assert (lent.borrower, lent.amount, lent.tenor_days) == (MILL, yuan("500000"), 180)
    assert lent.annual_rate >= Decimal("0.0485")
    assert lent.registration is None
    assert lent.accepted_on == date(2026, 3, 2)


def test_a_receivable_is_searched_before_and_registered_after_the_contract(desk: Desk) -> None:
    signed = desk.signed(RECEIVABLE)
    assert signed.stage is Stage.SIGNED
    assert accepted(desk.tx, [signed.id]) == {}
    (registered,) = desk.gather()
    assert not isinstance(registered, Exception)
    assert registered.stage is Stage.COMPLETED
    assert registered.registration is not None
    assert registered.registration.until == date(2026, 3, 2) + timedelta(90 + 90)
    assert accepted(desk.tx, [signed.id])[signed.id].registration == registered.registration.number


def test_a_person_borrows_for_consumption_and_is_named_by_number_only(desk: Desk) -> None:
    done = desk.signed(CONSUMER)
    assert done.stage is Stage.COMPLETED
    lent = accepted(desk.tx, [done.id])[done.id]
    assert (lent.borrower, lent.manner) == ("C0012345", Manner.SELF)
    text = contract_text(desk.tx, done.id)
    assert text is not None
    assert "林三" not in text
    assert "C0012345 (C0012345)" in text


def test_the_contract_says_what_was_offered_and_is_known_by_its_digest(desk: Desk) -> None:
    taken = desk.accept(desk.decide(desk.complete(WORKING_CAPITAL)))
    text = contract_text(desk.tx, taken.id)
    assert text is not None
    assert taken.offer is not None
    for said in ("余杭纺织有限公司", "500,000.00 CNY", "180", "working-capital", "采购棉纱"):
        assert said in text
    assert f"{taken.offer.annual_rate:.4%}" in text


def test_a_completed_application_is_told_to_the_house_once(desk: Desk) -> None:
    done = desk.signed(WORKING_CAPITAL)
    told = [f for f in facts_after(desk.tx, 0, 1000) if f.body.get("application") == str(done.id)]
    assert [fact.kind for fact in told] == ["credit.loan_application_completed.v1"]
    assert told[0].body["parties"] == [MILL]
    assert told[0].occurred_at == START


@pytest.mark.parametrize(
    ("filing", "amount", "stage"),
    [
        (WORKING_CAPITAL, "1000000", Stage.OFFERED),
        (WORKING_CAPITAL, "1000000.01", Stage.REVIEW),
        (CONSUMER, "60000", Stage.OFFERED),
    ],
)
def test_a_second_person_agrees_to_what_is_above_the_banks_line(
    desk: Desk, filing: Filing, amount: str, stage: Stage
) -> None:
    decided = desk.decide(desk.complete(replace(filing, amount=yuan(amount))))
    assert decided.stage is stage
