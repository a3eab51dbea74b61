"""Publications are recorded once, proven, and count for so many days."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from heliu.books.evidence.api import leaves_of_kind
from heliu.credit.benchmarks.api import (
    LONGEST_DAYS,
    Moment,
    Publication,
    Taken,
    Wanted,
    listed,
    quotes_on,
    take_in,
)
from heliu.credit.regulation.api import Profile
from heliu.ground.actor import Actor
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

JAN, FEB, MAR = date(2026, 1, 20), date(2026, 2, 24), date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)
AT = Moment(MAR, NOW, Profile.STANDARD)
CLERK = Actor("clerk")


def published(on: date, checked: str | None = "site", **quotes: str) -> Publication:
    said = {f"{tenor[1:]}Y": Decimal(rate) for tenor, rate in quotes.items()}
    return Publication("LPR", on, said, Text("公告", "Publication"), checked)


FIRST = published(JAN, y1="0.0310", y5="0.0360")
SECOND = published(FEB, y1="0.0300", y5="0.0350")


def codes(outcomes: list[Taken | Refusal]) -> list[str]:
    return [one.code if isinstance(one, Refusal) else f"again {one.again}" for one in outcomes]


def test_a_day_that_is_known_answers_the_same_and_takes_no_second_quote(tx: Tx) -> None:
    assert codes(take_in(tx, CLERK, [SECOND, FIRST], AT)) == ["again False"] * 2
    other = published(JAN, y1="0.0309", y5="0.0360")
    partly = published(JAN, y1="0.0310")
    assert codes(take_in(tx, CLERK, [FIRST, other, partly], AT)) == [
        *("again True", "rates.quote_differs", "rates.quote_differs")
    ]
    assert listed(tx, 10) == [SECOND, FIRST]


def test_two_quotes_for_one_day_in_one_batch_are_refused_but_the_first(tx: Tx) -> None:
    other = published(JAN, y1="0.0309")
    assert codes(take_in(tx, CLERK, [FIRST, other], AT)) == ["again False", "rates.quote_differs"]


def test_nothing_is_published_tomorrow(tx: Tx) -> None:
    early = Moment(JAN, NOW, Profile.STANDARD)
    assert codes(take_in(tx, CLERK, [SECOND], early)) == ["rates.in_the_future"]


def test_production_takes_nothing_that_nobody_checked(tx: Tx) -> None:
    production = Moment(MAR, NOW, Profile.PRODUCTION)
    unread = published(FEB, None, y1="0.03")
    assert codes(take_in(tx, CLERK, [FIRST, unread], production)) == [
        *("again False", "rates.unverified")
    ]


@pytest.mark.parametrize(
    ("on", "published_on"),
    [
        (date(2026, 1, 19), None),
        (JAN, JAN),
        (date(2026, 2, 23), JAN),
        (FEB, FEB),
        (date.fromordinal(FEB.toordinal() + LONGEST_DAYS), FEB),
        (date.fromordinal(FEB.toordinal() + LONGEST_DAYS + 1), None),
    ],
)
def test_the_youngest_quote_counts_until_it_is_too_old(
    tx: Tx, on: date, published_on: date | None
) -> None:
    take_in(tx, CLERK, [FIRST, SECOND], AT)
    wanted = Wanted("LPR", "5Y", on)
    found = quotes_on(tx, [wanted, Wanted("LPR", "3Y", on)])
    assert [quote.published_on for quote in found.values()] == ([published_on] * bool(published_on))


def test_a_publication_is_a_leaf_of_evidence(fresh: Database) -> None:
    with fresh.transaction() as tx:
        take_in(tx, CLERK, [FIRST, SECOND], AT)
    with fresh.transaction() as tx:
        take_in(tx, CLERK, [FIRST], AT)
    with fresh.transaction() as tx:
        chunks = leaves_of_kind(tx, "benchmark_publication")
        assert sum(len(chunk) for chunk in chunks) == 2
