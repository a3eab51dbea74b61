"""What the rail leaves open, two persons close: nobody alone, nobody before the rail is done."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from tests.payments.orders.till import PATIENCE, Till

from heliu.books.evidence.api import leaves
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.payments.orders.api import (
    PaymentOrder,
    Ruling,
    State,
    close_case,
    open_cases,
    propose_ruling,
    release_ruling,
)
from heliu.payments.orders.domain.machine import EventKind, fold, ruled
from heliu.payments.orders.domain.order import instruction_id
from heliu.payments.rails.api import Form
from heliu.payments.rails.domain.answering import Answering, Told, status_report

ANNA, BO = Actor("user:anna"), Actor("user:bo")
WHY = "statement 0712 of the clearing bank, line 4"


def given_up(bank: Till) -> PaymentOrder:
    """An order whose rail never said a word."""
    (order,) = bank.placed(bank.order("a"))
    bank.pump()
    for _ in range(PATIENCE.questions + 1):
        bank.wait(60)
        bank.pump()
    assert bank.state(order) is State.UNKNOWN
    return order


def propose(bank: Till, order: PaymentOrder, verdict: State, who: Actor = ANNA) -> Ruling:
    with bank.database.transaction() as tx:
        return propose_ruling(tx, who, order.id, verdict, WHY, bank.clock.now())


def release(bank: Till, ruling: Ruling, who: Actor = BO) -> Ruling:
    with bank.database.transaction() as tx:
        return release_ruling(tx, bank.ledger, who, ruling.id, bank.clock.now())


def says(bank: Till, order: PaymentOrder, code: str, amount: Money | None = None) -> bytes:
    ids = instruction_id(order.id), order.end_to_end_id
    told = Told(*ids, amount or order.order.amount, Form.CLEARING, "1000000000000001")
    return status_report(told, Answering("RAIL1", bank.clock.now()), code, None)


@pytest.mark.parametrize(
    ("verdict", "posted"), [(State.SETTLED, 90_000), (State.REJECTED, 100_000)]
)
def test_a_released_ruling_ends_the_payment_as_the_rail_would_have(
    bank: Till, verdict: State, posted: int
) -> None:
    order = given_up(bank)
    released = release(bank, propose(bank, order, verdict))
    assert bank.state(order) is verdict
    assert released.released_by == BO.id
    assert (bank.balance().posted, bank.balance().available) == (posted, posted)
    assert bank.violations() == []


def test_a_proposal_moves_nothing_and_the_same_person_cannot_release_it(bank: Till) -> None:
    order = given_up(bank)
    ruling = propose(bank, order, State.SETTLED)
    assert bank.state(order) is State.UNKNOWN
    with pytest.raises(Refusal, match="second person"):
        release(bank, ruling, ANNA)
    assert bank.state(order) is State.UNKNOWN


def test_the_database_itself_refuses_who_proposed_it(bank: Till) -> None:
    ruling = propose(bank, given_up(bank), State.SETTLED)
    with (
        bank.database.transaction() as tx,
        pytest.raises(psycopg.errors.CheckViolation),
        tx.connection.transaction(),
    ):
        tx.run(
            "INSERT INTO payments.ruling_release VALUES (%s, %s, %s, %s)",
            (ruling.id, ANNA.id, ANNA.id, bank.clock.now()),
        )


def test_the_same_proposal_and_release_again_answer_as_before(bank: Till) -> None:
    order = given_up(bank)
    first = propose(bank, order, State.SETTLED)
    assert propose(bank, order, State.SETTLED) == first
    assert release(bank, first) == release(bank, first)
    assert bank.events(order).count("settled") == 1


def test_of_two_rulings_the_one_released_first_counts(bank: Till) -> None:
    order = given_up(bank)
    paid = propose(bank, order, State.SETTLED)
    lost = propose(bank, order, State.REJECTED, BO)
    release(bank, paid)
    with pytest.raises(Refusal) as refused:
        release(bank, lost, ANNA)
    assert refused.value.code == "payment.not_left_open"
    assert bank.state(order) is State.SETTLED


def test_persons_do_not_rule_while_the_rail_may_still_answer(bank: Till) -> None:
    (order,) = bank.placed(bank.order("a"))
    bank.pump()
    with pytest.raises(Refusal) as refused:
        propose(bank, order, State.REJECTED)
    assert refused.value.code == "payment.not_left_open"


def test_a_late_answer_against_the_ruling_is_a_case_and_pays_nobody_twice(bank: Till) -> None:
    order = given_up(bank)
    release(bank, propose(bank, order, State.REJECTED))
    bank.answer(says(bank, order, "ACSC"))
    assert bank.state(order) is State.REJECTED
    assert bank.balance().posted == 100_000
    assert "settled_after_rejection" in [case.code.value for case in bank.cases([order.id])]


def test_a_disputed_payment_is_ruled_on_too(bank: Till) -> None:
    (order,) = bank.placed(bank.order("a"))
    bank.pump()
    bank.answer(says(bank, order, "ACSC", Money(20_000)))
    assert bank.state(order) is State.DISPUTED
    release(bank, propose(bank, order, State.SETTLED))
    assert bank.state(order) is State.SETTLED


def test_a_settlement_by_ruling_is_proven_by_its_ruling(bank: Till) -> None:
    order = given_up(bank)
    ruling = release(bank, propose(bank, order, State.SETTLED))
    with bank.database.transaction() as tx:
        found = [leaf.data for leaf in leaves(tx, [order.id]) if leaf.kind == "payment_settled"]
    assert f"ruling {ruling.id}".encode() in found[0]


def test_a_case_ends_with_its_ruling_or_when_it_is_closed(bank: Till) -> None:
    order = given_up(bank)
    with bank.database.transaction() as tx:
        (case,) = [c for c in open_cases(tx) if c.order_id == order.id]
        with pytest.raises(Refusal) as refused:
            close_case(tx, ANNA, case.id, WHY, bank.clock.now())
    assert refused.value.code == "payment.ruling_needed"
    release(bank, propose(bank, order, State.REJECTED))
    bank.answer(says(bank, order, "ACSC"))
    with bank.database.transaction() as tx:
        late = [c for c in bank.cases([order.id]) if c.id != case.id]
        close_case(tx, ANNA, late[0].id, WHY, bank.clock.now())
        close_case(tx, ANNA, late[0].id, WHY, bank.clock.now())
        assert [c for c in open_cases(tx) if c.order_id == order.id] == []


def _unknown_payment(tx: Tx, bank: Till) -> None:
    propose_ruling(tx, ANNA, uuid4(), State.SETTLED, WHY, bank.clock.now())


def _no_reason(tx: Tx, bank: Till) -> None:
    propose_ruling(tx, ANNA, uuid4(), State.SETTLED, "   no   ", bank.clock.now())


def _unknown_ruling(tx: Tx, bank: Till) -> None:
    release_ruling(tx, bank.ledger, BO, uuid4(), bank.clock.now())


def _unknown_case(tx: Tx, bank: Till) -> None:
    close_case(tx, ANNA, uuid4(), WHY, bank.clock.now())


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (_unknown_payment, "payment.unknown"),
        (_no_reason, "payment.no_reason"),
        (_unknown_ruling, "payment.unknown_ruling"),
        (_unknown_case, "payment.unknown_case"),
    ],
)
def test_what_is_not_there_or_not_said_is_refused(
    bank: Till, act: Callable[[Tx, Till], None], code: str
) -> None:
    with bank.database.transaction() as tx, pytest.raises(Refusal) as refused:
        act(tx, bank)
    assert refused.value.code == code


def test_only_an_order_that_is_disputed_or_given_up_is_for_persons() -> None:
    sent = [(EventKind.SENT, 0)]
    silent = [*sent, (EventKind.TIMED_OUT, 0)]
    assert ruled(fold(sent), settled=True) is None
    assert ruled(fold(silent), settled=True) is None
    assert ruled(fold([*silent, (EventKind.GIVEN_UP, 0)]), settled=True) is not None
    assert ruled(fold([*sent, (EventKind.DISPUTED, 0)]), settled=False) is not None
    assert ruled(fold([*sent, (EventKind.SETTLED, 0)]), settled=True) is None
