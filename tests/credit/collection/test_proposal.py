"""Proposals say what their remedy needs, and become acts of the loan book."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from heliu.credit.collection.domain.policy import Remedy
from heliu.credit.collection.domain.proposal import Proposal, Propose, act_of, loan_act_of
from heliu.credit.engine.api import EventKind, Extension, Restructure
from heliu.credit.loans.api import ActKind, Source
from heliu.ground.money import Money

ON = date(2026, 3, 2)
EXTEND = Propose(UUID(int=1), UUID(int=2), UUID(int=3), Remedy.EXTEND, "season", 2)
RESTRUCTURE = replace(EXTEND, remedy=Remedy.RESTRUCTURE, annual_rate=Decimal("0.05"))
WRITE_OFF = replace(EXTEND, remedy=Remedy.WRITE_OFF, instalments=None)
RECOVER = replace(WRITE_OFF, remedy=Remedy.RECOVER, amount=Money(5))
REVERSE = replace(WRITE_OFF, remedy=Remedy.REVERSE_WRITE_OFF)
UNTIL = replace(WRITE_OFF, remedy=Remedy.EXTEND, until=date(2026, 5, 2))


@pytest.mark.parametrize("said", [EXTEND, RESTRUCTURE, WRITE_OFF, RECOVER, REVERSE, UNTIL])
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
        replace(UNTIL, instalments=2),
        replace(WRITE_OFF, until=date(2026, 5, 2)),
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


@pytest.mark.parametrize(
    ("said", "contract", "receivable"),
    [
        (EXTEND, True, False),
        (UNTIL, False, True),
        (RESTRUCTURE, True, False),
        (WRITE_OFF, True, True),
        (RECOVER, True, True),
        (REVERSE, False, True),
    ],
)
def test_each_book_knows_remedies_of_its_own(
    said: Propose, *, contract: bool, receivable: bool
) -> None:
    assert (said.fits_contract, said.fits_receivable) == (contract, receivable)


@pytest.mark.parametrize(
    ("said", "kind", "source"),
    [
        (UNTIL, ActKind.EXTEND, None),
        (WRITE_OFF, ActKind.WRITE_OFF, None),
        (RECOVER, ActKind.RECOVER, Source.NOSTRO),
        (REVERSE, ActKind.REVERSE_WRITE_OFF, None),
    ],
)
def test_a_released_proposal_on_a_receivable_names_who_proposed_it(
    said: Propose, kind: ActKind, source: Source | None
) -> None:
    act = loan_act_of(Proposal(said, ON, "collector", None, None))
    assert act.is_whole
    assert (act.kind, act.source, act.until, act.amount) == (kind, source, said.until, said.amount)
    assert (act.loan_id, act.proposed_by) == (said.loan_id, "collector")
