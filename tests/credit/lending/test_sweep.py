"""A share of what a merchant takes repays his advance: each settlement once, never too much."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.credit.lending.conftest import BORROWER, BUYER, CLERK, PAPER, START, Bank, moment

from heliu.books.ledger.api import NewAccount, Transfer
from heliu.credit.engine.api import EventKind, Status
from heliu.credit.lending.api import Done, Swept, Taking, deposit, sweep
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

SHARE = Decimal("0.18")
DEPOSIT = f"supplier:{BORROWER}:deposit:CNY"
LATER = START + timedelta(days=30)
OWED = 10_000_00


def advance(bank: Bank, principal: int = OWED) -> UUID:
    """An advance of 10,000 yuan less its fee, repaid by 18 % of what the merchant takes."""
    contract = bank.open(
        "merchant-advance",
        principal=Money(principal),
        annual_rate=Decimal("0.18"),
        periods=200,
        inputs={"months_of_flow": 12, "share_of_flow": str(SHARE)},
        evidence={"bank_entry": (PAPER,)},
        base_value=Money(100_000_00),
    )
    bank.draw(contract, principal)
    return contract


@pytest.fixture
def merchant(bank: Bank) -> Bank:
    """A bank with one advance, drawn, whose money has stayed on the merchant's account."""
    bank.release("merchant_advance")
    bank.room(10**12)
    gives(bank, 100_000_00)
    return bank


def gives(bank: Bank, fen: int) -> None:
    """Money comes to the merchant's account, or (below zero) leaves it."""
    nostro, own = bank.ledger.open_accounts(
        bank.tx, [NewAccount("nostro:CNY", "nostro"), deposit(BORROWER, "CNY")]
    )
    debit, credit = (nostro, own) if fen > 0 else (own, nostro)
    transfer = Transfer(
        key=next(bank.keys),
        debit=debit,
        credit=credit,
        amount=Money(abs(fen)),
        code=1,
        business_date=START,
    )
    (answer,) = bank.ledger.post(bank.tx, [transfer])
    assert answer.refusal is None


def took(name: str, fen: int, on: date = LATER, merchant: str = BORROWER) -> Taking:
    return Taking(derived_id("taking", name), merchant, Money(fen), on)


def swept(bank: Bank, *takings: Taking) -> list[Swept | Refusal]:
    return sweep(bank.tx, bank.ledger, CLERK, takings, moment(LATER))


def taken(bank: Bank, contract: UUID) -> int:
    return OWED - bank.balance(f"contract:{contract}:principal")


def codes(outcomes: Sequence[Swept | Refusal]) -> list[str]:
    return [
        one.code
        if isinstance(one, Refusal)
        else " ".join(act.code if isinstance(act, Refusal) else "done" for act in one.acts)
        for one in outcomes
    ]


def test_the_agreed_share_of_each_settlement_repays_until_nothing_is_owed(merchant: Bank) -> None:
    contract = advance(merchant)
    takings = [
        took("a", 277_78),  # 50.00
        took("b", 2),  # less than half a fen
        took("c", 12_000_00, LATER - timedelta(days=3)),  # 2,160.00, told late
        took("d", 50_000_00),  # 9,000.00, but 7,790.00 are owed
        took("e", 1_00),
    ]
    assert codes(swept(merchant, *takings)) == ["done", "", "done", "done", ""]
    assert taken(merchant, contract) == OWED
    assert merchant.glance(contract, LATER).status is Status.CLOSED
    assert merchant.glance(contract, LATER).head.overpaid == 0
    merchant.sound()


def test_a_settlement_told_again_takes_nothing_and_answers_the_same(merchant: Bank) -> None:
    contract = advance(merchant)
    (first,) = swept(merchant, took("a", 1_000_00))
    assert isinstance(first, Swept)
    (done,) = first.acts
    assert isinstance(done, Done)
    again, twin = swept(merchant, took("a", 1_000_00), took("a", 1_000_00))
    assert again == twin
    assert isinstance(again, Swept)
    assert [isinstance(act, Done) and act.again and act.transfers == done.transfers
            for act in again.acts] == [True]  # fmt: skip
    assert taken(merchant, contract) == 180_00
    other, moved = took("a", 10_00), took("a", 1_000_00, START + timedelta(1))
    assert codes(swept(merchant, other, moved)) == ["lending.key_reused", "lending.key_reused"]


def test_of_two_advances_each_takes_its_share_of_the_same_settlement(merchant: Bank) -> None:
    contracts = [advance(merchant), advance(merchant)]
    assert codes(swept(merchant, took("a", 1_000_00))) == ["done done"]
    assert [taken(merchant, contract) for contract in contracts] == [180_00, 180_00]


def test_what_the_account_cannot_pay_is_taken_when_it_is_told_again(merchant: Bank) -> None:
    contract = advance(merchant)
    gives(merchant, -merchant.balance(DEPOSIT))
    assert codes(swept(merchant, took("a", 1_000_00))) == ["ledger.floor_reached"]
    gives(merchant, 180_00)
    assert codes(swept(merchant, took("a", 1_000_00))) == ["done"]
    assert (taken(merchant, contract), merchant.balance(DEPOSIT)) == (180_00, 0)


@pytest.mark.parametrize(
    ("taking", "code"),
    [
        (took("x", 0), "lending.amount_invalid"),
        (took("x", -1), "lending.amount_invalid"),
        (took("x", 1_00, LATER + timedelta(1)), "lending.in_the_future"),
        (took("x", 1_00, merchant=BUYER), "lending.no_advance"),
        (Taking(UUID(int=1), BORROWER, Money(1_00, "USD"), LATER), "lending.no_advance"),
        (took("x", 1_000_00, START - timedelta(1)), ""),  # taken before the advance was drawn
    ],
)
def test_a_settlement_that_cannot_repay_is_told_and_stops_no_other(
    merchant: Bank, taking: Taking, code: str
) -> None:
    contract = advance(merchant)
    assert codes(swept(merchant, taking, took("good", 1_000_00))) == [code, "done"]
    assert taken(merchant, contract) == 180_00


def test_nothing_told_is_nothing_done(merchant: Bank) -> None:
    assert swept(merchant) == []


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(1, 30_000_00), min_size=1, max_size=6), name=st.uuids())
def test_no_series_of_settlements_takes_more_than_its_shares_or_than_is_owed(
    merchant: Bank, amounts: list[int], name: UUID
) -> None:
    contract = advance(merchant)
    gives(merchant, OWED)
    swept(merchant, *[took(f"{name} {n}", fen) for n, fen in enumerate(amounts)])
    shares = sum(Money(fen).times(SHARE, mode=ROUND_HALF_UP).minor for fen in amounts)
    assert taken(merchant, contract) == min(OWED, shares)
    merchant.book(merchant.act(contract, EventKind.PAY_OFF, LATER))  # none takes from it again
    merchant.sound()
