"""Prices come in, goods are appraised against a debt, and too little cover is called."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.credit.collateral.yard import (
    CLERK,
    DAY,
    KEEPER,
    NOW,
    OFFICER,
    OWNER,
    House,
    a_lot,
    a_pledge,
    an_id,
)

from heliu.credit.collateral.api import (
    Answer,
    Appraised,
    Ask,
    CaseKind,
    Cause,
    ConfirmPrice,
    Coverage,
    Doubt,
    InstructionKind,
    Judged,
    MarginKind,
    answer,
    appraise,
    cases,
    confirm_prices,
    coverage,
    instructions,
    pledge,
    take_prices,
)
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after

DEBT = Money(240_000_00)  # 100 t at 3,000.00 less 20 % cover it exactly


def appraised(house: House, days: int = 0, debt: Money = DEBT) -> Appraised:
    on = DAY + timedelta(days=days)
    (found,) = appraise(house.tx, [Ask(an_id("loan"), debt)], house.book, on, NOW)
    assert isinstance(found, Appraised)
    return found


def moved(found: Appraised) -> list[MarginKind]:
    return [event.kind for event in found.moved]


def told(house: House, kind: InstructionKind) -> list[Cause]:
    found = instructions(house.tx, contracts=[an_id("loan")]).values()
    return [i.cause for i in found if i.kind is kind]


def test_only_what_the_custodian_acknowledged_covers(house: House) -> None:
    house.priced("3000")
    command = house.pledged("loan", DEBT.minor, a_lot("WR-1"))
    ask = [Ask(command.contract_id, DEBT)]
    (before,) = coverage(house.tx, ask, house.book, DAY)
    assert isinstance(before, Coverage)
    assert before.ratio_bp == 0
    (hold,) = instructions(house.tx, contracts=[command.contract_id]).values()
    answer(house.tx, CLERK, [Answer(hold.id, KEEPER, True, 100_000, DAY)], NOW)  # noqa: FBT003
    (after,) = coverage(house.tx, ask, house.book, DAY)
    assert isinstance(after, Coverage)
    assert (after.ratio_bp, after.market) == (10_000, Money(300_000_00))


@pytest.mark.parametrize(
    ("ask", "refused"),
    [
        (Ask(an_id("nothing"), DEBT), "collateral.nothing_pledged"),
        (Ask(an_id("loan"), Money(1, "USD")), "collateral.nothing_pledged"),
        (Ask(an_id("loan"), Money(-1)), "collateral.debt_impossible"),
    ],
)
def test_a_contract_without_collateral_in_its_currency_has_no_coverage(
    house: House, ask: Ask, refused: str
) -> None:
    house.held("loan", DEBT.minor, a_lot("WR-1"))
    (found,) = coverage(house.tx, [ask], house.book, DAY)
    assert isinstance(found, Refusal)
    assert found.code == refused


def test_a_falling_price_calls_stops_and_breaches_and_more_goods_cure(house: House) -> None:
    house.held("loan", DEBT.minor, a_lot("WR-1"))
    house.priced("3000")
    assert moved(appraised(house)) == []
    house.priced("2800", DAY + timedelta(days=1))
    found = appraised(house, 1)
    assert (moved(found), found.coverage.ratio_bp) == ([MarginKind.CALLED], 9333)
    assert found.moved[0].cure_by == DAY + timedelta(days=4)
    assert moved(appraised(house, 1)) == []
    house.priced("2600", DAY + timedelta(days=2))
    assert moved(appraised(house, 2)) == [MarginKind.STOPPED]
    assert told(house, InstructionKind.STOP_SHIP) == [Cause.MARGIN]
    assert moved(appraised(house, 5)) == [MarginKind.BREACHED]
    assert told(house, InstructionKind.STOP_SHIP) == [Cause.MARGIN]
    more = a_lot("WR-2", 40)
    house.verified(more)
    added = replace(a_pledge("loan", DEBT.minor, more), key=an_id("more"))
    pledge(house.tx, CLERK, [added], NOW)
    hold = list(instructions(house.tx, contracts=[an_id("loan")]).values())[-1]
    answer(house.tx, CLERK, [Answer(hold.id, KEEPER, True, 40_000, DAY)], NOW)  # noqa: FBT003
    assert moved(appraised(house, 6)) == [MarginKind.CURED]
    assert told(house, InstructionKind.RESUME) == [Cause.MARGIN] * 2
    kinds = [fact.body["kind"] for fact in facts_after(house.tx, 0, 100)
             if fact.kind == "credit.margin_moved.v1"]  # fmt: skip
    assert kinds == ["called", "stopped", "breached", "cured"]


def test_without_a_price_goods_cover_nothing_and_that_is_a_case_of_the_day(house: House) -> None:
    house.held("loan", DEBT.minor, a_lot("WR-1"))
    found = appraised(house)
    assert moved(found) == [MarginKind.CALLED, MarginKind.STOPPED]
    appraised(house)
    assert [case.kind for case in cases(house.tx)] == [CaseKind.PRICE_MISSING]


def test_goods_that_lay_too_long_cover_nothing_and_that_is_said(house: House) -> None:
    house.held("loan", DEBT.minor, a_lot("WR-1"))
    house.priced("3000", DAY + timedelta(days=180))
    found = appraised(house, 180, Money(1))
    assert (found.coverage.market, found.coverage.lendable) == (Money(300_000_00), Money(0))
    assert [case.kind for case in cases(house.tx)] == [CaseKind.TOO_OLD]


def test_a_debt_no_contract_could_have_is_refused_beside_a_sound_one(house: House) -> None:
    house.held("loan", DEBT.minor, a_lot("WR-1"))
    asks = [Ask(an_id("loan"), Money(-1)), Ask(an_id("loan"), Money(1))]
    first, second = appraise(house.tx, asks, house.book, DAY, NOW)
    assert isinstance(first, Refusal)
    assert isinstance(second, Appraised)


def test_an_old_price_is_cut_more_and_said(house: House) -> None:
    house.held("loan", DEBT.minor, a_lot("WR-1"))
    house.priced("3000")
    found = appraised(house, 6, Money(1))
    assert found.coverage.lots[0].doubt is Doubt.STALE
    assert found.coverage.lendable == Money(210_000_00)
    assert [case.kind for case in cases(house.tx)] == [CaseKind.PRICE_STALE]


def test_a_wild_price_leaves_the_last_good_one_with_a_cut_until_a_person_confirms(
    house: House,
) -> None:
    house.held("loan", DEBT.minor, a_lot("WR-1"))
    house.priced("3000")
    tomorrow = DAY + timedelta(days=1)
    wild = house.priced("30000", tomorrow)
    found = appraised(house, 1, Money(1))
    assert (found.coverage.lendable, found.coverage.lots[0].doubt) == (
        Money(210_000_00),
        Doubt.WILD,
    )
    assert appraised(house, 0, Money(1)).coverage.lendable == Money(240_000_00)
    command = ConfirmPrice(wild.id, "limit up at the exchange, seen on its own screen")
    first, second = confirm_prices(house.tx, OFFICER, [command, command], NOW)
    assert first == wild.id
    assert isinstance(second, Refusal)
    assert appraised(house, 1, Money(1)).coverage.lendable == Money(2_400_000_00)
    assert {case.kind for case in cases(house.tx)} == {CaseKind.PRICE_WILD}


def test_a_year_of_prices_in_one_batch_is_judged_day_by_day(house: House) -> None:
    first = house.priced("3000", DAY - timedelta(days=40))
    batch = [
        replace(first, priced_on=first.priced_on + timedelta(days=n), price=Decimal(3000 + 100 * n))
        for n in range(1, 30)
    ]
    answers = take_prices(house.tx, batch, house.book, DAY, NOW)
    assert set(answers) == {Judged.GOOD}
    jump = replace(first, priced_on=DAY, price=Decimal(3000))
    assert take_prices(house.tx, [jump], house.book, DAY, NOW) == [Judged.WILD]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"goods": "GOLD"}, "collateral.unknown_goods"),
        ({"unit": "KGM"}, "collateral.unknown_goods"),
        ({"price": Decimal(0)}, "collateral.unknown_goods"),
        ({"priced_on": DAY + timedelta(days=1)}, "collateral.price_from_tomorrow"),
        ({"source": OWNER}, "collateral.price_by_owner"),
        ({"price": Decimal("3000.01")}, "collateral.price_differs"),
    ],
)
def test_a_price_nobody_should_believe_is_refused_and_the_others_are_kept(
    house: House, change: dict[str, object], refused: str
) -> None:
    house.pledged("loan", DEBT.minor, a_lot("WR-1"))
    good = house.priced("3000")
    bad = replace(good, **change)  # type: ignore[arg-type]  # the table's own fields
    other = replace(good, source="ANOTHER EXCHANGE")
    answers = take_prices(house.tx, [bad, other, good], house.book, DAY, NOW)
    assert isinstance(answers[0], Refusal)
    assert answers[0].code == refused
    assert answers[1:] == [Judged.GOOD, Judged.GOOD]
