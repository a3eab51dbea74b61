"""The custodian answers, his events warn, goods leave on payment, are bought back or seized."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.credit.collateral.yard import (
    CLERK,
    DAY,
    KEEPER,
    NOW,
    OFFICER,
    House,
    a_document,
    a_lot,
    an_id,
)

from heliu.credit.collateral.api import (
    Answer,
    Answered,
    Ask,
    CaseKind,
    Cause,
    EndPledge,
    Instruction,
    InstructionKind,
    LotStatus,
    Release,
    Released,
    Resume,
    answer,
    appraise,
    call_buy_back,
    cases,
    instructions,
    lots,
    release,
    resume,
    seize,
    unanswered,
    violations,
    watch,
)
from heliu.flows.intake.api import Filed
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

LOT = a_lot("WR-1")
FINANCED = 240_000_00
LOAN = an_id("loan")


def told(house: House, kind: InstructionKind) -> list[Instruction]:
    found = instructions(house.tx, contracts=[LOAN]).values()
    return [i for i in found if i.kind is kind]


def paid(name: str, amount: int, debt: int) -> Release:
    return Release(an_id(name), LOAN, Money(amount), Money(debt), DAY)


def released(house: House, *commands: Release) -> list[Released]:
    answers = release(house.tx, CLERK, commands, house.book, NOW)
    return [found for found in answers if isinstance(found, Released)]


def quantities(house: House, *commands: Release) -> list[int]:
    return [sum(quantity for _, quantity in r.quantities) for r in released(house, *commands)]


@pytest.mark.parametrize(
    ("accepted", "quantity", "kind", "held"),
    [
        (True, 100_000, None, True),
        (True, 99_999, CaseKind.INSTRUCTION_SHORT, False),
        (False, 0, CaseKind.INSTRUCTION_REFUSED, False),
    ],
)
def test_a_hold_covers_when_the_custodian_acknowledged_all_of_it(
    house: House, kind: CaseKind | None, quantity: int, *, accepted: bool, held: bool
) -> None:
    house.pledged("loan", FINANCED, LOT)
    (hold,) = told(house, InstructionKind.HOLD)
    said = Answer(hold.id, KEEPER, accepted, quantity, DAY)
    other = replace(said, accepted=False, quantity_milli=7)
    assert unanswered(house.tx, DAY + timedelta(days=1)) == [hold]
    assert unanswered(house.tx, DAY) == []
    answers = answer(house.tx, CLERK, [said, said], NOW)
    assert unanswered(house.tx, DAY + timedelta(days=1)) == []
    assert answers == [Answered(hold.id, accepted, quantity)] * 2
    assert answer(house.tx, CLERK, [said], NOW) == answers[:1]
    (refusal,) = answer(house.tx, CLERK, [replace(other, accepted=not accepted)], NOW)
    assert isinstance(refusal, Refusal)
    assert lots(house.tx, [LOT.id])[LOT.id].holding.held is held
    assert [case.kind for case in cases(house.tx)] == [kind] * (kind is not None)


@pytest.mark.parametrize(
    "said",
    [
        Answer(an_id("no such instruction"), KEEPER, True, 1, DAY),  # noqa: FBT003
        Answer(an_id("hold"), "ANOTHER YARD", True, 1, DAY),  # noqa: FBT003
    ],
)
def test_a_stranger_answers_nothing(house: House, said: Answer) -> None:
    house.pledged("loan", FINANCED, LOT)
    (hold,) = told(house, InstructionKind.HOLD)
    known = {an_id("hold"): hold.id}
    command = replace(said, instruction_id=known.get(said.instruction_id, said.instruction_id))
    (refusal,) = answer(house.tx, CLERK, [command], NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "collateral.unknown_instruction"


def alarmed(filed: Filed) -> Filed:
    assert filed.document.observation is not None
    hot = replace(filed.document.observation, sensor_alarms=("Temperature ALARM_CONDITION",))
    return replace(filed, document=replace(filed.document, observation=hot, lines=()))


def damaged(filed: Filed) -> Filed:
    assert filed.document.observation is not None
    gone = replace(filed.document.observation, disposition="stolen")
    return replace(filed, document=replace(filed.document, observation=gone))


def void(filed: Filed) -> Filed:
    return replace(filed, document=replace(filed.document, void=True))


@pytest.mark.parametrize(
    ("event", "kinds", "stops"),
    [
        (a_document(LOT, "100", "storing"), [], []),
        (void(a_document(LOT, "1", "shipping")), [], []),
        (a_document(LOT, "1", "shipping"), [CaseKind.UNRELEASED_DEPARTURE], [Cause.GOODS]),
        (a_document(LOT, "99.9", "stock_taking"), [CaseKind.SHORTAGE], [Cause.GOODS]),
        (a_document(LOT, "100", "cycle_counting"), [], []),
        (alarmed(a_document(LOT, "1", "sensor_reporting")), [CaseKind.SENSOR_ALARM], []),
        (damaged(a_document(LOT, "1", "inspecting")), [CaseKind.DAMAGE], [Cause.GOODS]),
        (a_document(replace(LOT, place="elsewhere"), "1", "shipping"), [], []),
        (a_document(replace(LOT, item="APPLE"), "1", "shipping"), [], []),
    ],
)
def test_what_a_yards_events_say_of_pledged_goods_warns_or_stops(
    house: House, event: Filed, kinds: list[CaseKind], stops: list[Cause]
) -> None:
    house.held("loan", FINANCED, LOT)
    (found,) = watch(house.tx, CLERK, [event], DAY, NOW)
    assert [case.kind for case in found] == kinds
    assert watch(house.tx, CLERK, [event], DAY, NOW) == [()]
    assert [i.cause for i in told(house, InstructionKind.STOP_SHIP)] == stops


def test_two_receipts_for_one_heap_are_seen_when_the_yard_is_counted(house: House) -> None:
    house.held("loan", FINANCED, LOT)
    house.held("another loan", FINANCED, a_lot("WR-2"))
    (found,) = watch(house.tx, CLERK, [a_document(LOT, "100", "stock_taking")], DAY, NOW)
    assert [case.contract_id for case in found] == [LOAN, an_id("another loan")]
    assert found[0].said == "100 counted, 200 are pledged here"


def test_payments_free_their_share_and_the_last_one_everything(house: House) -> None:
    house.held("loan", FINANCED, LOT)
    house.priced("3000")
    first = paid("first", 60_000_00, 180_000_00)
    # A quarter less a thousandth or two, which the roundings of value keep back.
    (quantity,) = quantities(house, first)
    assert 24_990 <= quantity <= 25_000
    assert quantities(house, first, first) == [quantity, quantity]
    assert quantities(house, paid("last", FINANCED, 0)) == [100_000 - quantity]
    holding = lots(house.tx, [LOT.id])[LOT.id].holding
    assert (holding.status, holding.remaining_milli) == (LotStatus.RELEASED, 0)
    assert [i.quantity_milli for i in told(house, InstructionKind.RELEASE)] == [
        quantity,
        100_000 - quantity,
    ]
    assert quantities(house, paid("again", FINANCED, 0)) == [0]
    assert violations(house.tx) == []


def test_nothing_is_freed_below_cover_or_while_stopped_until_all_is_paid(house: House) -> None:
    house.held("loan", FINANCED, LOT)
    house.priced("2000")
    (short,) = released(house, paid("short", 60_000_00, 180_000_00))
    assert (short.quantities, short.withheld) == ((), "not_covered")
    watch(house.tx, CLERK, [a_document(LOT, "1", "shipping")], DAY, NOW)
    (stopped,) = released(house, paid("stopped", 200_000_00, 40_000_00))
    assert (stopped.quantities, stopped.withheld) == ((), "stopped")
    assert resume(house.tx, OFFICER, [Resume(LOAN, DAY)] * 2, NOW) == [True, True]
    assert resume(house.tx, OFFICER, [Resume(LOAN, DAY)], NOW) == [False]
    (free,) = released(house, paid("explained", 200_000_00, 40_000_00))
    assert sum(quantity for _, quantity in free.quantities) == pytest.approx(75_000, abs=10)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Release(an_id("x"), an_id("nothing"), Money(0), Money(0), DAY),
         "collateral.nothing_pledged"),
        (Release(an_id("x"), LOAN, Money(FINANCED + 1), Money(0), DAY),
         "collateral.payment_exceeds"),
        (Release(an_id("x"), LOAN, Money(1), Money(-1), DAY),
         "collateral.debt_impossible"),
        (Release(an_id("x"), LOAN, Money(1, "USD"), Money(0), DAY),
         "collateral.payment_exceeds"),
    ],
)  # fmt: skip
def test_a_payment_that_cannot_be_is_refused(house: House, command: Release, code: str) -> None:
    house.held("loan", FINANCED, LOT)
    (refusal,) = release(house.tx, CLERK, [command], house.book, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


def test_a_seller_is_called_to_buy_back_what_he_still_holds(house: House) -> None:
    paid_for = replace(LOT, cost=Money(300_000_00))
    other = replace(a_lot("WR-2", 50), cost=Money(100_000_00))
    house.held("loan", FINANCED, paid_for, other)
    command = EndPledge(an_id("due"), LOAN, Money(200_000_00), DAY)
    first = call_buy_back(house.tx, [command], NOW)
    assert first == call_buy_back(house.tx, [command, command], NOW)[:1] == [Money(200_000_00)]
    shares = [i.amount for i in told(house, InstructionKind.BUY_BACK)]
    assert shares == [Money(150_000_00), Money(50_000_00)]


def test_goods_without_a_cost_and_contracts_without_goods_are_not_bought_back(
    house: House,
) -> None:
    house.held("loan", FINANCED, LOT)
    commands = [EndPledge(an_id("due"), id_, Money(1), DAY) for id_ in (LOAN, an_id("nothing"))]
    codes = [r.code for r in call_buy_back(house.tx, commands, NOW) if isinstance(r, Refusal)]
    assert codes == ["collateral.no_cost", "collateral.nothing_pledged"]


def test_goods_are_seized_only_after_a_breach_and_once(house: House) -> None:
    house.held("loan", FINANCED, LOT)
    commands = [EndPledge(an_id("end"), id_, Money(1), DAY) for id_ in (LOAN, an_id("nothing"))]
    codes = [r.code for r in seize(house.tx, OFFICER, commands, NOW) if isinstance(r, Refusal)]
    assert codes == ["collateral.not_breached", "collateral.nothing_pledged"]
    nothing = [EndPledge(an_id("end"), LOAN, Money(0), DAY)]
    said = [*seize(house.tx, OFFICER, nothing, NOW), *call_buy_back(house.tx, nothing, NOW)]
    assert [r.code for r in said if isinstance(r, Refusal)] == ["collateral.debt_impossible"] * 2
    for days in (0, 4):
        ask = [Ask(LOAN, Money(FINANCED))]
        appraise(house.tx, ask, house.book, DAY + timedelta(days=days), NOW)
    assert seize(house.tx, OFFICER, [commands[0]] * 2, NOW) == [(LOT.id,), ()]
    holding = lots(house.tx, [LOT.id])[LOT.id].holding
    assert (holding.status, holding.seized_milli, holding.remaining_milli) == (
        *(LotStatus.SEIZED, 100_000, 0),
    )
    assert violations(house.tx) == []
