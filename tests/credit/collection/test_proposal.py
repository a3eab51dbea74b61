"""Proposals say what their remedy needs, and become acts of the loan book."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from heliu.credit.collection.domain.policy import Remedy
from heliu.credit.collection.domain.proposal import Propose, act_of
from heliu.credit.engine.api import EventKind, Extension, Restructure
from heliu.ground.money import Money

ON = date(2026, 3, 2)
EXTEND = Propose(UUID(int=1), UUID(int=2), UUID(int=3), Remedy.EXTEND, "season", 2)
RESTRUCTURE = replace(EXTEND, remedy=Remedy.RESTRUCTURE, annual_rate=Decimal("0.05"))
WRITE_OFF = replace(EXTEND, remedy=Remedy.WRITE_OFF, instalments=None)
RECOVER = replace(WRITE_OFF, remedy=Remedy.RECOVER, amount=Money(5))


@pytest.mark.parametrize("said", [EXTEND, RESTRUCTURE, WRITE_OFF, RECOVER])
def test_a_whole_proposal_says_what_its_remedy_needs(said: Propose) -> None:
    assert said.is_whole


@pytest.mark.parametrize(
    "said",
    [
        replace(EXTEND, instalments=None),
        replace(EXTEND, instalments=0),
        replace(EXTEND, annual_rate=Decimal(0)),
        replace(EXTEND, amount=Money(1)),
        replace(RESTRUCTURE, annual_rate=None),
        replace(RESTRUCTURE, annual_rate=Decimal(-1)),
        replace(WRITE_OFF, instalments=1),
        replace(RECOVER, amount=None),
        replace(RECOVER, amount=Money(0)),
    ],
)
def test_a_proposal_that_lacks_or_says_more_is_not_whole(said: Propose) -> None:
    assert not said.is_whole


@pytest.mark.parametrize(
    ("said", "kind", "detail", "amount"),
    [
        (EXTEND, EventKind.EXTEND, Extension(2), None),
        (
            RESTRUCTURE,
            EventKind.RESTRUCTURE,
            Restructure(2, Decimal("0.05"), date(2027, 3, 2)),
            None,
        ),
        (WRITE_OFF, EventKind.WRITE_OFF, None, None),
        (RECOVER, EventKind.RECOVER, None, Money(5)),
    ],
)
def test_a_released_proposal_is_one_act_of_that_day(
    said: Propose, kind: EventKind, detail: object, amount: Money | None
) -> None:
    act = act_of(said, ON, 365)
    assert (act.contract_id, act.kind, act.on) == (said.loan_id, kind, ON)
    assert (act.detail, act.amount) == (detail, amount)
    assert act.key == act_of(said, ON, 365).key
