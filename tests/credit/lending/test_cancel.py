"""A contract on which nothing was drawn ends: what it held on to is free, nobody draws any more."""

from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.credit.lending.conftest import (
    BORROWER,
    BUYER,
    CLERK,
    PAPER,
    START,
    Bank,
    filed,
    moment,
)

from heliu.credit.engine.api import EventKind, Reversal, Status
from heliu.credit.lending.api import (
    Cancel,
    Cancelled,
    EnterStage,
    cancel,
    enter_stages,
    open_contracts,
    standings,
)
from heliu.credit.limits.api import all_lines
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after

FEB = date(2026, 2, 5)
WHY = "客户撤回"


def ask(bank: Bank, contract: UUID, because: str = WHY) -> tuple[Cancel, Cancelled | Refusal]:
    command = Cancel(next(bank.keys), contract, because)
    return command, again(bank, command)


def again(bank: Bank, command: Cancel) -> Cancelled | Refusal:
    (outcome,) = cancel(bank.tx, CLERK, [command], moment(FEB))
    return outcome


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else "done"


@pytest.fixture
def contract(bank: Bank) -> UUID:
    """An undrawn loan of 1,200,000 yuan."""
    bank.release("instalment_equal_instalment")
    bank.room(2_000_000_00)
    return bank.open("instalment-equal-instalment")


def test_a_cancelled_contract_has_ended_and_nothing_is_drawn_on_it(
    bank: Bank, contract: UUID
) -> None:
    assert standings(bank.tx, {BORROWER: "CNY"}, FEB)[BORROWER].outstanding == Money(1_200_000_00)
    command, outcome = ask(bank, contract)
    assert outcome == Cancelled(contract)
    assert bank.glance(contract, FEB).status is Status.CANCELLED
    (draw,) = bank.book(bank.act(contract, EventKind.DISBURSE, FEB, 1_00))
    move = EnterStage(next(bank.keys), contract, "pledged", FEB, {})
    (stage,) = enter_stages(bank.tx, CLERK, [move], moment(FEB))
    assert [code(draw), code(stage)] == ["lending.cancelled", "lending.cancelled"]
    assert standings(bank.tx, {BORROWER: "CNY"}, FEB)[BORROWER].outstanding == Money(0)
    assert again(bank, command) == Cancelled(contract, again=True)
    assert facts_after(bank.tx, 0, 100)[-1].kind == "credit.contract_cancelled.v1"
    bank.sound()


def test_its_invoices_may_be_lent_on_by_another_contract(bank: Bank) -> None:
    bank.release("receivable_with_recourse")
    papers = {"invoice": filed(bank.tx, "1"), "receipt": (PAPER,)}
    terms = {
        "obligor_uscc": BUYER,
        "principal": Money(800_000_00),
        "evidence": papers,
        "base_value": Money(1_000_000_00),
        "periods": 90,
    }
    first = bank.open("receivable-with-recourse", **terms)
    second = bank.ask("receivable-with-recourse", **terms)
    (taken,) = open_contracts(bank.tx, CLERK, [second], moment(START))
    assert isinstance(taken, Refusal)
    assert ask(bank, first)[1] == Cancelled(first)
    (opened,) = open_contracts(bank.tx, CLERK, [second], moment(START))
    assert code(opened) == "done"


def test_a_drawn_contract_is_not_cancelled_but_one_whose_draw_was_reversed_is(
    bank: Bank, contract: UUID
) -> None:
    done = bank.draw(contract, 1_000_00)
    assert code(ask(bank, contract)[1]) == "lending.drawn"
    bank.done(bank.act(contract, EventKind.REVERSE, FEB, detail=Reversal(done.event_no)))
    assert code(ask(bank, contract)[1]) == "done"
    assert [line.utilised for line in all_lines(bank.tx)] == [0]
    bank.sound()


@pytest.mark.parametrize("because", ["", " ", "x", " x ", "x" * 501])
def test_who_cancels_says_why(bank: Bank, contract: UUID, because: str) -> None:
    assert code(ask(bank, contract, because)[1]) == "lending.reason_needed"


def test_a_contract_ends_once(bank: Bank, contract: UUID) -> None:
    commands = [Cancel(next(bank.keys), contract, WHY) for _ in range(2)]
    outcomes = cancel(bank.tx, CLERK, [*commands, commands[0]], moment(FEB))
    assert [code(one) for one in outcomes] == ["done", "lending.cancelled", "done"]
    assert code(again(bank, Cancel(commands[0].key, contract, "另有原因"))) == "lending.key_reused"
    assert code(ask(bank, uuid4())[1]) == "lending.contract_unknown"
    assert cancel(bank.tx, CLERK, [], moment(FEB)) == []


def test_the_database_itself_keeps_a_cancelled_contract_as_it_ended(
    bank: Bank, contract: UUID
) -> None:
    ask(bank, contract)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="is cancelled"):
        bank.tx.run("UPDATE credit.contract_state SET status = 'pending' WHERE TRUE")
