"""Lock-out: waits that only grow, for a log-in and for an address."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.parties.identity.door import MINUTE, NOON

from heliu.parties.identity.domain.lockout import (
    FREE_TRIES,
    LONGEST_WAIT,
    Tally,
    Whose,
    wait_after,
)

counts = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, None), (4, None), (5, MINUTE), (6, 2 * MINUTE), (15, 1024 * MINUTE), (16, LONGEST_WAIT)],
)
def test_a_login_waits_from_the_fifth_failure_on(failures: int, wait: timedelta | None) -> None:
    assert wait_after(Whose.LOGIN, failures) == wait


@given(whose=st.sampled_from(Whose), one=counts, other=counts)
def test_more_failures_never_wait_less(whose: Whose, one: int, other: int) -> None:
    less, more = (wait_after(whose, n) or timedelta(0) for n in sorted((one, other)))
    assert less <= more <= LONGEST_WAIT


@given(days=st.integers(1, 365))
def test_whoever_guesses_as_fast_as_he_may_has_fewer_than_a_hundred_tries_in_a_month(
    days: int,
) -> None:
    now, tally, tries = NOON, Tally(Whose.LOGIN), 0
    while now < NOON + timedelta(days=days):
        tally, tries = tally.failed(now), tries + 1
        now = tally.open_at() or now
    assert tries <= 16 + days


def test_an_address_is_forgiven_a_day_after_its_wait_and_a_login_only_by_success() -> None:
    many = FREE_TRIES[Whose.ADDRESS]
    address, login = Tally(Whose.ADDRESS, many, NOON), Tally(Whose.LOGIN, 5, NOON)
    later = NOON + timedelta(days=1, minutes=1)
    assert address.failed(later - timedelta(seconds=1)).failures == many + 1
    assert address.failed(later).failures == 1
    assert login.failed(later + timedelta(days=400)).failures == 6


def test_who_never_failed_does_not_wait() -> None:
    assert Tally(Whose.LOGIN).open_at() is None
