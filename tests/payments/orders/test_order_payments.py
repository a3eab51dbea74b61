"""Placing payment orders: inside the ledger at once, outside held, a key is paid once."""

from dataclasses import replace

import pytest
from tests.payments.orders.till import INSIDE, ONWARD, OUTSIDE, SUPPLIER, Till, other

from heliu.books.evidence.api import leaves
from heliu.ground.errors import Refusal
from heliu.ground.outbox import facts_after
from heliu.payments.orders.api import Order, Payee, PaymentOrder, Route, State, orders_on


def codes(bank: Till, *orders: Order) -> list[str]:
    return [one.code for one in bank.place(*orders) if isinstance(one, Refusal)]


def told(bank: Till) -> list[tuple[str, list[str]]]:
    with bank.database.transaction() as tx:
        return [(fact.kind, fact.body["parties"]) for fact in facts_after(tx, 0, 100)]


def test_a_payment_inside_the_ledger_is_settled_at_once_and_proven(bank: Till) -> None:
    (paid,) = bank.placed(bank.order("a", 4_000, INSIDE))
    assert (paid.route, paid.state) == (Route.LEDGER, State.SETTLED)
    assert bank.balance() == (96_000, 96_000)
    assert bank.ledger.balance(bank.onward).posted == 4_000
    assert told(bank) == [("payments.payment_settled.v1", list(paid.order.parties))]
    with bank.database.transaction() as tx:
        assert [leaf.kind for leaf in leaves(tx, [paid.id])] == ["payment_settled"]


def test_a_payment_to_another_bank_is_held_until_the_rail_has_answered(bank: Till) -> None:
    (placed,) = bank.placed(bank.order("a", 4_000))
    assert (placed.route, placed.state) == (Route.RAIL, State.INSTRUCTED)
    assert bank.balance() == (100_000, 96_000)
    assert told(bank) == [("payments.payment_instructed.v1", list(placed.order.parties))]
    assert bank.violations() == []


def test_the_same_order_twice_is_one_payment_and_the_same_answer(bank: Till) -> None:
    order = bank.order("a")
    first, second = bank.placed(order, order)
    (again,) = bank.placed(order)
    assert first == second == again
    assert bank.balance().available == 90_000


def test_a_key_that_says_something_else_is_refused_in_a_batch_and_later(bank: Till) -> None:
    order = bank.order("a")
    first, second = bank.place(order, other(order, 1))
    assert isinstance(first, PaymentOrder)
    assert isinstance(second, Refusal)
    assert second.code == "payment.key_reused"
    assert codes(bank, other(order, 2)) == ["payment.key_reused"]


def test_a_refused_order_refuses_nobody_else_and_may_be_tried_again(bank: Till) -> None:
    large = bank.order("large", 99_000)
    outcomes = bank.place(bank.order("a"), large, bank.order("b"))
    assert [isinstance(outcome, PaymentOrder) for outcome in outcomes] == [True, False, True]
    assert codes(bank, large) == ["ledger.floor_reached"]


@pytest.mark.parametrize(
    ("payee", "code"),
    [
        (replace(OUTSIDE, name=""), "payment.payee_invalid"),
        (replace(OUTSIDE, name="x" * 141), "payment.payee_invalid"),
        (replace(OUTSIDE, account="1" * 35), "payment.payee_invalid"),
        (replace(OUTSIDE, account="62\x0022"), "payment.payee_invalid"),
        (replace(OUTSIDE, uscc=" "), "payment.payee_invalid"),
        (replace(OUTSIDE, bank="no bank"), "payment.payee_invalid"),
        (Payee("Nobody", "supplier:NOBODY:deposit:CNY"), "payment.payee_account_unknown"),
        (Payee("The bank", "nostro:CNY"), "payment.payee_account_unknown"),
        (replace(INSIDE, uscc=SUPPLIER), "payment.payee_differs"),
    ],
)
def test_a_payee_who_cannot_be_paid_is_refused(bank: Till, payee: Payee, code: str) -> None:
    assert codes(bank, bank.order("a", payee=payee)) == [code]
    assert bank.balance().available == 100_000


@pytest.mark.parametrize("fen", [0, -1])
def test_nothing_is_no_payment(bank: Till, fen: int) -> None:
    assert codes(bank, bank.order("a", fen)) == ["payment.amount_not_positive"]


def test_an_account_of_ours_may_be_named_without_its_owner(bank: Till) -> None:
    (paid,) = bank.placed(bank.order("a", payee=replace(INSIDE, uscc=None)))
    assert paid.state is State.SETTLED
    assert ONWARD in paid.order.payee.account


def test_the_orders_of_a_loan_are_found_by_it(bank: Till) -> None:
    placed = bank.placed(bank.order("a"), bank.order("b", payee=INSIDE))
    with bank.database.transaction() as tx:
        found = orders_on(tx, [placed[0].order.basis_id])
    assert {order.id: order for order in found} == {order.id: order for order in placed}
