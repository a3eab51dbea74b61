"""What may be decided, by whom, on which law, and how long an offer stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credit.origination.house import (
    CLERK,
    CONSUMER,
    MILL,
    RECEIVABLE,
    SECOND,
    WORKING_CAPITAL,
    Desk,
    key,
    yuan,
)

from heliu.credit.origination.api import (
    AcceptOffer,
    Application,
    Decide,
    FileApplication,
    Filing,
    Manner,
    Report,
    Review,
    SimulatedReports,
    Stage,
    Standing,
    Withdraw,
    WithdrawConsent,
    accept_offers,
    decide,
    expire,
    find,
    review,
    still_missing,
    withdraw,
    withdraw_consents,
)
from heliu.credit.origination.domain.deciding import capacity
from heliu.credit.origination.requirements_file import for_product
from heliu.credit.regulation.api import Profile
from heliu.decisions.verdicts.api import replay
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

ON = date(2026, 3, 2)
LARGE = replace(WORKING_CAPITAL, amount=yuan("2000000"))


def refusal(outcomes: Sequence[Application | Refusal]) -> Refusal:
    (outcome,) = outcomes
    assert isinstance(outcome, Refusal)
    return outcome


def test_nothing_is_decided_while_anything_is_missing_and_the_list_is_told(desk: Desk) -> None:
    now = desk.file(WORKING_CAPITAL)
    refused = refusal(desk.decided(now))
    assert refused.code == "origination.incomplete"
    assert refused.facts["missing"] == [
        *("document.licence", "document.articles", "document.financial_statement"),
        *("document.purchase_contract", "kyb.uscc", "kyb.registered", "kyb.licence"),
        *("kyb.legal_representative", "kyb.beneficial_owners", "kyb.account", "consent"),
        *("outside.report", "outside.screening"),
    ]
    told = still_missing(desk.tx, [now.id], desk.day.rules)[now.id]
    assert [one.code for one in told] == refused.facts["missing"]
    assert find(desk.tx, [now.id])[now.id].stage is Stage.GATHERING


def test_an_application_that_has_everything_lacks_nothing(desk: Desk) -> None:
    now = desk.complete(WORKING_CAPITAL)
    assert still_missing(desk.tx, [now.id], desk.day.rules) == {now.id: []}


def test_a_report_whose_consent_was_withdrawn_decides_nothing(desk: Desk) -> None:
    now = desk.complete(WORKING_CAPITAL)
    consent = key("consent", MILL, desk.day.on, 365)
    withdraw_consents(desk.tx, CLERK, [WithdrawConsent(consent, desk.day.on)], desk.day)
    assert refusal(desk.decided(now)).facts["missing"] == ["consent"]


def test_the_decision_replays_from_what_was_stored(desk: Desk) -> None:
    offered = desk.decide(desk.complete(WORKING_CAPITAL))
    assert offered.verdict_id is not None
    assert [one.identical for one in replay(desk.tx, [offered.verdict_id])] == [True]


def test_what_law_forbids_is_refused_with_its_cure_and_without_a_verdict(desk: Desk) -> None:
    refused = desk.decide(desk.complete(CONSUMER), outstanding=yuan("140000.01"))
    assert refused.stage is Stage.REFUSED
    assert [reason.code for reason in refused.reasons] == ["origination.person_cap"]
    assert refused.verdict_id is None


def test_two_loans_of_one_person_in_one_batch_stay_within_the_cap_together(desk: Desk) -> None:
    filing = replace(CONSUMER, amount=yuan("120000"), turnover=yuan("2000000"))
    first, second = desk.complete(filing, "first"), desk.complete(filing, "second")
    commands = [Decide(key("decide", one.id), one.id) for one in (first, second)]
    outcomes = decide(desk.tx, CLERK, commands, desk.day, {})
    assert [getattr(one, "stage", None) for one in outcomes] == [Stage.OFFERED, Stage.REFUSED]
    assert decide(desk.tx, CLERK, commands, desk.day, {}) == outcomes


def test_debts_in_another_currency_are_not_added_up(desk: Desk) -> None:
    now = desk.complete(WORKING_CAPITAL)
    assert refusal(desk.decided(now, outstanding=Money(5, "USD"))).code == "origination.filing"


def test_nothing_is_lent_on_property_before_the_registry_was_searched(desk: Desk) -> None:
    now = desk.file(RECEIVABLE)
    assert "outside.search" in str(refusal(desk.decided(now)).facts["missing"])


def test_a_contract_that_became_a_loan_is_not_counted_twice(desk: Desk) -> None:
    filing = replace(CONSUMER, amount=yuan("80000"), turnover=yuan("2000000"))
    lent = desk.signed(filing, "first")
    owed = {"outstanding": yuan("80000"), "opened": frozenset({lent.id})}
    assert desk.decide(desk.complete(filing, "second"), **owed).stage is Stage.OFFERED


def test_a_contract_nobody_has_drawn_on_counts_as_promised(desk: Desk) -> None:
    filing = replace(CONSUMER, amount=yuan("120000"), turnover=yuan("2000000"))
    desk.signed(filing, "first")
    assert desk.decide(desk.complete(filing, "second")).stage is Stage.REFUSED


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"overdue_minor": 1}, "overdue_elsewhere"),
        ({"overdue_months_24": 7}, "overdue_too_often"),
        ({"worst_class": "substandard"}, "classed_non_performing"),
        ({"debt_minor": 10**12}, "nothing_to_lend"),
    ],
)
def test_a_bad_credit_report_refuses_with_its_cure(
    desk: Desk, changed: dict[str, object], reason: str
) -> None:
    clean = Report("", MILL, desk.day.on, 0, 0, "pass", 0, 1, 0, "")
    reports = desk.outside.reports
    assert isinstance(reports, SimulatedReports)
    reports.known = {MILL: replace(clean, **changed)}  # type: ignore[arg-type]
    refused = desk.decide(desk.complete(WORKING_CAPITAL))
    assert refused.stage is Stage.REFUSED
    assert reason in [line.code for line in refused.reasons]
    assert all(all(line.text) and all(line.cure) for line in refused.reasons)


def test_a_new_borrower_of_ordinary_credit_without_a_payee_is_told_to_name_one(
    desk: Desk,
) -> None:
    report = Report("", MILL, desk.day.on, 0, 4, "pass", 2_500_000_000, 8, 7, "")
    reports = desk.outside.reports
    assert isinstance(reports, SimulatedReports)
    reports.known = {MILL: report}
    alone = desk.decide(desk.complete(replace(RECEIVABLE, payee=None), "alone"), existing=False)
    assert alone.stage is Stage.REFUSED
    assert alone.reasons[0].code == "origination.payee_missing"
    named = desk.decide(desk.complete(RECEIVABLE, "named"), existing=False)
    assert named.offer is not None
    assert named.offer.manner is Manner.ENTRUSTED


def test_who_filed_or_decided_does_not_review(desk: Desk) -> None:
    waiting = desk.decide(desk.complete(LARGE))
    assert waiting.stage is Stage.REVIEW
    own = Review(key("own"), waiting.id, agree=True)
    assert refusal(review(desk.tx, CLERK, [own], desk.day)).code == "origination.same_person"
    assert desk.agree(waiting).stage is Stage.OFFERED


def test_the_database_refuses_a_review_by_who_decided(desk: Desk) -> None:
    waiting = desk.decide(desk.complete(LARGE))
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="filed or decided"):
        desk.tx.run(
            "INSERT INTO credit.loan_application_event (application, no, key, digest, kind, body,"
            " happened_on, recorded_at, recorded_by) VALUES (%s, %s, %s, %s, 'reviewed', '{}', %s,"
            " %s, %s)",
            (waiting.id, waiting.no + 1, key("x"), "a" * 64, desk.day.on, desk.day.now, CLERK.id),
        )


def test_the_database_refuses_a_gap_in_what_happened(desk: Desk) -> None:
    now = desk.file(WORKING_CAPITAL)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="gap"):
        desk.tx.run(
            "INSERT INTO credit.loan_application_event (application, no, key, digest, kind, body,"
            " happened_on, recorded_at, recorded_by) VALUES (%s, 3, %s, %s, 'withdrawn', '{}', %s,"
            " %s, %s)",
            (now.id, key("x"), "a" * 64, desk.day.on, desk.day.now, SECOND.id),
        )


def test_a_second_person_may_disagree(desk: Desk) -> None:
    waiting = desk.decide(desk.complete(LARGE))
    assert desk.agree(waiting, agree=False).stage is Stage.REFUSED


def test_an_offer_stands_fourteen_days_and_not_one_more(desk: Desk) -> None:
    offered = desk.decide(desk.complete(WORKING_CAPITAL))
    desk.clock.advance(timedelta(days=13))
    assert expire(desk.tx, CLERK, desk.day) == []
    desk.clock.advance(timedelta(days=1))
    late = AcceptOffer(key("late"), offered.id)
    assert refusal(accept_offers(desk.tx, CLERK, [late], desk.day)).code == (
        "origination.offer_ended"
    )
    (ended,) = expire(desk.tx, CLERK, desk.day)
    assert isinstance(ended, Application)
    assert ended.stage is Stage.EXPIRED
    assert expire(desk.tx, CLERK, desk.day) == []


def test_a_borrower_may_withdraw_until_both_sides_have_signed(desk: Desk) -> None:
    taken = desk.accept(desk.decide(desk.complete(WORKING_CAPITAL)))
    (gone,) = withdraw(desk.tx, CLERK, [Withdraw(key("gone"), taken.id)], desk.day)
    assert isinstance(gone, Application)
    assert gone.stage is Stage.WITHDRAWN
    signed = desk.signed(RECEIVABLE, "two")
    refused = withdraw(desk.tx, CLERK, [Withdraw(key("late"), signed.id)], desk.day)
    assert refusal(refused).code == "origination.wrong_stage"


@pytest.mark.parametrize("filing", [WORKING_CAPITAL, CONSUMER, RECEIVABLE])
def test_in_production_a_product_on_unverified_law_is_not_even_filed(
    desk: Desk, filing: Filing
) -> None:
    desk.profile = Profile.PRODUCTION
    refused = refusal(desk.filed([FileApplication(key("one"), filing)]))
    assert refused.code == "regulation.unverified"


def test_in_production_a_decision_on_unverified_law_is_refused_and_nothing_is_lost(
    desk: Desk,
) -> None:
    now = desk.complete(WORKING_CAPITAL)
    desk.profile = Profile.PRODUCTION
    assert refusal(desk.decided(now)).code == "regulation.unverified"
    desk.profile = Profile.STANDARD
    assert desk.decide(now).stage is Stage.OFFERED


amounts = st.integers(0, 10**12)


@given(turnover=amounts, debt=amounts, owed=amounts)
def test_nobody_can_borrow_more_than_turnover_carries_or_less_than_nothing(
    turnover: int, debt: int, owed: int
) -> None:
    report = Report("r", MILL, ON, 0, 0, "pass", debt, 1, 0, "")
    filing = replace(WORKING_CAPITAL, turnover=Money(turnover))
    now = Application(*(UUID(int=1), 1, filing, ON, Stage.GATHERING, frozenset()), report=report)
    asked = for_product("working-capital")
    room = capacity(now, asked, Standing(Money(owed), existing=True))
    assert Money(0) <= room <= Money(turnover).times(Decimal("0.3"), mode="ROUND_DOWN")
    assert room.minor == max(0, turnover * 3 // 10 - debt - owed)
