"""People of the bank find receivables by what they know of them, page by page."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from heliu.credit.applications.api import (
    Asked,
    Decided,
    Receivable,
    count_receivables,
    keep_receivables,
    search_receivables,
    traded_pairs,
)
from heliu.ground.db import Tx
from heliu.ground.money import Money

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)


def receivable(number: int, supplier: str, buyer: str, on: date) -> Receivable:
    return Receivable(
        id=UUID(int=number),
        verification_id=UUID(int=number + 100),
        programme="steel" if number % 2 else "dairy",
        supplier=supplier,
        buyer=buyer,
        invoice_no=f"INV-{number}",
        eligible=Money(number * 100, "CNY"),
        issued_on=on,
        due_on=date(2026, 7, number),
        claimed=None,
        features={},
        evidence=(),
        verified_on=on,
    )


EARLY, LATE = date(2026, 5, 1), date(2026, 5, 2)
KNOWN = (
    receivable(1, "S1", "B1", EARLY),
    receivable(2, "S1", "B2", LATE),
    receivable(3, "S2", "B1", LATE),
    receivable(4, "S1", "B1", LATE),
)


@pytest.fixture
def kept(tx: Tx) -> Tx:
    keep_receivables(tx, KNOWN, NOW)
    return tx


def numbers(found: list[Receivable]) -> list[int]:
    return [one.id.int for one in found]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked(), [4, 3, 2, 1]),
        (Asked(party="S1"), [4, 2, 1]),
        (Asked(party="B1"), [4, 3, 1]),
        (Asked(programme="steel"), [3, 1]),
        (Asked(words="inv-2"), [2]),
        (Asked(words="%"), []),
        (Asked(due_from=date(2026, 7, 2), due_until=date(2026, 7, 4)), [3, 2]),
        (Asked(decided=Decided.NOT_ASKED), [4, 3, 2, 1]),
        (Asked(decided=Decided.APPROVED), []),
        (Asked(party="S1", words="INV", due_until=date(2026, 7, 2)), [1]),
    ],
)
def test_a_search_finds_what_fits_every_filter_the_youngest_first(
    kept: Tx, asked: Asked, found: list[int]
) -> None:
    assert numbers(search_receivables(kept, asked, None, 10)) == found
    assert count_receivables(kept, asked, 10) == len(found)


def test_pages_hold_every_row_once(kept: Tx) -> None:
    first = search_receivables(kept, Asked(), None, 2)
    rest = search_receivables(kept, Asked(), (first[-1].verified_on, first[-1].id), 10)
    assert numbers(first) + numbers(rest) == [4, 3, 2, 1]
    assert count_receivables(kept, Asked(), 3) == 3


def test_pairs_are_added_up_the_largest_first(kept: Tx) -> None:
    assert [
        (p.supplier, p.buyer, p.count, p.eligible.minor) for p in traded_pairs(kept, None, 9)
    ] == [
        ("S1", "B1", 2, 500),
        ("S2", "B1", 1, 300),
        ("S1", "B2", 1, 200),
    ]
    assert [(p.supplier, p.buyer) for p in traded_pairs(kept, ["S2"], 9)] == [("S2", "B1")]
    assert len(traded_pairs(kept, None, 1)) == 1
