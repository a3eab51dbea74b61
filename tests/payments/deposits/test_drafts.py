"""What is signed is what is paid, and what is foreseen is what happens."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.payments.deposits.branch import FUNDS, OUTSIDE, Branch

from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.payments.deposits.api import (
    MakeTransfer,
    Purpose,
    To,
    foresee,
    order_text,
    packed,
    unpacked,
)

commands = st.builds(
    MakeTransfer,
    st.uuids(),
    st.text(),
    st.uuids(),
    st.builds(To, st.text(), st.text(), st.none() | st.text()),
    st.integers(1, 10**14).map(Money),
    st.sampled_from(Purpose),
    st.text(),
    st.none() | st.uuids(),
)


@given(command=commands)
def test_a_signed_order_is_read_back_as_it_was_packed(command: MakeTransfer) -> None:
    assert unpacked(packed(command)) == command


def test_the_order_says_who_is_paid_how_much_and_from_where() -> None:
    asked = MakeTransfer(UUID(int=1), "person:x", UUID(int=2), OUTSIDE, Money(123_456))
    told = order_text(asked, "881560000000000017")
    assert told.zh == "从尾号 0017 的账户付给Zhang Wei（尾号 2222）1,234.56 元，用途：转账。"
    assert told.en.startswith("Pay 1,234.56 yuan from the account ending 0017 to Zhang Wei")
    noted = order_text(replace(asked, memo="饭钱", purpose=Purpose.RENT), "0017")
    assert noted.zh.endswith("用途：房租，附言：饭钱。")
    assert noted.en.endswith("for: rent, message: 饭钱.")


@pytest.mark.parametrize(
    ("fen", "code"),
    [(FUNDS, None), (FUNDS + 1, "deposit.not_enough"), (0, "deposit.amount_not_positive")],
)
def test_what_is_foreseen_of_a_transfer_holds_nothing(
    bank: Branch, fen: int, code: str | None
) -> None:
    asked = bank.asks("a", fen)
    with bank.database.transaction() as tx:
        seen = foresee(tx, asked, bank.when)
    assert (seen.code if isinstance(seen, Refusal) else None) == code
    assert bank.balance(bank.elder).available == FUNDS
    assert bank.code(asked) == (code or "held")
