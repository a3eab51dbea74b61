"""Laws of the loan book on random lives: the books are what the fold of the events says."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.credit.lending.conftest import BORROWER, START, Bank

from heliu.credit.engine.api import Charge, Detail, EventKind, RateChange, Reversal, fold
from heliu.credit.lending.api import Act, Done, Funds, standing
from heliu.credit.products.api import Part
from heliu.ground.money import Money

WHOLE = 100_000_00
# (kind, days since the act before, days it is dated back, amount in fen or number to reverse)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["draw", "repay", "pay_off", "charge", "rate", "write_off", "recover", "reverse"]
        ),
        st.integers(0, 40),
        st.integers(0, 50),
        st.integers(1, WHOLE),
    ),
    min_size=1,
    max_size=7,
)
DEPOSIT = f"supplier:{BORROWER}:deposit:CNY"


def act(bank: Bank, loan: UUID, step: tuple[str, int, int, int], today: date) -> Act:
    kind, _, back, amount = step
    on = max(START, today - timedelta(days=back))
    due = Charge(today + timedelta(days=back), is_penalty=False)
    rate = RateChange(Decimal(amount) / Decimal(WHOLE * 10))
    asked: dict[str, tuple[EventKind, date, int | None, Detail | None]] = {
        "draw": (EventKind.DISBURSE, on, amount, None),
        "repay": (EventKind.REPAY, on, amount, None),
        "pay_off": (EventKind.PAY_OFF, today, None, None),
        "charge": (EventKind.ADD_CHARGE, on, amount // 100 + 1, due),
        "rate": (EventKind.RATE_CHANGE, on, None, rate),
        "write_off": (EventKind.WRITE_OFF, today, None, None),
        "recover": (EventKind.RECOVER, today, amount, None),
        "reverse": (EventKind.REVERSE, today, None, Reversal(amount % 5 + 1)),
    }
    event, day, money, detail = asked[kind]
    funds = Funds.DEPOSIT if kind == "draw" else Funds.NOSTRO
    return bank.act(loan, event, day, money, detail, funds)


def book_of(bank: Bank, loan: UUID) -> dict[str, int]:
    """Balances of the loan's own account and the accounts its money came from or went to."""
    names = (f"contract:{loan}:principal", DEPOSIT, "nostro:CNY")
    return {name: bank.balance(name) for name in names}


@pytest.mark.parametrize(
    "product", ["instalment-equal-instalment", "credit-line", "working-capital"]
)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(life=steps)
def test_after_every_act_the_books_are_the_fold_of_the_events(
    bank: Bank, product: str, life: list[tuple[str, int, int, int]]
) -> None:
    bank.release(product.replace("-", "_"))
    bank.room(10**13)
    loan = bank.open(product, principal=Money(WHOLE))
    today = START
    for step in [("draw", 0, 0, WHOLE // 2), *life]:
        today += timedelta(days=step[1])
        (outcome,) = bank.book(act(bank, loan, step, today), on=today)
        (now,) = standing(bank.tx, today, ids=[loan])
        assert bank.balance(f"contract:{loan}:principal") == now.state.principal_outstanding
        acts = {part: amount for part, amount in now.parts.items() if part < Part.INTEREST_ACCRUED}
        assert {part: amount for part, amount in acts.items() if amount} == now.booked
        assert min(now.parts.values()) >= 0
        assert now.parts[Part.OVERPAID] == now.state.overpaid
        assert isinstance(outcome, Done) or outcome.cure.zh
        bank.sound()
    assert now.state == fold(now.contract.terms, now.events, today)


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(life=steps)
def test_a_reversed_act_leaves_every_balance_as_it_was(
    bank: Bank, life: list[tuple[str, int, int, int]]
) -> None:
    bank.release("credit_line")
    bank.room(10**13)
    loan = bank.open("credit-line", principal=Money(WHOLE))
    bank.draw(loan, WHOLE // 2)
    today = START
    for step in life:
        today += timedelta(days=step[1])
        before = book_of(bank, loan)
        (outcome,) = bank.book(act(bank, loan, step, today), on=today)
        if isinstance(outcome, Done) and step[0] != "reverse":
            undo = bank.act(loan, EventKind.REVERSE, today, detail=Reversal(outcome.event_no))
            bank.done(undo)
        if step[0] != "reverse":
            assert book_of(bank, loan) == before
    bank.sound()
