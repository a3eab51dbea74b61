"""What may be done with a loan after the draw, and what it then owes (amounts in fen)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credit.loans.test_loan import BULLET, DISCOUNT, DUE, ID, disbursed, loan, repaid
from tests.credit.loans.test_settlement import ACCOUNTS, cash

from heliu.credit.loans.domain.loan import EventKind, Loan, LoanEvent, debt_on
from heliu.credit.loans.domain.servicing import (
    ActKind,
    Decided,
    ExtensionTerms,
    Life,
    LoanAct,
    Source,
    decide,
)
from heliu.credit.loans.domain.settlement import Allocation, settle
from heliu.credit.products.api import Product, Recourse
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text

TERMS = ExtensionTerms(most=1, tenor_ratio=Decimal(1), observation_days=365)
DAY = timedelta(1)
LATE = DUE + 4 * DAY
UNTIL = DUE + 30 * DAY
WHO = "officer"
UNRESTED = Refusal("regulation.unverified", Text("未核实", "unverified"), Text("核实", "read it"))


def act(kind: ActKind, **said: object) -> LoanAct:
    return LoanAct(ID, ID, kind, "agreed", **said)  # type: ignore[arg-type]


EXTEND = act(ActKind.EXTEND, until=UNTIL)
BY_TWO = replace(EXTEND, proposed_by="collector")
BUY = act(ActKind.BUY_BACK, source=Source.DEPOSIT)
WRITE_OFF = act(ActKind.WRITE_OFF, proposed_by="collector")
RECOVER = act(ActKind.RECOVER, source=Source.NOSTRO, amount=Money(500_000))
REVERSE = act(ActKind.REVERSE_WRITE_OFF, proposed_by="collector")


def life(product: Product = BULLET, *more: LoanEvent) -> Life:
    of = loan(product)
    return Life(of, [disbursed(of), *more])


def after(of: Life, said: LoanAct, on: date) -> Life:
    made = decide(of, said, on, WHO, TERMS)
    assert isinstance(made, Decided), made
    return Life(of.loan, [*of.events, made.event])


def refused(of: Life, said: LoanAct, on: date, terms: ExtensionTerms | Refusal = TERMS) -> str:
    made = decide(of, said, on, WHO, terms)
    assert isinstance(made, Refusal), made
    return made.code


WRITTEN_OFF = after(life(), WRITE_OFF, LATE)


@pytest.mark.parametrize(
    ("of", "said", "on", "code"),
    [
        (life(), replace(BUY, reason=" "), DUE, "loans.act_incomplete"),
        (life(), replace(EXTEND, until=None), DUE, "loans.act_incomplete"),
        (life(), replace(BUY, source=None), DUE, "loans.act_incomplete"),
        (life(), replace(BUY, source=Source.RECEIPT), DUE, "loans.act_incomplete"),
        (life(), replace(BUY, receipt=ID), DUE, "loans.act_incomplete"),
        (life(), replace(BUY, until=UNTIL), DUE, "loans.act_incomplete"),
        (life(), replace(WRITE_OFF, source=Source.NOSTRO), LATE, "loans.act_incomplete"),
        (life(), replace(RECOVER, amount=Money(0)), LATE, "loans.act_incomplete"),
        (life(), replace(BUY, amount=Money(5)), LATE, "loans.act_incomplete"),
        (life(BULLET, repaid(2, LATE, 5, 5)), BUY, DUE, "loans.before_last_event"),
        (life(), replace(WRITE_OFF, proposed_by=WHO), LATE, "loans.same_person"),
        (life(), replace(WRITE_OFF, proposed_by=None), LATE, "loans.second_person"),
        (life(), WRITE_OFF, DUE + 3 * DAY, "loans.not_late"),
        (WRITTEN_OFF, WRITE_OFF, LATE, "loans.nothing_owed"),
        (WRITTEN_OFF, BUY, LATE, "loans.nothing_owed"),
        (WRITTEN_OFF, EXTEND, LATE, "loans.nothing_owed"),
        (life(), replace(EXTEND, until=DUE), DUE - DAY, "loans.extension_not_later"),
        (life(), replace(BY_TWO, until=LATE), LATE, "loans.extension_not_later"),
        (life(), replace(EXTEND, until=DUE + 91 * DAY), DUE, "loans.extension_too_long"),
        (life(), EXTEND, LATE, "loans.second_person"),
        (
            after(life(), EXTEND, DUE),
            replace(EXTEND, until=UNTIL + DAY),
            DUE,
            "loans.extended_already",
        ),
        (life(), RECOVER, LATE, "loans.nothing_lost"),
        (life(), REVERSE, LATE, "loans.nothing_lost"),
        (WRITTEN_OFF, replace(RECOVER, amount=Money(10**9)), LATE, "loans.recovers_too_much"),
        (WRITTEN_OFF, replace(RECOVER, amount=Money(5, "USD")), LATE, "loans.recovers_too_much"),
        (WRITTEN_OFF, replace(REVERSE, proposed_by=None), LATE, "loans.second_person"),
        (after(WRITTEN_OFF, RECOVER, LATE), REVERSE, LATE, "loans.recovered_since"),
        (after(WRITTEN_OFF, REVERSE, LATE), REVERSE, LATE, "loans.nothing_lost"),
    ],
)
def test_what_may_not_be_is_refused_with_its_reason(
    of: Life, said: LoanAct, on: date, code: str
) -> None:
    assert refused(of, said, on) == code


def test_without_recourse_nobody_buys_back() -> None:
    outright = replace(BULLET, recourse=Recourse.NONE)
    assert refused(life(outright), BUY, LATE) == "loans.without_recourse"


def test_rules_nobody_has_read_refuse_extensions_and_nothing_else() -> None:
    assert refused(life(), EXTEND, DUE, UNRESTED) == "regulation.unverified"
    assert isinstance(decide(life(), BUY, DUE, WHO, UNRESTED), Decided)


def test_an_extended_loan_owes_later_and_more() -> None:
    of = after(life(), EXTEND, DUE)
    debt = of.debt(UNTIL)
    # 80,000.00 x 6 % x 120/360 = 1,600.00
    assert (debt.interest, debt.principal, debt.due_on) == (Money(160_000), Money(8_000_000), UNTIL)
    assert debt.observed_until is None
    assert of.debt(DUE - DAY).due_on == DUE


def test_a_discount_loan_that_is_extended_bears_interest_from_its_first_due_date() -> None:
    of = after(life(DISCOUNT), EXTEND, DUE - 20 * DAY)
    assert [of.debt(day).interest.minor for day in (DUE, DUE + 9 * DAY)] == [0, 12_000]


def test_a_late_loan_that_is_extended_by_two_is_observed() -> None:
    debt = after(life(), BY_TWO, LATE).debt(LATE)
    assert (debt.due_on, debt.observed_until) == (UNTIL, LATE + 365 * DAY)


@pytest.mark.parametrize("product", [BULLET, DISCOUNT])
def test_a_buy_back_settles_all_and_leaves_the_buyers_debt_to_the_supplier(
    product: Product,
) -> None:
    before = life(product).debt(LATE)
    of = after(life(product), BUY, LATE)
    debt = of.debt(LATE + 90 * DAY)
    assert (debt.total, debt.claim, debt.lost) == (Money(0), before.claim, Money(0))
    paid = settle(cash(10_000_000), [of.loan], {ID: debt}, ACCOUNTS)
    assert paid.allocations == (
        Allocation(ID, Money(10_000_000), Money(0), Money(0), Money(10_000_000)),
    )


def test_the_buyers_late_cash_first_gets_back_what_was_written_off() -> None:
    debt = WRITTEN_OFF.debt(LATE)
    lost = debt.lost.minor
    (one,) = settle(cash(10_000_000), [WRITTEN_OFF.loan], {ID: debt}, ACCOUNTS).allocations
    assert one.kind is EventKind.RECOVERED
    assert (one.principal.minor + one.interest.minor, one.residual.minor) == (
        lost,
        10_000_000 - lost,
    )


def test_money_gets_back_principal_before_interest() -> None:
    of = after(WRITTEN_OFF, replace(RECOVER, amount=Money(8_000_005)), LATE)
    event = of.events[-1]
    assert (event.principal, event.interest) == (8_000_000, 5)
    assert of.debt(LATE).lost == WRITTEN_OFF.debt(LATE).lost - Money(8_000_005)


def test_a_write_off_stops_interest_and_its_reversal_brings_all_of_it_back() -> None:
    assert WRITTEN_OFF.debt(LATE + 50 * DAY).total == Money(0)
    back = after(WRITTEN_OFF, REVERSE, LATE + 10 * DAY)
    assert back.debt(LATE + 9 * DAY).total == Money(0)
    for day in (LATE + 10 * DAY, LATE + 77 * DAY):
        assert back.debt(day) == life().debt(day)


steps = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from([EXTEND, BY_TWO, BUY, WRITE_OFF, RECOVER, REVERSE, None]),
        st.integers(1, 9_000_000),
    ),
    max_size=9,
)


def _step(of: Life, on: date, said: LoanAct | None, fen: int) -> tuple[Life, int]:
    """The life after an act or the buyer's cash, and what was settled or regained of the debt."""
    if said is None:
        debt = of.debt(on)
        shares = settle(cash(fen), [of.loan], {ID: debt}, ACCOUNTS).allocations
        made = [
            LoanEvent(
                *(ID, len(of.events) + 1, one.kind, on, one.principal.minor, one.interest.minor),
                claim_change=-one.cash.minor,
            )
            for one in shares
        ]
        paid = sum(e.principal + e.interest for e in made)
        return Life(of.loan, [*of.events, *made]), paid
    if said.kind is ActKind.RECOVER:
        said = replace(said, amount=Money(fen))
    if said.until is not None:
        said = replace(said, until=on + timedelta(fen % 60))
    made_ = decide(of, said, on, WHO, TERMS)
    if isinstance(made_, Refusal):
        return of, 0
    money = made_.moved.minor if said.source is not None else 0
    return Life(of.loan, [*of.events, made_.event]), money


@given(product=st.sampled_from([BULLET, DISCOUNT]), life_=steps)
def test_no_fen_of_a_loan_is_lost_whatever_is_done_with_it(
    product: Product, life_: Sequence[tuple[int, LoanAct | None, int]]
) -> None:
    of, on, paid = life(product), DUE - 5 * DAY, 0
    for days, said, fen in life_:
        on += days * DAY
        of, more = _step(of, on, said, fen)
        paid += more
    debt, untouched = of.debt(on), _interest_earned(of.loan, of.events, on)
    assert debt.total.minor + debt.lost.minor + paid == of.loan.principal.minor + untouched
    assert min(debt.interest.minor, debt.principal.minor, debt.lost.minor) >= 0


def _interest_earned(of: Loan, events: Sequence[LoanEvent], on: date) -> int:
    """All interest the loan earned: what was settled or given up of it, and what is open."""
    debt = debt_on(of, events, on)
    undone = {e.of_no for e in events if e.of_no}
    kinds = (EventKind.REPAID, EventKind.BOUGHT_BACK, EventKind.WRITTEN_OFF)
    settled = [e.interest for e in events if e.kind in kinds and e.no not in undone]
    return sum(settled) + debt.interest.minor
