"""From a signed application to its contract: those terms, once, and paid to whom it said."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests.credit.lending.conftest import CLERK, PAPER, Bank, filed, moment
from tests.credit.origination.house import (
    BUYER,
    CONSUMER,
    MILL,
    RECEIVABLE,
    WORKING_CAPITAL,
    Desk,
    desk_on,
    yuan,
)

from heliu.credit.engine.api import EventKind
from heliu.credit.lending.api import (
    Act,
    Done,
    Funds,
    OpenApplied,
    Opened,
    agreed_payees,
    glance,
    open_applied,
    open_contracts,
    standing,
    standings,
)
from heliu.credit.lending.domain.applied import application_key
from heliu.credit.lending.domain.contract import APPLICATION, Open
from heliu.credit.origination.api import (
    Application,
    Manner,
    Report,
    Signer,
    SimulatedReports,
    accepted,
)
from heliu.ground.errors import Refusal
from heliu.payments.orders.api import Payee, orders_by_id

TODAY, LATER = date(2026, 3, 2), date(2026, 3, 12)
AGREED = Payee("海宁棉纱有限公司", "6222000033334444")


@pytest.fixture
def desk(bank: Bank) -> Desk:
    """The desk of origination beside the loan book."""
    bank.room(10**12, uscc=MILL)
    return desk_on(bank.tx)


def opened(bank: Bank, *commands: OpenApplied, on: date = TODAY) -> list[Opened | Refusal]:
    return open_applied(bank.tx, CLERK, commands, moment(on))


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else ""


def lent(bank: Bank, application: Application) -> UUID:
    (outcome,) = opened(bank, OpenApplied(application.id))
    assert isinstance(outcome, Opened), outcome
    return outcome.contract_id


def draw(bank: Bank, contract: UUID, amount: str, payee: Payee | None) -> Act:
    act = bank.act(contract, EventKind.DISBURSE, TODAY, yuan(amount).minor)
    return replace(act, payee=payee)


def test_the_contract_of_an_application_has_its_terms_and_is_its_only_one(
    bank: Bank, desk: Desk
) -> None:
    signed = desk.signed(WORKING_CAPITAL)
    terms = accepted(bank.tx, [signed.id])[signed.id]
    contract = lent(bank, signed)
    (now,) = standing(bank.tx, TODAY, ids=[contract])
    assert now.contract.borrower_uscc == MILL
    assert now.contract.principal == terms.amount.minor
    assert now.contract.annual_rate == terms.annual_rate
    assert now.contract.terms.instalments == 6  # 180 days, month by month
    assert now.contract.matures_on == date(2026, 9, 2)
    again = opened(bank, OpenApplied(signed.id), OpenApplied(signed.id), on=LATER)
    assert again == [Opened(contract, again=True)] * 2
    assert glance(bank.tx, [contract], TODAY)[contract].head.version == 1


def test_what_is_not_completed_opens_nothing_and_says_what_is_missing(
    bank: Bank, desk: Desk
) -> None:
    waits = desk.signed(RECEIVABLE)  # signed, but not registered yet
    new = desk.file(WORKING_CAPITAL, "two")
    outcomes = opened(bank, *[OpenApplied(one) for one in (waits.id, new.id, PAPER)])
    assert {code(one) for one in outcomes} == {"lending.application_not_complete"}
    assert [one.facts["stage"] for one in outcomes if isinstance(one, Refusal)] == [
        *("signed", "gathering", None)
    ]
    assert bank.tx.row("SELECT count(*) FROM credit.contract") == (0,)


def test_a_receivable_applied_for_is_lent_on_by_its_papers_and_its_debtor(
    bank: Bank, desk: Desk
) -> None:
    signed = desk.signed(RECEIVABLE)
    desk.gather()
    bare, good = (
        OpenApplied(signed.id, evidence=papers)
        for papers in (
            {},
            {"invoice": filed(bank.tx, "1", seller=MILL, buyer=BUYER), "receipt": (PAPER,)},
        )
    )
    refused, done = opened(bank, bare, good)
    assert code(refused) == "lending.papers_missing"
    assert isinstance(done, Opened)
    (now,) = standing(bank.tx, TODAY, ids=[done.contract_id])
    assert (now.contract.obligor_uscc, now.papers.base_value) == (BUYER, yuan("500000").minor)
    assert (now.contract.matures_on - TODAY).days == 90


@pytest.mark.parametrize(
    "changes",
    [
        {"principal": yuan("400000")},
        {"annual_rate": Decimal("0.03")},
        {"periods": 12},
        {"version": None},
        {"borrower_uscc": BUYER},
        {"inputs": {"months_trading": 500, "purpose_stated": True}},
        {"key": UUID(int=9)},
        {"evidence": {APPLICATION: (PAPER,)}},
    ],
)
def test_a_contract_that_names_an_application_cannot_say_anything_else(
    bank: Bank, desk: Desk, changes: dict[str, Any]
) -> None:
    signed = desk.signed(WORKING_CAPITAL)
    terms = accepted(bank.tx, [signed.id])[signed.id]
    same = Open(
        key=application_key(signed.id),
        product=terms.product_code,
        borrower_uscc=MILL,
        principal=terms.amount,
        annual_rate=terms.annual_rate,
        on=TODAY,
        periods=6,
        inputs=terms.inputs,
        evidence={APPLICATION: (signed.id,)},
        version=1,
    )
    (refused,) = open_contracts(bank.tx, CLERK, [replace(same, **changes)], moment(TODAY))
    assert code(refused) in {"lending.application_differs", "lending.application_not_complete"}
    (done,) = open_contracts(bank.tx, CLERK, [same], moment(TODAY))
    assert isinstance(done, Opened)


def test_a_person_is_no_borrower_of_the_loan_book_yet(bank: Bank, desk: Desk) -> None:
    signed = desk.signed(CONSUMER)
    assert code(opened(bank, OpenApplied(signed.id))[0]) == "lending.party_missing"


def test_an_entrusted_draw_goes_to_the_payee_of_the_application_alone(
    bank: Bank, desk: Desk
) -> None:
    reports = desk.outside.reports
    assert isinstance(reports, SimulatedReports)
    ordinary = Report("", MILL, desk.day.on, 0, 4, "pass", 1_000_000_000, 8, 7, "")
    reports.known = {MILL: ordinary}
    offered = desk.decide(desk.complete(WORKING_CAPITAL), existing=False)
    taken = desk.accept(offered)
    desk.sign(taken, Signer.BORROWER)
    desk.sign(taken, Signer.BANK)
    contract = lent(bank, taken)
    assert offered.offer is not None
    assert offered.offer.manner is Manner.ENTRUSTED
    assert agreed_payees(bank.tx, [contract]) == {contract: AGREED}
    others = [None, replace(AGREED, account="6222000099990000"), replace(AGREED, name="别家")]
    refused = bank.book(*[draw(bank, contract, "100000", other) for other in others])
    assert [code(one) for one in refused] == ["lending.payee_not_agreed"] * 3
    named = replace(AGREED, bank="CMBCCNBS")
    assert bank.balance(f"contract:{contract}:principal") == 0
    (done,) = bank.book(draw(bank, contract, "100000", named))
    assert isinstance(done, Done), done
    assert done.payment_id is not None
    (order,) = orders_by_id(bank.tx, [done.payment_id]).values()
    assert (order.order.payee, order.order.amount) == (named, yuan("100000"))
    bank.sound()


def test_a_borrower_paid_himself_draws_to_his_own_account(bank: Bank, desk: Desk) -> None:
    contract = lent(bank, desk.signed(WORKING_CAPITAL))
    assert agreed_payees(bank.tx, [contract]) == {}
    (done,) = bank.book(draw(bank, contract, "500000", None))
    assert isinstance(done, Done), done


def test_what_a_borrower_owes_and_may_draw_is_told_with_the_applications_it_came_from(
    bank: Bank, desk: Desk
) -> None:
    asked = {MILL: "CNY", BUYER: "CNY"}
    assert standings(bank.tx, asked, TODAY) == {}
    signed = desk.signed(WORKING_CAPITAL)
    contract = lent(bank, signed)
    undrawn = standings(bank.tx, asked, TODAY)[MILL]
    assert (undrawn.outstanding, undrawn.existing) == (yuan("500000"), False)
    assert undrawn.opened == {signed.id}
    bank.done(draw(bank, contract, "500000", None))
    owing = standings(bank.tx, asked, TODAY)[MILL]
    assert (owing.outstanding, owing.existing) == (yuan("500000"), True)
    grown = standings(bank.tx, asked, LATER)[MILL]
    assert grown.outstanding > yuan("500000")
    # Who owes in yuan is told so, whatever he asks about.
    assert standings(bank.tx, {MILL: "USD"}, TODAY)[MILL].outstanding == yuan("500000")
    bank.done(bank.act(contract, EventKind.PAY_OFF, LATER, funds=Funds.NOSTRO))
    paid = standings(bank.tx, {MILL: "USD"}, LATER)[MILL]
    assert (paid.outstanding.minor, paid.outstanding.currency, paid.existing) == (0, "USD", True)
    assert paid.opened == {signed.id}


def test_an_undrawn_line_counts_until_it_ends_and_a_lost_loan_gives_nothing(bank: Bank) -> None:
    bank.release("credit_line", "working_capital")
    bank.room(10**12)
    line = bank.open("credit-line", principal=yuan("100000"), on=date(2026, 1, 5))
    lost = bank.open("working-capital", principal=yuan("50000"), periods=1, on=date(2026, 1, 5))
    bank.draw(lost, yuan("50000").minor)
    bank.done(bank.act(lost, EventKind.WRITE_OFF, date(2026, 3, 2)))
    borrower = next(iter(glance(bank.tx, [line], TODAY).values())).head.borrower_uscc
    ends = glance(bank.tx, [line], TODAY)[line].head.matures_on

    def owed(on: date) -> int:
        return standings(bank.tx, {borrower: "CNY"}, on)[borrower].outstanding.minor

    assert owed(TODAY) == yuan("100000").minor
    assert owed(ends) == 0
