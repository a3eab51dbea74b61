"""The life of an order on a rail: what each answer does, and the laws of every history."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from heliu.ground.money import Money
from heliu.payments.orders.domain.machine import (
    CaseCode,
    EventKind,
    Patience,
    Progress,
    Stated,
    Step,
    Waiting,
    Worth,
    after,
    answered,
    fold,
    handed,
    overdue,
    silence,
)
from heliu.payments.orders.domain.order import OPEN, State
from heliu.payments.rails.api import Verdict

HUNDRED = Money(10_000)
RIGHT, WRONG = Stated(Decimal("100.00"), "CNY"), Stated(Decimal("100.01"), "CNY")
PATIENCE = Patience(timedelta(seconds=10), timedelta(seconds=40), questions=3, handings=2)
K = EventKind
HISTORIES = {
    State.INSTRUCTED: [],
    State.SENT: [K.SENT],
    State.ACCEPTED: [K.SENT, K.ACCEPTED],
    State.UNKNOWN: [K.SENT, K.TIMED_OUT, K.ASKED],
    State.DISPUTED: [K.SENT, K.DISPUTED],
    State.SETTLED: [K.SENT, K.SETTLED],
    State.REJECTED: [K.SENT, K.REJECTED],
    State.RETURNED: [K.SENT, K.SETTLED, K.RETURNED],
}


def at(state: State) -> Progress:
    return fold([(kind, 10_000 if kind is K.RETURNED else 0) for kind in HISTORIES[state]])


def told(step: Step) -> tuple[list[EventKind], CaseCode | None, Worth]:
    return [kind for kind, _ in step.events], step.case, step.worth


A, S, R, N, B = Verdict
C, W = CaseCode, Worth
TABLE = [
    (State.INSTRUCTED, A, RIGHT, [K.ACCEPTED], None, W.APPLIED),
    (State.SENT, A, None, [K.ACCEPTED], None, W.APPLIED),
    (State.UNKNOWN, A, None, [K.ACCEPTED], None, W.APPLIED),
    (State.ACCEPTED, A, None, [], None, W.REPEATED),
    (State.SETTLED, A, None, [], None, W.LATE),
    (State.REJECTED, A, None, [], None, W.LATE),
    (State.INSTRUCTED, S, None, [K.SETTLED], None, W.APPLIED),
    (State.SENT, S, RIGHT, [K.SETTLED], None, W.APPLIED),
    (State.ACCEPTED, S, RIGHT, [K.SETTLED], None, W.APPLIED),
    (State.UNKNOWN, S, RIGHT, [K.SETTLED], None, W.APPLIED),
    (State.SETTLED, S, RIGHT, [], None, W.REPEATED),
    (State.RETURNED, S, RIGHT, [], None, W.REPEATED),
    (State.DISPUTED, S, RIGHT, [], None, W.LATE),
    (State.REJECTED, S, RIGHT, [], C.SETTLED_AFTER_REJECTION, W.CASE),
    (State.SENT, R, None, [K.REJECTED], None, W.APPLIED),
    (State.UNKNOWN, R, None, [K.REJECTED], None, W.APPLIED),
    (State.ACCEPTED, R, None, [K.REJECTED], C.REJECTED_AFTER_ACCEPTANCE, W.APPLIED),
    (State.REJECTED, R, None, [], None, W.REPEATED),
    (State.SETTLED, R, None, [], C.REJECTED_AFTER_SETTLEMENT, W.CASE),
    (State.RETURNED, R, None, [], None, W.LATE),
    (State.DISPUTED, R, None, [], None, W.LATE),
    (State.SENT, S, WRONG, [K.DISPUTED], C.WRONG_AMOUNT, W.CASE),
    (State.UNKNOWN, R, WRONG, [K.DISPUTED], C.WRONG_AMOUNT, W.CASE),
    (State.ACCEPTED, S, Stated(Decimal(100), "USD"), [K.DISPUTED], C.WRONG_AMOUNT, W.CASE),
    (State.SETTLED, S, WRONG, [], C.WRONG_AMOUNT, W.CASE),
    (State.DISPUTED, S, WRONG, [], C.WRONG_AMOUNT, W.CASE),
    (State.UNKNOWN, N, None, [K.NEVER_ARRIVED], None, W.APPLIED),
    (State.SENT, N, None, [], None, W.LATE),
    (State.SETTLED, N, None, [], None, W.LATE),
    (State.SETTLED, B, RIGHT, [K.RETURNED], None, W.APPLIED),
    (State.SETTLED, B, Stated(Decimal(99), "CNY"), [K.RETURNED], C.RETURN_DIFFERS, W.APPLIED),
    (State.SETTLED, B, WRONG, [], C.RETURN_DIFFERS, W.CASE),
    (State.SETTLED, B, None, [], C.RETURN_DIFFERS, W.CASE),
    (State.SETTLED, B, Stated(Decimal("0.001"), "CNY"), [], C.RETURN_DIFFERS, W.CASE),
    (State.SENT, B, RIGHT, [K.SETTLED, K.RETURNED], None, W.APPLIED),
    (State.RETURNED, B, RIGHT, [], None, W.REPEATED),
    (State.RETURNED, B, Stated(Decimal(1), "CNY"), [], C.RETURN_DIFFERS, W.CASE),
    (State.REJECTED, B, RIGHT, [], C.RETURN_UNEXPECTED, W.CASE),
    (State.DISPUTED, B, RIGHT, [], C.RETURN_UNEXPECTED, W.CASE),
]


@pytest.mark.parametrize(("state", "verdict", "stated", "kinds", "case", "worth"), TABLE)
def test_an_answer_does_what_the_table_says(
    state: State,
    verdict: Verdict,
    stated: Stated | None,
    kinds: list[EventKind],
    case: CaseCode | None,
    worth: Worth,
) -> None:
    assert told(answered(at(state), HUNDRED, verdict, stated, PATIENCE)) == (kinds, case, worth)


def test_the_time_between_two_questions_doubles_up_to_the_longest() -> None:
    progress, waits = at(State.SENT), []
    for _ in range(PATIENCE.questions):
        wait = silence(progress, PATIENCE)
        assert wait is not None
        waits.append(wait.total_seconds())
        progress = after(after(progress, K.TIMED_OUT), K.ASKED)
    assert waits == [10, 20, 40]
    assert told(overdue(progress, PATIENCE)) == ([K.GIVEN_UP], C.UNRESOLVED, W.APPLIED)


def test_a_given_up_order_is_asked_about_no_more_but_still_hears_its_answer() -> None:
    given_up = fold([(K.SENT, 0), (K.TIMED_OUT, 0), (K.ASKED, 0), (K.GIVEN_UP, 0)])
    assert silence(given_up, PATIENCE) is None
    assert told(overdue(given_up, PATIENCE)) == ([], None, W.REPEATED)
    assert told(answered(given_up, HUNDRED, N, None, PATIENCE)) == ([], None, W.LATE)
    assert told(answered(given_up, HUNDRED, S, RIGHT)) == ([K.SETTLED], None, W.APPLIED)


def test_a_message_that_never_arrives_is_handed_over_so_often_and_then_left_to_a_person() -> None:
    again = [(K.SENT, 0), (K.TIMED_OUT, 0), (K.ASKED, 0), (K.NEVER_ARRIVED, 0)]
    progress = fold([*again, *again[:3]])
    assert told(answered(progress, HUNDRED, N, None, PATIENCE)) == (
        [K.GIVEN_UP],
        C.UNRESOLVED,
        W.APPLIED,
    )


def test_what_an_answer_overtook_is_not_noted_as_handed_over() -> None:
    assert handed(at(State.SETTLED)).events == ()
    assert told(handed(Progress())) == ([K.SENT], None, W.APPLIED)


amounts = st.sampled_from([None, RIGHT, WRONG, Stated(Decimal(50), "CNY"), Stated(Decimal(0), "")])


class AnyHistory(RuleBasedStateMachine):
    """Whatever a rail says in whatever order, an order ends once and is handed over by rule."""

    @initialize()
    def placed(self) -> None:
        self.progress = Progress()
        self.events: list[tuple[EventKind, int]] = []
        self.never_received = 0

    def do(self, step: Step) -> None:
        before = self.progress
        for kind, amount in step.events:
            self.progress = after(self.progress, kind, amount)
        self.events += step.events
        assert before.state in OPEN or self.progress.state in (before.state, State.RETURNED)

    @rule(verdict=st.sampled_from(Verdict), stated=amounts)
    def the_rail_answers(self, verdict: Verdict, stated: Stated | None) -> None:
        self.never_received += verdict is Verdict.NOT_RECEIVED
        self.do(answered(self.progress, HUNDRED, verdict, stated, PATIENCE))

    @precondition(lambda self: self.progress.waiting is not None)
    @rule()
    def the_message_is_handed_over(self) -> None:
        self.do(handed(self.progress))

    @precondition(lambda self: silence(self.progress, PATIENCE) is not None)
    @rule()
    def time_passes(self) -> None:
        self.do(overdue(self.progress, PATIENCE))

    @invariant()
    def it_ends_once_and_returns_at_most_what_was_paid(self) -> None:
        kinds = [kind for kind, _ in self.events]
        assert kinds.count(K.SETTLED) + kinds.count(K.REJECTED) <= 1
        assert kinds.count(K.RETURNED) <= kinds.count(K.SETTLED)
        assert sum(amount for _, amount in self.events) <= HUNDRED.minor

    @invariant()
    def it_is_handed_over_again_only_after_the_rail_never_received_it(self) -> None:
        assert self.progress.handed <= min(PATIENCE.handings, 1 + self.never_received)
        assert self.progress.asked <= PATIENCE.questions

    @invariant()
    def something_always_moves_it_on_until_it_ends_or_a_person_looks(self) -> None:
        stuck = self.progress.state in OPEN and not self.progress.given_up
        waits = self.progress.waiting is not None or silence(self.progress, PATIENCE) is not None
        assert waits or not stuck

    @invariant()
    def its_state_is_the_fold_of_its_events(self) -> None:
        assert fold(self.events) == self.progress


TestAnyHistory = AnyHistory.TestCase


@given(st.integers(0, 50))
def test_no_wait_is_longer_than_the_longest(asked: int) -> None:
    wait = silence(Progress(State.UNKNOWN, asked=asked, waiting=None), PATIENCE)
    assert wait is not None
    assert wait <= PATIENCE.longest


def test_a_question_that_waits_is_not_timed_out_again() -> None:
    waiting = fold([(K.SENT, 0), (K.TIMED_OUT, 0)])
    assert waiting.waiting is Waiting.QUERY
    assert silence(waiting, PATIENCE) is None
    assert told(handed(waiting)) == ([K.ASKED], None, W.APPLIED)
