"""Papers move on through the product's stages; what they are worth bounds what is lent."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from tests.credit.lending.conftest import BUYER, CLERK, PAPER, START, Bank, filed, moment

from heliu.credit.engine.api import EventKind
from heliu.credit.lending.api import Entered, EnterStage, enter_stages
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after

LATER = date(2026, 1, 9)


@pytest.fixture
def loan(bank: Bank) -> UUID:
    """A receivable of 1,000,000 yuan financed with recourse, nothing drawn yet."""
    bank.release("receivable_with_recourse")
    bank.room(2_000_000_00)
    return bank.open(
        "receivable-with-recourse",
        obligor_uscc=BUYER,
        evidence={"invoice": filed(bank.tx, "1"), "receipt": (PAPER,)},
        base_value=Money(1_000_000_00),
        periods=90,
    )


def credited(bank: Bank, loan: UUID, worth: int | None = 900_000_00) -> EnterStage:
    base = None if worth is None else Money(worth)
    return EnterStage(next(bank.keys), loan, "diluted", LATER, {"credit_note": (PAPER,)}, base)


def entered(bank: Bank, *commands: EnterStage) -> list[Entered | Refusal]:
    return enter_stages(bank.tx, CLERK, commands, moment(LATER))


def test_no_more_is_lent_than_the_papers_carry(bank: Bank, loan: UUID) -> None:
    too_much = bank.act(loan, EventKind.DISBURSE, START, 800_000_01)
    (refused,) = bank.book(too_much)
    assert isinstance(refused, Refusal)
    assert refused.code == "lending.beyond_advance_rate"
    bank.draw(loan, 800_000_00)


def test_a_credit_note_lowers_what_the_papers_carry(bank: Bank, loan: UUID) -> None:
    bank.draw(loan, 760_000_00)
    (now,) = entered(bank, credited(bank, loan))
    assert isinstance(now, Entered)
    assert (now.papers.stage, now.papers.base_value, now.short) == (
        "diluted",
        900_000_00,
        40_000_00,
    )
    (same,) = entered(bank, credited(bank, loan, None))
    assert isinstance(same, Entered)
    assert same.papers.base_value == 900_000_00
    told = [f.body for f in facts_after(bank.tx, 0, 99) if f.kind == "credit.contract_stage.v1"]
    assert [body["stage"] for body in told] == ["diluted", "diluted"]
    assert bank.glance(loan, LATER).head.stage == "diluted"


def test_a_stage_is_entered_once_for_a_key(bank: Bank, loan: UUID) -> None:
    command = credited(bank, loan)
    other = replace(command, base_value=Money(1))
    first, again, differs = entered(bank, command, command, other)
    assert isinstance(first, Entered)
    assert again == Entered(loan, first.papers, 0, again=True)
    later, still = entered(bank, command, other)
    assert later == again
    assert [one.code for one in (differs, still) if isinstance(one, Refusal)] == [
        "lending.key_reused"
    ] * 2


def test_what_the_stages_do_not_allow_is_refused_with_a_cure(bank: Bank, loan: UUID) -> None:
    sound = credited(bank, loan)
    wrong = {
        "lending.stage_unreachable": replace(sound, stage="invoiced"),
        "lending.contract_unknown": replace(sound, contract_id=PAPER),
        "lending.in_the_future": replace(sound, on=date(2026, 1, 10)),
        "lending.stage_before": replace(sound, on=date(2026, 1, 4)),
        "lending.currency_mix": replace(sound, base_value=Money(5, "USD")),
        "lending.amount_invalid": replace(sound, base_value=Money(-5)),
        "lending.papers_missing": replace(sound, evidence={}),
    }
    commands = [replace(command, key=next(bank.keys)) for command in wrong.values()]
    refused = [one for one in entered(bank, *commands) if isinstance(one, Refusal)]
    assert [one.code for one in refused] == list(wrong)
    assert all(one.cure.zh for one in refused)
    assert enter_stages(bank.tx, CLERK, [], moment(LATER)) == []
