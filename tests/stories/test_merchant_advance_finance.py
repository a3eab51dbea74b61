"""A merchant's advance: a share of every day's takings repays it, and the fee is earned with it.

The merchant takes 100,000.00 a year. He gets 9,000.00 now and owes 10,000.00: 18 % for 200 days is
a fee of 1,000.00. Of his takings 18 % go to the bank: fifty a day if he sells as expected.
"""

from datetime import date, timedelta
from decimal import Decimal

from tests.stories.borrowing import Borrower, assert_sound
from tests.stories.trade_papers import BUYER, Bank, deposit, filed

from heliu.app.samples import bank as messages
from heliu.app.samples.firms import FIRMS
from heliu.credit.engine.api import (
    Advance,
    Status,
    deferred_fee,
    expected_days,
    expected_payment,
    taken_of,
)
from heliu.credit.lending.api import Done, Opened
from heliu.credit.products.api import Part
from heliu.flows.intake.api import Filed
from heliu.ground.money import Money

MERCHANT = FIRMS["HC"]
OPENED = date(2026, 1, 1)
SHARE = Decimal("0.18")
YEARLY = Money.of("100000.00")
ADVANCE = Advance(Money.of("9000"), Money.of("1000"), expected_payment(YEARLY, SHARE, 360))


def takings(bank: Bank, on: date, amount: str) -> Filed:
    """What a day's settlement brought, as the bank's own notification says it."""
    entry = messages.Entry(BUYER, MERCHANT, Decimal(amount), on, "card settlement", None)
    with bank.on(on) as tx:
        (found,) = filed(tx, on, messages.notification([entry]))
    return found


def test_an_advance_is_repaid_by_a_share_of_takings_whatever_they_are(bank: Bank) -> None:
    bank.offers(OPENED, "merchant_advance")
    merchant = Borrower(bank, MERCHANT, "merchant-advance", "advance")
    merchant.may_owe("50000")
    before = takings(bank, OPENED, "8333.33")
    opened = merchant.opens(
        OPENED,
        "10000.00",
        "0.18",
        periods=200,
        inputs={"months_of_flow": 12, "share_of_flow": str(SHARE)},
        evidence={"bank_entry": (before.id,)},
        base_value=YEARLY,
    )
    assert isinstance(opened, Opened), opened
    assert isinstance(merchant.draws(OPENED, "10000.00"), Done)
    assert bank.balances()[deposit(MERCHANT)] == -9_000_00
    assert next(expected_days(ADVANCE)).earned == Money.of("9.61")

    owed, deferred = ADVANCE.owed, ADVANCE.discount
    days = [(1, "277.78", "50.00"), (2, "0.01", "0.00"), (3, "12000.00", "2160.00"),
            (9, "50000.00", "7790.00")]  # fmt: skip
    for number, settled, expected in days:
        on = OPENED + timedelta(days=number)
        cash = takings(bank, on, settled).document.cash
        assert cash is not None
        share = taken_of(Money.rounded(cash.amount), SHARE, owed)
        assert share == Money.of(expected)
        bank.gives(on, MERCHANT, Money.of(settled))
        if share.minor:
            assert isinstance(merchant.repays(on, expected), Done)
        owed -= share
        left = deferred_fee(ADVANCE, owed)
        assert Money(0) <= left <= deferred
        deferred = left
    assert (owed, deferred) == (Money(0), Money(0))
    standing = merchant.standing(OPENED + timedelta(days=9))
    assert standing.state.status is Status.CLOSED
    assert standing.parts[Part.DISCOUNT_EARNED] == 1_000_00
    assert merchant.moved() == {
        ("principal", "clearing"): Money.of("10000.00"),
        ("clearing", "unearned"): Money.of("1000.00"),
        ("clearing", "own"): Money.of("9000.00"),
        ("nostro", "own"): Money.of("62277.79"),
        ("own", "clearing"): Money.of("10000.00"),
        ("clearing", "principal"): Money.of("10000.00"),
    }
    assert_sound(bank)
