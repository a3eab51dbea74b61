"""The uniqueness registry: one receivable is claimed once, however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.flows.screening.api import (
    ClaimCommand,
    ClaimOutcome,
    ClaimStatus,
    Receivable,
    claim,
    claim_violations,
    claims_on,
    release,
)
from heliu.flows.screening.domain.registry import Standing, canonical_number, met
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Outage
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
WON, TAKEN, LOOK_ALIKE = ClaimStatus
INVOICE = Receivable(
    seller="91310000MA1FL0A123",
    buyer="91440300MA5DC0B456",
    code="3100223130",
    number="08812345",
    issued_on=date(2026, 5, 20),
    amount=Money(11_300_00),
    document_id=derived_id("document", "1"),
)
RENUMBERED = replace(INVOICE, number="99000017", document_id=derived_id("document", "2"))


def holder(name: str) -> UUID:
    return derived_id("holder", name)


def asks(name: str, receivable: Receivable = INVOICE, waiver: str | None = None) -> ClaimCommand:
    return ClaimCommand(receivable, holder(name), AT, waiver)


def claimed(tx: Tx, *commands: ClaimCommand) -> list[ClaimStatus]:
    return [outcome.status for outcome in claim(tx, SYSTEM, commands)]


def test_the_first_claim_wins_and_the_second_is_told_whom_it_met(tx: Tx) -> None:
    first, second = claim(tx, SYSTEM, [asks("A"), asks("B")])
    assert (first.status, second.status) == (WON, TAKEN)
    assert second.opposed_by == first.claim_id
    assert second.refusal is not None
    assert second.refusal.code == "screening.already_claimed"


def test_every_claim_on_a_receivable_is_told_and_which_one_stands(tx: Tx) -> None:
    claim(tx, SYSTEM, [asks("A"), asks("B"), asks("C", RENUMBERED)])
    told = claims_on(tx, INVOICE)
    assert sorted((one.status, one.stands) for one in told) == sorted(
        [(WON, True), (TAKEN, False), (LOOK_ALIKE, False)]
    )
    release(tx, [holder("A")], AT)
    assert not any(one.stands for one in claims_on(tx, INVOICE))


def test_the_same_holder_gets_its_own_claim_again(tx: Tx) -> None:
    [first] = claim(tx, SYSTEM, [asks("A")])
    assert claim(tx, SYSTEM, [asks("A"), asks("A")]) == [ClaimOutcome(first.claim_id, WON)] * 2


@pytest.mark.parametrize(
    "written",
    [
        {"number": "8812345"},
        {"number": " 0881-2345 "},
        {"number": "０８８１２３４５"},
        {"seller": "91310000ma1fl0a123"},
        {"buyer": "9144 0300 MA5D C0B4 56"},
        {"code": "３１００２２３１３０"},
        {"document_id": derived_id("document", "scanned again")},
    ],
)
def test_another_writing_of_one_invoice_is_the_same_receivable(
    tx: Tx, written: dict[str, str]
) -> None:
    assert claimed(tx, asks("A"), asks("B", replace(INVOICE, **written))) == [WON, TAKEN]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        {"seller": "91310000MA1FL0A124"},
        {"buyer": "91440300MA5DC0B457"},
        {"issued_on": date(2026, 5, 21)},
        {"amount": Money(11_300_01)},
        {"amount": Money(11_300_00, "USD")},
    ],
)
def test_other_parties_dates_or_amounts_are_other_receivables(
    tx: Tx, other: dict[str, object]
) -> None:
    assert claimed(tx, asks("A"), asks("B", replace(INVOICE, **other))) == [WON, WON]  # type: ignore[arg-type]


def test_another_number_on_the_same_trade_waits_for_a_waiver(tx: Tx) -> None:
    [won, alike] = claim(tx, SYSTEM, [asks("A"), asks("B", RENUMBERED)])
    assert (won.status, alike.status) == (WON, LOOK_ALIKE)
    assert alike.refusal is not None
    assert alike.refusal.code == "screening.possible_renumbered_duplicate"
    waived = asks("B", RENUMBERED, waiver="two deliveries, two receipts")
    assert claimed(tx, waived) == [WON]
    assert claim_violations(tx) == []


def test_a_waiver_does_not_open_a_receivable_that_is_taken(tx: Tx) -> None:
    assert claimed(tx, asks("A"), asks("B", waiver="never mind")) == [WON, TAKEN]


def test_a_released_receivable_may_be_claimed_again(tx: Tx) -> None:
    claim(tx, SYSTEM, [asks("A")])
    later = AT + timedelta(days=1)
    assert release(tx, [holder("A")], later) == 1
    assert release(tx, [holder("A")], later) == 0
    assert claimed(tx, asks("B"), asks("A")) == [WON, TAKEN]


def test_no_claim_is_no_work(tx: Tx) -> None:
    assert claim(tx, SYSTEM, []) == []


def test_refused_attempts_are_kept_once(tx: Tx) -> None:
    claim(tx, SYSTEM, [asks("A"), asks("B"), asks("B"), asks("C")])
    kept = tx.rows("SELECT status, count(*) FROM flows.uniqueness_claim GROUP BY status")
    assert dict(kept) == {"won": 1, "taken": 2}


@pytest.mark.parametrize(
    "rewrite",
    [
        "UPDATE flows.uniqueness_claim SET amount = amount + 1",
        "UPDATE flows.uniqueness_claim SET released_at = NULL",
        "DELETE FROM flows.uniqueness_claim",
    ],
)
def test_a_claim_cannot_be_rewritten(tx: Tx, rewrite: str) -> None:
    claim(tx, SYSTEM, [asks("A")])
    release(tx, [holder("A")], AT)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="keeps its history"):
        tx.connection.execute(rewrite)


def race(database: Database, *commands: ClaimCommand) -> list[ClaimStatus]:
    """Every command in a transaction of its own, all started at one instant."""
    ready = Barrier(len(commands))

    def run(command: ClaimCommand) -> ClaimStatus:
        own = Database(database.url)
        with own.transaction() as tx:
            tx.run("SELECT 1")
            ready.wait()
            [outcome] = claim(tx, SYSTEM, [command])
        own.close()
        return outcome.status

    with ThreadPoolExecutor(len(commands)) as pool:
        return sorted(pool.map(run, commands))


def test_of_eight_at_once_one_wins(fresh: Database) -> None:
    statuses = race(fresh, *(asks(f"H{i}") for i in range(8)))
    assert statuses == sorted([WON] + [TAKEN] * 7)


def test_of_eight_renumbered_at_once_one_wins(fresh: Database) -> None:
    numbers = [replace(INVOICE, number=f"7700{i}") for i in range(8)]
    statuses = race(fresh, *(asks(f"H{i}", number) for i, number in enumerate(numbers)))
    assert statuses == sorted([WON] + [LOOK_ALIKE] * 7)


def test_opposite_orders_do_not_lock_each_other_out(fresh: Database) -> None:
    many = [replace(INVOICE, amount=Money(100 + i)) for i in range(40)]
    ready = Barrier(2)

    def run(name: str, receivables: list[Receivable]) -> list[ClaimStatus]:
        own = Database(fresh.url)
        with own.transaction() as tx:
            tx.run("SELECT 1")
            ready.wait()
            outcomes = claim(tx, SYSTEM, [asks(name, r) for r in receivables])
        own.close()
        return [outcome.status for outcome in outcomes]

    with ThreadPoolExecutor(2) as pool:
        forward = pool.submit(run, "A", many)
        backward = pool.submit(run, "B", many[::-1])
        pairs = zip(forward.result(), backward.result()[::-1], strict=True)
    assert {tuple(sorted(pair)) for pair in pairs} == {(TAKEN, WON)}


def test_a_claim_waits_for_one_that_is_not_yet_committed_and_takes_over_if_it_fails(
    fresh: Database,
) -> None:
    with ThreadPoolExecutor(1) as pool, fresh.connect() as first:
        claim(Tx(first), SYSTEM, [asks("A")])
        waiting = pool.submit(race, fresh, asks("B"))
        assert not waiting.done()
        first.rollback()
        assert waiting.result() == [WON]


def test_without_the_unique_indexes_two_would_win(fresh: Database) -> None:
    with fresh.transaction() as tx:
        tx.run("DROP INDEX flows.uniqueness_claim_receivable")
        tx.run("DROP INDEX flows.uniqueness_claim_look_alike")
    with fresh.connect() as one, fresh.connect() as other:
        [first] = claim(Tx(one), SYSTEM, [asks("A")])
        [second] = claim(Tx(other), SYSTEM, [asks("B")])
        one.commit()
        other.commit()
    assert (first.status, second.status) == (WON, WON)
    with fresh.transaction() as tx:
        assert len(claim_violations(tx)) == 2


def test_claims_released_between_every_two_looks_are_an_outage(
    fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heliu.flows.screening.service._TRIES", 0)
    with fresh.transaction() as tx, pytest.raises(Outage, match="try again"):
        claim(tx, SYSTEM, [asks("A")])


def test_a_waived_claim_meets_only_its_own_receivable() -> None:
    alike = Standing(holder("s"), holder("A"), RENUMBERED.canonical_key, RENUMBERED.fingerprint)
    assert met(asks("B", waiver="two deliveries"), [alike]) is None
    assert met(asks("B"), [alike]) == (LOOK_ALIKE, alike)


numbers = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(canonical_number)


@given(number=numbers, zeros=st.integers(0, 3), blanks=st.text(" \t-_/.　", max_size=3))
@settings(max_examples=200, deadline=None)
def test_zeros_and_blanks_never_change_a_number(number: str, zeros: int, blanks: str) -> None:
    assert canonical_number(blanks + "0" * zeros + number + blanks) == canonical_number(number)
    assert canonical_number(canonical_number(number)) == canonical_number(number)
