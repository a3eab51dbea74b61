"""A million on a voucher: split over three levels, one fragment financed, redeemed to the fen."""

from collections.abc import Iterator

import pytest
from tests.books.vouchers.house import (
    BANK,
    CORE,
    FOUNDRY,
    MILL,
    MINE,
    NOON,
    Till,
    accepted,
    done,
    finance,
    key,
    redemption,
    split,
    the,
    transfer,
)

from heliu.books.ledger.api import Ledger, Options
from heliu.books.vouchers.api import (
    FinancingKind,
    child_fragment,
    holdings,
    rebuild,
    view,
    voucher_violations,
)
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database

MILLION = 100_000_000


@pytest.fixture
def till(fresh: Database) -> Iterator[Till]:
    """The ledger of the story's bank."""
    with Ledger.open(fresh, FixedClock(NOON), Options(wait_seconds=0.2)) as ledger:
        yield Till(ledger)


def test_a_million_is_split_over_three_levels_one_part_financed_and_all_paid_to_the_fen(
    fresh: Database, till: Till
) -> None:
    first = [child_fragment(key("level 1"), n) for n in (1, 2)]
    second = [child_fragment(key("level 2"), n) for n in (1, 2, 3)]
    third = [child_fragment(key("level 3"), n) for n in (1, 2)]
    with fresh.transaction() as tx:
        whole = accepted(tx, MILLION)
        # One batch: what a command makes, the next one uses.
        assert done(
            tx,
            split(whole, 60_000_000, 40_000_000, name="level 1"),
            transfer(first[0], FOUNDRY),
            split(first[0], 33_333_333, 20_000_000, 6_666_667, by=FOUNDRY, name="level 2"),
            transfer(second[0], MINE, by=FOUNDRY),
            split(second[0], 11_111_111, 22_222_222, by=MINE, name="level 3"),
            finance(third[1], 22_000_000, by=MINE, kind=FinancingKind.ASSIGNMENT),
            finance(first[1], 30_000_000, by=MILL),
        ) == ["divided", "transferred", "divided", "transferred", "divided", "financed", "financed"]
    with fresh.transaction() as tx:
        assert [h.open.minor for h in holdings(tx, MINE)] == [11_111_111]
        till.fund(tx, CORE, MILLION)
        assert till.pay(tx, redemption(MILLION)) == ["redeemed"]
    with fresh.transaction() as tx:
        assert {party: till.has(tx, party) for party in (CORE, MILL, FOUNDRY, MINE, BANK)} == {
            CORE: 0,
            MILL: 10_000_000,
            FOUNDRY: 26_666_667,
            MINE: 11_111_111,
            BANK: 22_222_222 + 30_000_000,
        }
        assert voucher_violations(tx) == []
        seen = view(tx, the())
        assert seen.voucher.paid == MILLION
        assert rebuild(tx).fragments == {one.id: one for one in seen.fragments}


def test_a_short_payment_is_shared_by_all_holders_and_the_rest_stays_due(
    fresh: Database, till: Till
) -> None:
    parts = [child_fragment(key("split"), n) for n in (1, 2, 3)]
    with fresh.transaction() as tx:
        whole = accepted(tx, MILLION)
        done(tx, split(whole, 50_000_000, 30_000_000, 20_000_000))
        done(tx, transfer(parts[0], FOUNDRY), transfer(parts[1], MINE))
        till.fund(tx, CORE, 33_333_333)
        assert till.pay(tx, redemption(33_333_333), redemption(1, name="V")) == [
            "redeemed",
            "voucher.no_cover",
        ]
        got = [till.has(tx, party) for party in (FOUNDRY, MINE, MILL)]
        # 50, 30 and 20 per cent of 33,333,333: 16,666,666.5 + 9,999,999.9 + 6,666,666.6.
        assert got == [16_666_666, 10_000_000, 6_666_667]
    with fresh.transaction() as tx:
        till.fund(tx, CORE, MILLION)
        assert till.pay(tx, redemption(MILLION), redemption(66_666_667)) == [
            "voucher.overpaid",
            "redeemed",
        ]
        got = [till.has(tx, party) for party in (FOUNDRY, MINE, MILL)]
        assert got == [50_000_000, 30_000_000, 20_000_000]
    with fresh.transaction() as tx:
        assert voucher_violations(tx) == []
