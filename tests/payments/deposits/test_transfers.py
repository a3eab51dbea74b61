"""A transfer is held while it can be recalled, then paid or given back, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.payments.deposits.branch import FUNDS, OUTSIDE, Branch

from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.parties.identity.api import approvals_waiting, end_guardianship, risk_events
from heliu.payments.deposits.api import (
    RECALL_WINDOW,
    AddPayee,
    Pause,
    PayBill,
    PayIn,
    Purpose,
    State,
    To,
    Transfer,
    add_payee,
    bills_of,
    held_of,
    pay_bills,
    pay_in,
    payees_of,
    remove_payee,
    transfer_named,
    transfers_of,
)
from heliu.payments.orders.api import State as OrderState
from heliu.payments.orders.api import orders_on


def test_a_transfer_is_held_for_ten_minutes_and_then_paid(bank: Branch) -> None:
    (held,) = bank.made(bank.asks("a"))
    assert (held.state, held.pays_at - held.made_at) == (State.HELD, RECALL_WINDOW)
    assert bank.balance(bank.elder) == (FUNDS, FUNDS - 10_000)
    bank.wait(9)
    assert bank.turn() == []
    bank.wait(1)
    assert [one.state for one in bank.turn()] == [State.PAID]
    assert bank.balance(bank.elder) == (FUNDS - 10_000, FUNDS - 10_000)
    assert bank.balance(bank.shop).posted == 10_000
    assert bank.turn() == []
    assert bank.violations() == []


def test_a_recalled_transfer_is_never_paid(bank: Branch) -> None:
    (held,) = bank.made(bank.asks("a"))
    bank.wait(9)
    (recalled,) = bank.recall(held)
    assert isinstance(recalled, type(held))
    assert recalled.state is State.RECALLED
    assert bank.balance(bank.elder) == (FUNDS, FUNDS)
    bank.wait(60)
    assert bank.turn() == []
    assert bank.recall(held) == [recalled]
    assert bank.balance(bank.shop).posted == 0
    assert bank.violations() == []


def test_what_has_been_paid_cannot_be_recalled(bank: Branch) -> None:
    (held,) = bank.made(bank.asks("a"))
    bank.wait(10)
    (late,) = bank.recall(held)
    assert isinstance(late, Refusal)
    assert late.code == "deposit.already_paid"
    bank.turn()
    (late,) = bank.recall(held)
    assert isinstance(late, Refusal)
    assert late.code == "deposit.already_paid"


def test_nobody_recalls_what_another_ordered(bank: Branch) -> None:
    (hers,) = bank.made(bank.asks("hers", payer=bank.daughter))
    (answer,) = bank.recall(hers)
    assert isinstance(answer, Refusal)
    assert answer.code == "deposit.unknown_transfer"


def test_the_same_key_holds_once_and_another_content_is_refused(bank: Branch) -> None:
    asked = bank.asks("a")
    first, again = bank.made(asked, asked)
    assert first == again
    assert bank.made(asked) == [first]
    assert bank.code(replace(asked, amount=Money(1))) == "deposit.key_reused"
    assert bank.balance(bank.elder).available == FUNDS - 10_000


def test_held_money_cannot_be_spent_twice(bank: Branch) -> None:
    bank.made(bank.asks("a", FUNDS - 100))
    assert bank.code(bank.asks("b", 101)) == "deposit.not_enough"
    assert bank.code(bank.asks("c", 100)) == "held"
    assert bank.balance(bank.elder).available == 0


def test_money_between_own_accounts_moves_at_once(bank: Branch) -> None:
    (moved,) = bank.made(bank.asks("a", 500_000, To("Li Jianguo", bank.savings.number)))
    assert moved.state is State.PAID
    assert bank.balance(bank.savings).posted == 500_000
    assert bank.violations() == []


def test_a_transfer_to_another_bank_becomes_a_payment_on_the_rail(bank: Branch) -> None:
    (held,) = bank.made(bank.asks("a", 10_000, OUTSIDE))
    bank.wait(10)
    bank.turn()
    with bank.database.transaction() as tx:
        (order,) = orders_on(tx, [held.id])
    assert order.state is OrderState.INSTRUCTED
    assert bank.balance(bank.elder) == (FUNDS, FUNDS - 10_000)
    assert bank.violations() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": Money(0)}, "deposit.amount_not_positive"),
        ({"amount": Money(1, "USD")}, "deposit.other_currency"),
        ({"memo": "m" * 141}, "deposit.too_long"),
        ({"memo": "tab\tbed"}, "deposit.too_long"),
        ({"to": To("Zhang Wei", "6222000011112222")}, "deposit.bank_needed"),
        ({"to": To("Zhang Wei", "supplier:x:deposit:CNY", "102100099996")}, "deposit.too_long"),
        ({"to": To("", "6222000011112222", "102100099996")}, "payment.payee_invalid"),
        ({"to": To("Zhang Wei", "881560000000999995")}, "deposit.no_such_number"),
        ({"holder": f"person:{derived_id('nobody')}"}, "deposit.unknown_account"),
        ({"account": derived_id("no account")}, "deposit.unknown_account"),
    ],
)
def test_a_transfer_that_cannot_be_made_says_why(
    bank: Branch, change: dict[str, object], code: str
) -> None:
    assert bank.code(replace(bank.asks("a"), **change)) == code  # type: ignore[arg-type]
    assert bank.balance(bank.elder).available == FUNDS


def test_a_name_that_is_not_the_holders_is_refused(bank: Branch) -> None:
    wrong = To("Corner Shop Ltd", bank.shop.number)
    assert bank.code(bank.asks("a", to=wrong)) == "deposit.name_differs"
    spaced = To("corner  shop", bank.shop.number)
    assert bank.code(bank.asks("b", to=spaced)) == "held"
    assert bank.code(bank.asks("c", to=To("Li Jianguo", bank.elder.number))) == "deposit.to_itself"


def test_an_elders_first_large_payment_waits_a_day_and_his_guardian_is_told(bank: Branch) -> None:
    bank.guard(limit=10**9)
    (paused,) = bank.made(bank.asks("a", 500_000))
    assert paused.pauses == {Pause.SCAM}
    assert paused.pays_at - paused.made_at == timedelta(hours=24)
    with bank.database.transaction() as tx:
        told = risk_events(tx, bank.people[1])
    assert [event.ward_name for event in told] == ["Li Jianguo"]
    assert "24 hours" in told[0].text.en
    bank.wait(24 * 60)
    assert [one.state for one in bank.turn()] == [State.PAID]
    (known,) = bank.made(bank.asks("b", 500_000))
    assert known.pauses == set()


@pytest.mark.parametrize(
    ("fen", "payer", "pauses"),
    [(499_999, "elder", set()), (500_000, "daughter", set()), (500_000, "elder", {Pause.SCAM})],
)
def test_only_an_elders_large_first_payment_pauses(
    bank: Branch, fen: int, payer: str, pauses: set[Pause]
) -> None:
    (made,) = bank.made(bank.asks("a", fen, payer=getattr(bank, payer)))
    assert made.pauses == pauses


def test_above_the_agreed_amount_a_guardian_agrees(bank: Branch) -> None:
    bank.guard()
    (small,) = bank.made(bank.asks("small", 30_000))
    assert small.pauses == set()
    (waiting,) = bank.made(bank.asks("a", 30_001))
    assert waiting.pauses == {Pause.APPROVAL}
    with bank.database.transaction() as tx:
        (asked,) = approvals_waiting(tx, bank.people[1], bank.when.at)
    assert (asked.id, asked.order.text.en) == (waiting.id, "Pay 300.01 yuan to Corner Shop")
    bank.wait(60)
    assert [one.id for one in bank.turn()] == [small.id]
    approved = bank.rule(waiting, approved=True)
    assert isinstance(approved, Transfer)
    assert not approved.waits_for_approval
    assert bank.rule(waiting, approved=False) == "deposit.not_waiting"
    assert [one.state for one in bank.turn()] == [State.PAID]
    assert bank.violations() == []


def test_who_guards_nobody_agrees_to_nothing(bank: Branch) -> None:
    bond = bank.guard()
    (waiting,) = bank.made(bank.asks("a", 30_001))
    with bank.database.transaction() as tx:
        end_guardianship(tx, bank.session(bank.people[0]), bond, bank.when.at)
    assert bank.rule(waiting, approved=True) == "approval.over"
    assert bank.turn() == []


def test_what_nobody_approves_in_a_day_goes_back(bank: Branch) -> None:
    bank.guard()
    (waiting,) = bank.made(bank.asks("a", 30_001))
    bank.wait(24 * 60)
    assert bank.rule(waiting, approved=True) == "deposit.already_ended"
    assert [one.state for one in bank.turn()] == [State.LAPSED]
    assert bank.balance(bank.elder) == (FUNDS, FUNDS)
    (ended,) = bank.recall(waiting)
    assert isinstance(ended, Refusal)
    assert ended.code == "deposit.already_ended"


def test_a_guardian_refuses_and_the_money_is_the_elders_again(bank: Branch) -> None:
    bank.guard()
    (waiting,) = bank.made(bank.asks("a", 30_001))
    refused = bank.rule(waiting, approved=False)
    assert isinstance(refused, Transfer)
    assert refused.state is State.REFUSED
    assert bank.rule(waiting, approved=True) == "deposit.already_ended"
    nothing = replace(waiting, id=bank.elder.id)
    assert bank.rule(nothing, approved=True) == "deposit.unknown_transfer"
    assert bank.balance(bank.elder) == (FUNDS, FUNDS)
    assert bank.violations() == []


def test_who_waits_for_approval_can_still_take_it_back(bank: Branch) -> None:
    bank.guard()
    (waiting,) = bank.made(bank.asks("a", 30_001))
    bank.wait(60)
    (recalled,) = bank.recall(waiting)
    assert not isinstance(recalled, Refusal)
    assert recalled.state is State.RECALLED
    assert bank.rule(waiting, approved=True) == "deposit.already_ended"


def test_a_bill_is_paid_once_and_due_again_when_recalled(bank: Branch) -> None:
    bill = bank.bill(28_640)
    elder = bank.elder

    def pay(name: str) -> str:
        key = bank.asks(name).key
        asked = PayBill(key, elder.holder, elder.id, bill)
        with bank.database.transaction() as tx:
            (outcome,) = pay_bills(tx, bank.ledger, bank.me, [asked], bank.when)
        return outcome.code if isinstance(outcome, Refusal) else outcome.state.value

    def stands() -> str:
        with bank.database.transaction() as tx:
            return bills_of(tx, elder.holder)[0].state.value

    assert (pay("a"), stands(), pay("b")) == ("held", "paying", "deposit.bill_paid")
    with bank.database.transaction() as tx:
        (held,) = held_of(tx, elder.holder)
    bank.recall(held)
    assert stands() == "due"
    assert pay("c") == "held"
    bank.wait(10)
    bank.turn()
    assert (stands(), pay("d")) == ("paid", "deposit.bill_paid")
    assert pay("a") == "recalled"
    assert bank.violations() == []


def test_a_bill_of_another_is_unknown(bank: Branch) -> None:
    asked = PayBill(bank.asks("a").key, bank.daughter.holder, bank.daughter.id, bank.bill(100))
    with bank.database.transaction() as tx:
        (outcome,) = pay_bills(tx, bank.ledger, bank.me, [asked], bank.when)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "deposit.unknown_bill"


def test_cash_is_credited_once_and_only_to_an_account(bank: Branch) -> None:
    asked = PayIn(bank.asks("cash").key, bank.elder.id, Money(5_000), "Li Jianguo")
    nowhere = replace(asked, account=bank.asks("x").key)
    nothing = replace(asked, key=bank.asks("y").key, amount=Money(0))
    with bank.database.transaction() as tx:
        outcomes = pay_in(tx, bank.ledger, [asked, asked, nowhere, nothing], bank.when)
    refused = [one.code for one in outcomes if isinstance(one, Refusal)]
    assert refused == ["deposit.unknown_account", "ledger.amount_out_of_range"]
    assert bank.balance(bank.elder).posted == FUNDS + 5_000


def test_payees_are_kept_by_name_and_can_be_taken_off(bank: Branch) -> None:
    holder = bank.elder.holder
    with bank.database.transaction() as tx:
        zhang = add_payee(tx, AddPayee(holder, OUTSIDE), bank.when)
        shop = add_payee(tx, AddPayee(holder, bank.to_shop), bank.when)
        again = add_payee(tx, AddPayee(holder, OUTSIDE), bank.when)
        wrong = add_payee(tx, AddPayee(holder, To("Li Na", bank.shop.number)), bank.when)
        assert payees_of(tx, holder) == [shop, zhang]
        assert again == zhang
        assert isinstance(wrong, Refusal)
        assert not isinstance(zhang, Refusal)
        assert remove_payee(tx, holder, zhang.id, bank.when) is None
        assert remove_payee(tx, holder, zhang.id, bank.when) is not None
        assert payees_of(tx, holder) == [shop]


def test_a_holder_sees_his_transfers_youngest_first(bank: Branch) -> None:
    first, second = bank.made(bank.asks("a", 1)), []
    bank.wait(1)
    second = bank.made(bank.asks("b", 2))
    with bank.database.transaction() as tx:
        assert transfers_of(tx, bank.elder.holder) == [*second, *first]
        assert transfer_named(tx, first[0].id) == first[0]
        assert transfer_named(tx, bank.elder.id) is None


def test_what_a_transfer_is_for_is_kept(bank: Branch) -> None:
    (made,) = bank.made(replace(bank.asks("a"), purpose=Purpose.RENT, memo="十一月"))
    assert (made.purpose, made.memo) == (Purpose.RENT, "十一月")
