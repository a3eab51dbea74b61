"""The plan of the simulated ecosystem, and the clock it is lived by."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from heliu.app.ecosystem.cast import CHAINS, Chain, programme_of, suppliers
from heliu.app.ecosystem.clock import BusinessClock, business_days, last_monday, on_business_day
from heliu.app.ecosystem.deeds import Fraud, Manner
from heliu.app.ecosystem.papers import approvals_by_day, papers_by_day
from heliu.app.ecosystem.plan import Scale, plan
from heliu.app.samples.firms import BANK, CORES
from heliu.credit.products.api import parse_programme
from heliu.flows.confluence.api import CONNECTORS
from heliu.flows.intake.api import Blob, read_blob
from heliu.parties.party.api import valid_uscc

MONDAY = date(2026, 3, 2)
SMALL = Scale(suppliers=9, weeks=7, trades_each=3, seed=3)


def test_the_same_seed_is_the_same_plan_and_another_seed_another() -> None:
    assert plan(SMALL, MONDAY) == plan(SMALL, MONDAY)
    assert plan(SMALL, MONDAY).deals != plan(Scale(9, 7, 3, seed=4), MONDAY).deals


def test_every_fraud_is_planned_in_the_whole_story() -> None:
    told = plan(Scale(), MONDAY)
    by_papers = {deal.fraud for deal in told.deals}
    by_requests = {trick for deal in told.deals for trick in deal.tricks}
    assert by_papers | by_requests == {None, *Fraud}


def test_no_two_firms_or_invoices_share_a_number() -> None:
    told = plan(Scale(), MONDAY)
    codes = [s.firm.uscc for s in told.cast] + [core.uscc for core in CORES]
    names = [s.firm.zh for s in told.cast]
    invoices = [(d.trade.supplier.code, d.trade.invoice_no) for d in told.deals]
    assert all(map(valid_uscc, codes))
    assert Counter(codes).most_common(1)[0][1] == 1
    assert Counter(names).most_common(1)[0][1] == 1
    assert Counter(invoices).most_common(1)[0][1] == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_two_honest_invoices_look_like_one_that_was_invoiced_twice(seed: int) -> None:
    honest = [d.trade for d in plan(Scale(seed=seed), MONDAY).deals if d.fraud is None]
    looks = Counter((t.supplier.code, t.invoice_date, t.gross) for t in honest)
    assert looks.most_common(1)[0][1] == 1


def test_every_paper_but_a_transfer_cut_off_is_read_by_the_bank() -> None:
    told = plan(SMALL, MONDAY)
    papers = [paper for sent in papers_by_day(told).values() for paper in sent]
    whole = [paper for paper in papers if not paper.name.startswith("part-")]
    readings = [read_blob(CONNECTORS, Blob("test", p.name, "0" * 64, p.data))[1] for p in whole]
    assert 0 < len(papers) - len(whole) < len(told.deals)
    assert all(len(reading.documents) > 0 for reading in readings)


def test_every_paper_comes_on_a_business_day_from_somebody_with_a_connection() -> None:
    told = plan(SMALL, MONDAY)
    senders = {BANK.code, *(core.code for core in CORES), *(s.firm.code for s in told.cast)}
    papers = papers_by_day(told)
    assert {paper.sender for sent in papers.values() for paper in sent} <= senders
    days = {*papers, *approvals_by_day(told.deals)}
    assert {day.weekday() for day in days} <= {0, 1, 2, 3, 4}


def test_money_is_entrusted_only_where_the_programme_asks_for_it() -> None:
    entrusted = [d for d in plan(Scale(), MONDAY).deals if d.manner is Manner.ENTRUSTED]
    assert entrusted
    assert {d.supplier.chain.programme["programme"] for d in entrusted} == {"beiling-steel"}
    assert all(d.upstream is not None for d in entrusted)
    assert all(d.upstream.gross >= d.trade.gross for d in entrusted if d.upstream)


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.letter)
def test_a_programme_of_the_cast_is_a_programme_of_the_bank(chain: Chain) -> None:
    cast = suppliers(60)
    read = parse_programme(json.dumps(programme_of(chain, cast, "2026-03-02")), "test")
    assert len(read.suppliers) == 20


@pytest.mark.parametrize(
    ("today", "monday"),
    [
        (date(2026, 11, 24), date(2026, 11, 9)),  # a Tuesday: two weeks up to Friday the 20th
        (date(2026, 11, 21), date(2026, 11, 9)),
        (date(2026, 11, 20), date(2026, 11, 2)),  # that Friday itself is not over yet
        (date(2026, 11, 23), date(2026, 11, 9)),
    ],
)
def test_the_story_ends_on_the_last_friday_that_is_over(today: date, monday: date) -> None:
    assert last_monday(today, 2) == monday
    assert business_days(monday, 2)[-1] < today


def test_a_weekend_is_put_off_to_monday() -> None:
    saturday = date(2026, 3, 7)
    days = [on_business_day(saturday + timedelta(days=n)) for n in (-1, 0, 1, 2)]
    assert days == [date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 9)]


def test_the_clock_jumps_days_and_never_runs_back() -> None:
    clock = BusinessClock(MONDAY)
    before = clock.now()
    clock.open_day(MONDAY)
    opened = clock.now()
    clock.skip(timedelta(hours=1))
    assert (clock.today(), clock.now().tzinfo) == (MONDAY, UTC)
    assert before < opened <= clock.now() - timedelta(hours=1)
    later = datetime(2026, 5, 1, tzinfo=UTC)
    clock.catch_up(later)
    assert clock.now() >= later
    clock.catch_up(datetime(2026, 4, 1, tzinfo=UTC))
    assert clock.now() >= later
