"""The loop between the books and a rail: what is handed over, asked, heard, and put to a person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from tests.payments.orders.till import NOON, PATIENCE, Till

from heliu.books.evidence.api import leaves
from heliu.ground.errors import Outage
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after
from heliu.payments.orders.api import PaymentOrder, Pumped, State
from heliu.payments.orders.domain.order import instruction_id, query_id
from heliu.payments.orders.service_pump import compose, note_silence
from heliu.payments.rails.api import Faults, Form, Profile
from heliu.payments.rails.domain.answering import (
    Answering,
    Told,
    not_received,
    notification,
    payment_return,
    status_report,
)

SIGNED = Answering("RAIL1", NOON)


def about(order: PaymentOrder, fen: int = 0) -> Told:
    amount = Money(fen) if fen else order.order.amount
    ids = instruction_id(order.id), order.end_to_end_id
    return Told(*ids, amount, Form.CLEARING, "1000000000000001")


def status(order: PaymentOrder, code: str, fen: int = 0, reason: str | None = None) -> bytes:
    return status_report(about(order, fen), SIGNED, code, reason)


def sent(bank: Till) -> PaymentOrder:
    (order,) = bank.placed(bank.order("a"))
    bank.pump()
    return order


def never(order: PaymentOrder) -> bytes:
    return not_received(instruction_id(order.id), order.end_to_end_id, SIGNED, "NOOR")


def case_codes(bank: Till) -> list[str]:
    return [case.code.value for case in bank.cases()]


def test_an_order_goes_out_once_and_is_settled_by_the_rails_answers(bank: Till) -> None:
    (order,) = bank.placed(bank.order("a"))
    assert bank.pump() == Pumped(0, 0, 1)
    assert bank.out() == [f"{instruction_id(order.id)}.xml"]
    assert bank.state(order) is State.SENT
    simulator = bank.simulator()
    simulator.step()
    assert bank.pump() == Pumped(3, 0, 0)  # accepted, settled, and the account was debited
    assert bank.state(order) is State.SETTLED
    assert bank.events(order) == ["sent", "accepted", "settled"]
    assert bank.balance() == (90_000, 90_000)
    assert simulator.paid(order.end_to_end_id) == [Money(10_000)]
    assert bank.violations() == []
    assert bank.cases() == []


def test_a_settled_payment_is_told_and_proven(bank: Till) -> None:
    order = sent(bank)
    bank.answer(status(order, "ACSC"))
    with bank.database.transaction() as tx:
        told = [fact for fact in facts_after(tx, 0, 100) if fact.kind.endswith("settled.v1")]
        assert [fact.body["parties"] for fact in told] == [list(order.order.parties)]
        assert "account" not in str(told[0].body)
        assert [leaf.kind for leaf in leaves(tx, [order.id])] == ["payment_settled"]


def test_a_rejected_payment_gives_the_money_back_with_its_reason(bank: Till) -> None:
    order = sent(bank)
    bank.answer(status(order, "RJCT", reason="AC04"))
    assert bank.state(order) is State.REJECTED
    assert bank.balance() == (100_000, 100_000)
    with bank.database.transaction() as tx:
        rejected = [f for f in facts_after(tx, 0, 100) if f.kind.endswith("rejected.v1")]
    assert [fact.body["reason"] for fact in rejected] == ["AC04"]


def test_a_silent_rail_is_asked_about_the_payment_and_never_paid_again(bank: Till) -> None:
    order = sent(bank)
    bank.wait(11)
    assert bank.pump() == Pumped(0, 1, 1)
    assert bank.out() == [f"{instruction_id(order.id)}.xml", f"{query_id(order.id, 1)}.xml"]
    assert bank.state(order) is State.UNKNOWN
    bank.answer(status(order, "ACSC"))
    assert bank.state(order) is State.SETTLED
    assert bank.violations() == []


def test_what_the_rail_never_received_is_handed_over_as_the_same_message(bank: Till) -> None:
    order = sent(bank)
    path = bank.folder / "out" / f"{instruction_id(order.id)}.xml"
    first = path.read_bytes()
    path.unlink()
    bank.wait(11)
    bank.pump()
    bank.answer(never(order))
    assert path.read_bytes() == first
    assert bank.state(order) is State.SENT
    assert bank.events(order) == ["sent", "timed_out", "asked", "never_arrived", "sent"]


def test_after_enough_questions_the_outcome_is_left_to_a_person_but_still_heard(
    bank: Till,
) -> None:
    order = sent(bank)
    for _ in range(PATIENCE.questions + 2):
        bank.wait(60)
        bank.pump()
    assert case_codes(bank) == ["unresolved"]
    assert bank.state(order) is State.UNKNOWN
    assert bank.balance() == (100_000, 90_000)
    bank.answer(status(order, "ACSC"))
    assert bank.state(order) is State.SETTLED


def test_a_return_brings_the_money_back_to_the_payer(bank: Till) -> None:
    order = sent(bank)
    bank.answer(status(order, "ACSC"), payment_return(about(order), SIGNED, "AC04"))
    assert bank.state(order) is State.RETURNED
    assert bank.balance() == (100_000, 100_000)
    assert bank.violations() == []


def test_a_partial_return_brings_back_what_came_and_a_person_looks_at_the_rest(
    bank: Till,
) -> None:
    order = sent(bank)
    bank.answer(status(order, "ACSC"), payment_return(about(order, 9_000), SIGNED, "AC04"))
    assert bank.balance() == (99_000, 99_000)
    assert case_codes(bank) == ["return_differs"]


def test_a_credit_on_our_account_under_our_id_is_a_return(bank: Till) -> None:
    order = sent(bank)
    credit = notification(about(order), SIGNED).replace(b"DBIT", b"CRDT")
    bank.answer(notification(about(order), SIGNED), credit)
    assert bank.state(order) is State.RETURNED


def test_an_entry_that_is_only_announced_moves_nothing(bank: Till) -> None:
    order = sent(bank)
    bank.answer(notification(about(order), SIGNED).replace(b"BOOK", b"PDNG"))
    assert bank.state(order) is State.SENT
    assert bank.cases() == []


ANSWERS: list[tuple[str, Callable[[PaymentOrder], list[bytes]], State]] = [
    ("wrong_amount", lambda o: [status(o, "ACSC", 10_001)], State.DISPUTED),
    ("wrong_amount", lambda o: [notification(about(o, 1), SIGNED)], State.DISPUTED),
    ("status_unknown", lambda o: [status(o, "ACWC")], State.SENT),
    (
        "rejected_after_acceptance",
        lambda o: [status(o, "ACSP"), status(o, "RJCT")],
        State.REJECTED,
    ),
    (
        "rejected_after_settlement",
        lambda o: [status(o, "ACSC"), status(o, "RJCT")],
        State.SETTLED,
    ),
    (
        "settled_after_rejection",
        lambda o: [status(o, "RJCT"), status(o, "ACSC")],
        State.REJECTED,
    ),
    (
        "return_unexpected",
        lambda o: [status(o, "RJCT"), payment_return(about(o), SIGNED, "AC04")],
        State.REJECTED,
    ),
]


@pytest.mark.parametrize(("code", "bodies", "state"), ANSWERS)
def test_what_does_not_fit_is_a_case_of_its_order(
    bank: Till, code: str, bodies: Callable[[PaymentOrder], list[bytes]], state: State
) -> None:
    order = sent(bank)
    bank.answer(*bodies(order))
    assert [(c.code.value, c.order_id) for c in bank.cases()] == [(code, order.id)]
    assert bank.state(order) is state
    assert bank.violations() == []


NOBODYS = Told("M", "HE0", Money(1), Form.CLEARING, "1")
STRANGE = [
    ("unknown_reference", status_report(NOBODYS, SIGNED, "ACSC")),
    ("unknown_reference", notification(NOBODYS, SIGNED)),
    ("unreadable", b"no message at all"),
    ("unreadable", b"<Document><FIToFIPmtStsRpt/>"),
    ("unreadable", b"<!DOCTYPE x [<!ENTITY a 'b'>]><Document>&a;</Document>"),
    ("unreadable", b""),
]


@pytest.mark.parametrize(("code", "body"), STRANGE)
def test_what_is_not_about_our_payments_is_a_case_of_its_message(
    bank: Till, code: str, body: bytes
) -> None:
    bank.answer(body, body)
    assert [(c.code.value, c.order_id) for c in bank.cases()] == [(code, None)]
    (case,) = bank.cases()
    assert case.reason.zh
    assert case.cure.en


def test_a_duplicate_answer_changes_nothing(bank: Till) -> None:
    order = sent(bank)
    bank.answer(status(order, "ACSC"), status(order, "ACSC"))
    bank.answer(status(order, "ACSC"))
    bank.answer(status_report(about(order), replace(SIGNED, message_id="RAIL2"), "ACSC"))
    assert bank.events(order) == ["sent", "settled"]
    assert bank.cases() == []


def test_a_rejected_question_rejects_no_payment(bank: Till) -> None:
    order = sent(bank)
    bank.wait(11)
    bank.pump()
    asked = Told(query_id(order.id, 1), "NOTPROVIDED", Money(10_000), Form.CLEARING, "1")
    bank.answer(status_report(asked, SIGNED, "RJCT", "FF01"))
    assert bank.state(order) is State.UNKNOWN
    assert bank.cases() == []


def test_a_rejected_group_rejects_its_one_payment(bank: Till) -> None:
    order = sent(bank)
    report = status(order, "RJCT")
    head, _, rest = report.partition(b"</OrgnlGrpInfAndSts>")
    tail = rest[rest.index(b"</TxInfAndSts>") + len(b"</TxInfAndSts>") :]
    bank.answer(head + b"<GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>" + tail)
    assert bank.state(order) is State.REJECTED


def test_a_customer_of_a_settlement_bank_pays_by_pain_001(bank: Till) -> None:
    (order,) = bank.placed(bank.order("a"))
    rail = bank.rail(Profile(form=Form.CUSTOMER))
    bank.pump(rail)
    assert b"CstmrCdtTrfInitn" in (bank.folder / "out" / bank.out()[0]).read_bytes()
    bank.simulator().step()
    bank.pump(rail)
    assert bank.state(order) is State.SETTLED


def test_a_rail_that_takes_nothing_is_an_outage_and_the_order_waits(bank: Till) -> None:
    (order,) = bank.placed(bank.order("a"))
    rail = bank.rail()
    (bank.folder / "out").rmdir()
    with pytest.raises(Outage):
        bank.pump(rail)
    assert bank.state(order) is State.INSTRUCTED
    (bank.folder / "out").mkdir()
    bank.pump(rail)
    assert bank.state(order) is State.SENT


def test_a_message_composed_before_a_crash_goes_out_as_it_was(bank: Till) -> None:
    bank.placed(bank.order("a"))
    with bank.database.transaction() as tx:
        first = compose(tx, Profile(), bank.clock.now())
        later = compose(tx, Profile(name="Other"), datetime.max.replace(tzinfo=NOON.tzinfo))
    assert first == later


def test_nothing_is_noted_as_silent_before_its_time(bank: Till) -> None:
    sent(bank)
    with bank.database.transaction() as tx:
        assert note_silence(tx, bank.clock.now(), PATIENCE) == 0


def test_a_rail_that_loses_everything_ends_in_a_case(bank: Till) -> None:
    (order,) = bank.placed(bank.order("a"))
    simulator = bank.simulator(Faults(lose_instruction=1, lose_answer=1))
    for _ in range(20):
        bank.pump()
        simulator.step()
        bank.wait(60)
    assert case_codes(bank) == ["unresolved"]
    assert simulator.paid(order.end_to_end_id) == []
