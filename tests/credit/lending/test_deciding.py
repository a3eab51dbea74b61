"""One act on one contract, without a database: what the product says before the engine is asked."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from tests.credit.lending.conftest import BORROWER, START, moment

from heliu.credit.engine.api import EventKind, Reversal
from heliu.credit.lending.api import Act, Contract, Funds, Papers
from heliu.credit.lending.domain.agreed import Asked, agreed_terms
from heliu.credit.lending.domain.booking import moves
from heliu.credit.lending.domain.deciding import Decided, Life, decide
from heliu.credit.lending.postings import account
from heliu.credit.products.api import CATALOGUE, Part, Role, Scope, read_loan_product
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

PRODUCT = read_loan_product(CATALOGUE / "credit_line.yaml")[0]
WHOLE = 100_000_00
FEB = date(2026, 2, 5)


def life(draws: str = "revolving", *, open_stage: bool = True) -> Life:
    assert PRODUCT.terms is not None
    stages = tuple(replace(stage, draws=open_stage) for stage in PRODUCT.stages)
    product = replace(PRODUCT, terms={**PRODUCT.terms, "draws": draws}, stages=stages)
    assert product.terms is not None
    asked = Asked(Money(WHOLE), Decimal("0.06"), START, 12)
    contract = Contract(
        *(1, UUID(int=1), 1, BORROWER, None, None, (), "CNY", WHOLE, Decimal("0.06")),
        *(START, date(2027, 1, 5), agreed_terms(product.terms, asked)),
    )
    return Life(contract, product, Papers(1, "agreed", None), (), (), 0, {})


def act(kind: EventKind, amount: int | None, on: date = START, of: int | None = None) -> Act:
    money = None if amount is None else Money(amount)
    detail = None if of is None else Reversal(of)
    return Act(UUID(int=amount or 5), UUID(int=1), kind, on, money, detail, Funds.DEPOSIT)


def done(start: Life, *acts: Act) -> Life:
    for one in acts:
        decided = decide(start, one, moment(FEB))
        assert isinstance(decided, Decided), decided
        start = decided.life
    return start


def code(start: Life, one: Act) -> str:
    refused = decide(start, one, moment(FEB))
    assert isinstance(refused, Refusal)
    return refused.code


@pytest.mark.parametrize("draws", ["single", "tranches", "revolving"])
def test_the_first_draw_is_at_most_the_principal(draws: str) -> None:
    assert code(life(draws), act(EventKind.DISBURSE, WHOLE + 1)) == "lending.beyond_facility"
    drawn = done(life(draws), act(EventKind.DISBURSE, WHOLE))
    assert (drawn.principal, drawn.booked[Part.PAID_OUT]) == (WHOLE, WHOLE)


@pytest.mark.parametrize(("draws", "again"), [("single", 0), ("tranches", 40), ("revolving", 70)])
def test_what_may_be_drawn_again_is_the_products_to_say(draws: str, again: int) -> None:
    half = done(
        life(draws),
        act(EventKind.DISBURSE, 60_000_00),
        act(EventKind.REPAY, 30_000_00, START),
    )
    assert half.principal == 30_000_00
    more = again * 1_000_00
    assert code(half, act(EventKind.DISBURSE, more + 1)) == "lending.beyond_facility"


def test_a_stage_without_draws_lends_nothing() -> None:
    closed = life(open_stage=False)
    assert code(closed, act(EventKind.DISBURSE, 1)) == "lending.no_draws_in_stage"


def test_a_reversal_names_what_it_undoes_and_a_draw_nothing() -> None:
    drawn = decide(life(), act(EventKind.DISBURSE, WHOLE), moment(FEB))
    assert isinstance(drawn, Decided)
    assert (drawn.undoes, drawn.proceeds, drawn.exposure_change) == (None, WHOLE, WHOLE)
    undone = decide(drawn.life, act(EventKind.REVERSE, None, FEB, 1), moment(FEB))
    assert isinstance(undone, Decided)
    assert (undone.undoes, undone.exposure_change) == (1, -WHOLE)
    assert undone.life.booked == {}
    assert undone.moves == tuple(moves(PRODUCT.postings, drawn.life.booked, dict.fromkeys(Part, 0)))


def test_a_role_of_the_bank_is_one_account_a_currency() -> None:
    postings = replace(PRODUCT.postings, accounts={"tax": Role("payable", Scope.BANK)})
    start = life()
    played = account(replace(PRODUCT, postings=postings), start.contract, "tax", Funds.DEPOSIT)
    assert (played.name, played.type, played.currency) == ("payable:CNY", "payable", "CNY")
