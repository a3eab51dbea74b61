"""Pledged coils lose a tenth of their price, a register warns of their owner: warned, then over.

The inventory loan of its own story; the price falls from 3,900.00 to 3,500.00 on 4 March and is
back on 5 March.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg
import pytest
from tests.stories.test_inventory_finance import (
    DRAWN,
    EXCHANGE,
    LOT,
    OWNER,
    appraised,
    secured,
)
from tests.stories.trade_papers import Bank, an_id, at, filed

from heliu.app.post_loan import watch
from heliu.app.samples.firms import BANK
from heliu.app.samples.information import Warned, information, warning
from heliu.credit.lending.api import Done
from heliu.ground.actor import SYSTEM, Actor
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.oversight.monitoring.api import (
    Answer,
    Raised,
    WarningEventKind,
    all_warnings,
    answer,
    by_party,
    standing,
    watch_day,
)
from heliu.oversight.monitoring.rules_file import shipped

FALLEN, BETTER = date(2026, 3, 4), date(2026, 3, 5)
OFFICER = Actor("collateral officer")


def watched(bank: Bank, on: date) -> set[str]:
    """The rules whose warnings stand after a day is watched."""
    with bank.on(on) as tx:
        watch(tx, SYSTEM, on, at(on))
        return {one.rule for one in standing(tx)}


def fallen(bank: Bank) -> set[str]:
    """The loan is drawn, the price falls, the day is watched."""
    borrower, yard = secured(bank)
    yard.pledges(DRAWN, borrower, "280000.00", LOT)
    assert isinstance(borrower.draws(DRAWN, "280000.00"), Done)
    assert watched(bank, DRAWN) == set()
    yard.prices(FALLEN, EXCHANGE, "STEEL-HRC", "TNE", "3500.00")
    appraised(bank, borrower, FALLEN, "280000.00")
    rules = watched(bank, FALLEN)
    yard.prices(BETTER, EXCHANGE, "STEEL-HRC", "TNE", "3900.00")
    appraised(bank, borrower, BETTER, "280000.00")
    return rules


def answers(bank: Bank, said: Answer, actor: Actor = OFFICER) -> str:
    """The status after a person's word, or the code of the refusal."""
    with bank.on(FALLEN) as tx:
        (found,) = answer(tx, actor, [said], FALLEN, at(FALLEN))
    return found.code if isinstance(found, Refusal) else found.status


def test_a_price_that_falls_warns_once_and_is_over_when_it_is_back(bank: Bank) -> None:
    assert fallen(bank) == {"price_fall", "margin_call"}
    assert watched(bank, FALLEN) == {"price_fall", "margin_call"}
    assert watched(bank, BETTER) == set()
    with bank.on(BETTER) as tx:
        told = {one.rule: one for one in all_warnings(tx)}
        assert by_party(tx) == {}
    assert len(told) == 2
    assert told["price_fall"].seen.figures["fall"] == "0.1026"
    assert told["margin_call"].seen.figures["breached"] == "false"
    assert {one.status for one in told.values()} == {"cleared"}


def test_a_register_that_warns_of_the_owner_is_critical_and_people_answer_it(bank: Bank) -> None:
    fallen(bank)
    hit = Warned("X-1", OWNER, "dishonest_debtor", "stop", Text("失信", "dishonest"), FALLEN)
    with bank.on(BETTER) as tx:
        filed(tx, BETTER, information(BANK, FALLEN, warnings=[warning(hit)]))
    assert watched(bank, BETTER) == {"registry_hit"}
    with bank.on(BETTER) as tx:
        (found,) = standing(tx)
        assert by_party(tx) == {OWNER.uscc: 1}
        assert tx.rows("SELECT DISTINCT cause FROM credit.risk_flag ORDER BY 1") == [
            ("warning.margin_call",),
            ("warning.registry_hit",),
        ]
    assert (found.severity.value, found.subject.party) == ("critical", OWNER.uscc)
    assert len(found.seen.evidence) == 1
    kinds = WarningEventKind
    words = [
        (Answer(found.id, kinds.ACKNOWLEDGED, " "), "monitoring.reason_missing"),
        (Answer(found.id, kinds.ACKNOWLEDGED, "seen"), "acknowledged"),
        (Answer(found.id, kinds.ACKNOWLEDGED, "seen"), "acknowledged"),
        (Answer(found.id, kinds.ACKNOWLEDGED, "again"), "monitoring.said_already"),
        (Answer(found.id, kinds.CLOSED, "a namesake"), "closed"),
        (Answer(found.id, kinds.CLOSED, "a namesake"), "closed"),
        (Answer(an_id("none"), kinds.CLOSED, "x"), "monitoring.warning_unknown"),
    ]
    assert [answers(bank, said) for said, _ in words] == [status for _, status in words]
    # What a person closed is not raised again while it stands, and counts against nobody.
    later = BETTER + timedelta(1)
    assert watched(bank, later) == {"registry_hit"}
    with bank.on(later) as tx:
        assert len([one for one in all_warnings(tx) if one.rule == "registry_hit"]) == 1
        assert by_party(tx) == {}


def test_a_day_watched_before_answers_as_then_whatever_is_known_now(bank: Bank) -> None:
    fallen(bank)
    with bank.on(BETTER) as tx:
        again = watch_day(tx, SYSTEM, FALLEN, shipped(), at(BETTER))
        before = watch_day(tx, SYSTEM, DRAWN - timedelta(1), shipped(), at(BETTER))
        known: list[Raised] = all_warnings(tx)
    assert (again.raised, again.cleared, again.again) == (2, 0, True)
    assert (before.raised, before.cleared, before.again) == (0, 0, True)
    assert len(known) == 2


def test_two_who_watch_at_once_raise_each_warning_once(bank: Bank) -> None:
    fallen(bank)
    again = BETTER + timedelta(1)

    def watches(_: int) -> tuple[int, bool]:
        with bank.database.transaction() as tx:
            done = watch_day(tx, SYSTEM, again, shipped(), at(again))
        return done.cleared, done.again

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(watches, range(3))) == [(2, False), (2, True), (2, True)]


def test_the_database_holds_one_standing_warning_by_itself(bank: Bank) -> None:
    fallen(bank)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        with bank.on(BETTER) as tx:
            tx.run(
                """INSERT INTO oversight.warning
                SELECT gen_random_uuid(), rule, rules_version, severity, owner, subject, party_uscc,
                  other_uscc, loan_id, subject_key, raised_on + 1, figures, evidence, loans,
                  recorded_at
                FROM oversight.warning"""
            )
