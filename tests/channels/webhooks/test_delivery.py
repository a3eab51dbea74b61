"""The life of a delivery and the health of an endpoint."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.channels.webhooks.domain.delivery import (
    AT_ONCE,
    LONGEST_PAUSE,
    MAX_TRIES,
    Attempt,
    Delivery,
    Fault,
    Health,
    State,
    after,
    pause_after,
)

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MIDDLE = Decimal("0.5")
DUE = Delivery(UUID(int=1), UUID(int=2), UUID(int=3), "credit.paid.v1", "{}", NOON, NOON)
TAKEN, REFUSED = Attempt(NOON, SECOND, 204), Attempt(NOON, SECOND, 500)
SILENT, GONE = Attempt(NOON, SECOND, fault=Fault.TIMEOUT), Attempt(NOON, SECOND, 410)
chances = st.decimals(0, Decimal("0.999999"), places=6)


@pytest.mark.parametrize(
    ("attempt", "state", "wait_seconds"),
    [
        (TAKEN, State.DELIVERED, 0),
        (Attempt(NOON, SECOND, 200), State.DELIVERED, 0),
        (Attempt(NOON, SECOND, 302), State.DUE, 5),
        (REFUSED, State.DUE, 5),
        (SILENT, State.DUE, 5),
        (GONE, State.DEAD, 0),
    ],
)
def test_a_delivery_after_its_first_attempt(
    attempt: Attempt, state: State, wait_seconds: int
) -> None:
    tried = after(DUE, attempt, MIDDLE)
    assert (tried.state, tried.attempts, tried.tries) == (state, 1, 1)
    assert tried.next_at - NOON == wait_seconds * SECOND
    assert tried.message_id == DUE.message_id == "msg_" + UUID(int=1).hex


def test_a_delivery_that_nobody_takes_is_given_up_after_a_good_day() -> None:
    delivery, waited = DUE, timedelta()
    while delivery.state is State.DUE:
        began = delivery.next_at
        delivery = after(delivery, Attempt(began, SECOND, 500), MIDDLE)
        waited += delivery.next_at - began
    assert (delivery.state, delivery.tries) == (State.DEAD, MAX_TRIES)
    assert timedelta(days=1) < waited < timedelta(days=2)


@given(tries=st.integers(1, MAX_TRIES - 1), chance=chances, other=chances)
def test_every_pause_is_longer_than_any_before_it(
    tries: int, chance: Decimal, other: Decimal
) -> None:
    assert pause_after(tries, chance) < pause_after(tries + 1, other)


@given(tries=st.integers(1, MAX_TRIES), chance=chances)
def test_chance_spreads_a_pause_by_a_quarter_at_most(tries: int, chance: Decimal) -> None:
    plain = pause_after(tries, MIDDLE)
    assert abs(pause_after(tries, chance) - plain) <= plain / 4


def test_a_well_endpoint_gets_many_at_once_and_a_failing_one_is_probed_after_its_pause() -> None:
    well = Health()
    assert well.share(NOON) == AT_ONCE
    failing = well.after([REFUSED, SILENT], MIDDLE)
    assert [failing.share(NOON + s * SECOND) for s in (0, 4, 5)] == [0, 0, 1]
    worse = failing.after([REFUSED], MIDDLE)
    assert [worse.share(NOON + s * SECOND) for s in (5, 19, 20)] == [0, 0, 1]
    assert worse.after([TAKEN], MIDDLE) == well


def test_one_message_that_is_never_taken_does_not_make_an_endpoint_ill() -> None:
    assert Health().after([REFUSED, TAKEN], MIDDLE) == Health()


@given(failures=st.integers(0, 12), chance=chances)
def test_an_endpoint_is_probed_every_five_minutes_at_least(failures: int, chance: Decimal) -> None:
    assert Health(failures).after([SILENT], chance).share(NOON + LONGEST_PAUSE) == 1
