"""The outside world fails in every way there is: nothing is lost, and nothing is asked twice."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credit.origination.house import (
    BUYER,
    CLERK,
    MILL,
    RECEIVABLE,
    START,
    WORKING_CAPITAL,
    Desk,
    key,
    outside_of,
)

from heliu.credit.origination.api import (
    Application,
    ChangeRegistration,
    Dice,
    Errand,
    ErrandKind,
    Failed,
    Odds,
    Outside,
    ResumeErrand,
    Signer,
    SimulatedLists,
    SimulatedRegistry,
    SimulatedReports,
    Stage,
    WithdrawConsent,
    cases,
    change_registrations,
    errands,
    find,
    record_answers,
    resume,
    run,
    withdraw_consents,
)
from heliu.credit.origination.domain.outside import Ages, next_try, usable
from heliu.flows.confluence.api import CONNECTORS
from heliu.flows.intake.api import Blob, file_blobs
from heliu.ground.clock import FixedClock
from heliu.ground.errors import Outage, Refusal
from heliu.ground.outbox import facts_after

REPORT, SEARCH, SCREENING = ErrandKind.REPORT, ErrandKind.SEARCH, ErrandKind.SCREENING


def kinds(asked: list[Errand]) -> list[ErrandKind]:
    return [errand.kind for errand in asked]


def attempts(desk: Desk, now: Application) -> dict[ErrandKind, int]:
    return dict(find(desk.tx, [now.id])[now.id].attempts)


def test_no_report_is_asked_for_without_consent(desk: Desk) -> None:
    desk.file(RECEIVABLE)
    assert kinds(errands(desk.tx, desk.day)) == [SCREENING, SEARCH]
    consent = desk.consent()
    assert kinds(errands(desk.tx, desk.day)) == [REPORT, SCREENING, SEARCH]
    assert [e.consent_id for e in errands(desk.tx, desk.day)] == [consent, None, None]


def test_a_consent_that_is_withdrawn_is_asked_on_no_more_and_its_report_not_kept(
    desk: Desk,
) -> None:
    now, consent = desk.file(WORKING_CAPITAL), desk.consent()
    answered = run(desk.outside, errands(desk.tx, desk.day))
    withdraw_consents(desk.tx, CLERK, [WithdrawConsent(consent, desk.day.on)], desk.day)
    outcomes = record_answers(desk.tx, CLERK, answered, desk.day)
    assert [isinstance(outcome, Refusal) for outcome in outcomes] == [True, False]
    assert find(desk.tx, [now.id])[now.id].report is None
    assert errands(desk.tx, desk.day) == []


def test_a_consent_that_begins_later_is_asked_on_from_that_day(desk: Desk) -> None:
    desk.file(WORKING_CAPITAL)
    desk.consent(wait=2)
    desk.gather()
    assert errands(desk.tx, desk.day) == []
    desk.clock.advance(timedelta(days=2))
    assert kinds(errands(desk.tx, desk.day)) == [REPORT]


def test_a_system_that_is_down_is_asked_again_with_doubling_waits(desk: Desk) -> None:
    now = desk.file(WORKING_CAPITAL)
    down = outside_of(desk.clock, Odds(down=1000))
    waits = []
    for _ in range(3):
        desk.gather(down)
        retry_at = find(desk.tx, [now.id])[now.id].retry_at[SCREENING]
        waits.append(retry_at - desk.clock.now())
        assert errands(desk.tx, desk.day) == []
        desk.clock.advance(waits[-1])
    assert waits == [timedelta(minutes=n) for n in (1, 2, 4)]
    desk.gather()
    assert find(desk.tx, [now.id])[now.id].screening is not None
    assert attempts(desk, now) == {}


def test_after_the_last_try_the_case_goes_to_a_person_who_may_have_it_tried_again(
    desk: Desk,
) -> None:
    now = desk.file(WORKING_CAPITAL)
    down = outside_of(desk.clock, Odds(down=1000))
    for _ in range(8):
        desk.gather(down)
        desk.clock.advance(timedelta(hours=6))
    (case,) = cases(desk.tx, desk.day)
    assert (case.application.id, case.stuck, case.waiting) == (now.id, (SCREENING,), ())
    told = [f.body for f in facts_after(desk.tx, 0, 100) if f.kind.endswith("stuck.v1")]
    assert [(body["errand"], body["fault"]) for body in told] == [("screening", "down")]
    again = ResumeErrand(key("resume"), now.id, SCREENING)
    desk.done(resume(desk.tx, CLERK, [again], desk.day))
    assert kinds(errands(desk.tx, desk.day)) == [SCREENING]
    (refused,) = resume(desk.tx, CLERK, [replace(again, key=key("twice"))], desk.day)
    assert isinstance(refused, Refusal)
    assert refused.code == "origination.not_stuck"


@pytest.mark.parametrize(
    ("odds", "fault"),
    [
        (Odds(pending=1000), "pending"),
        (Odds(wrong_subject=1000), "wrong_subject"),
        (Odds(stale=1000), "stale"),
    ],
)
def test_a_report_that_is_late_or_on_somebody_else_or_old_is_no_report(
    desk: Desk, odds: Odds, fault: str
) -> None:
    now = desk.file(WORKING_CAPITAL)
    desk.consent()
    (asked,) = [e for e in errands(desk.tx, desk.day) if e.kind is REPORT]
    reports = SimulatedReports(desk.clock, Dice(7, odds))
    answer = usable(asked, reports.report(asked), desk.day.on, Ages(30, 7))
    assert answer == Failed(fault)
    desk.gather(replace(desk.outside, reports=reports))
    assert find(desk.tx, [now.id])[now.id].report is None
    assert attempts(desk, now) == {REPORT: 1}


def test_a_report_that_grew_old_is_asked_for_again_before_a_decision(desk: Desk) -> None:
    now = desk.complete(WORKING_CAPITAL)
    desk.clock.advance(timedelta(days=30))
    assert REPORT not in kinds(errands(desk.tx, desk.day))
    desk.clock.advance(timedelta(days=1))
    assert kinds(errands(desk.tx, desk.day)) == [REPORT, SCREENING]
    (refused,) = desk.decided(now)
    assert isinstance(refused, Refusal)
    assert refused.facts["missing"] == ["outside.report", "outside.screening"]
    desk.gather()
    assert desk.decide(now).stage is Stage.OFFERED


def test_two_hands_that_bring_the_same_answer_bring_it_once(desk: Desk) -> None:
    now = desk.file(WORKING_CAPITAL)
    answered = run(desk.outside, errands(desk.tx, desk.day))
    first = record_answers(desk.tx, CLERK, answered, desk.day)
    (again,) = record_answers(desk.tx, CLERK, answered, desk.day)
    assert first == [again]
    assert find(desk.tx, [now.id])[now.id].no == 2


def test_a_registration_whose_answer_was_lost_is_found_and_not_made_twice(desk: Desk) -> None:
    signed = desk.signed(RECEIVABLE)
    registry = desk.outside.registry
    assert isinstance(registry, SimulatedRegistry)
    losing = replace(registry, dice=Dice(1, Odds(lost_answer=1000)))
    desk.gather(replace(desk.outside, registry=losing))
    assert attempts(desk, signed) == {ErrandKind.REGISTER: 1}
    desk.clock.advance(timedelta(minutes=1))
    desk.gather(replace(desk.outside, registry=replace(registry, kept=losing.kept)))
    done = find(desk.tx, [signed.id])[signed.id]
    assert done.stage is Stage.COMPLETED
    assert len(losing.kept) == 1


def test_property_others_registered_meanwhile_goes_to_a_person_at_once(desk: Desk) -> None:
    signed = desk.signed(RECEIVABLE)
    registry = desk.outside.registry
    assert isinstance(registry, SimulatedRegistry)
    theirs = Errand(
        *(key("theirs"), ErrandKind.REGISTER, "theirs", MILL),
        about="INV-2026-0031",
        until=date(2027, 1, 1),
    )
    registry.register(theirs)
    desk.gather()
    (case,) = cases(desk.tx, desk.day)
    assert (case.application.id, case.stuck) == (signed.id, (ErrandKind.REGISTER,))
    assert case.application.stage is Stage.SIGNED


def test_property_others_registered_before_is_refused_with_the_cure(desk: Desk) -> None:
    registry = desk.outside.registry
    assert isinstance(registry, SimulatedRegistry)
    theirs = Errand(
        *(key("theirs"), ErrandKind.REGISTER, "theirs", MILL),
        about="INV-2026-0031",
        until=date(2027, 1, 1),
    )
    registry.register(theirs)
    refused = desk.decide(desk.complete(RECEIVABLE))
    assert refused.stage is Stage.REFUSED
    assert [reason.code for reason in refused.reasons] == ["registered_by_others"]


@pytest.mark.parametrize("until", [date(2027, 3, 2), None])
def test_a_registration_is_extended_or_cancelled_by_the_next_errand(
    desk: Desk, until: date | None
) -> None:
    now = desk.signed(RECEIVABLE)
    desk.gather()
    asked = ChangeRegistration(key("change"), now.id, until)
    desk.done(change_registrations(desk.tx, CLERK, [asked], desk.day))
    desk.gather()
    held = find(desk.tx, [now.id])[now.id].registration
    assert (held.until if held else None) == until
    assert errands(desk.tx, desk.day) == []
    (again,) = change_registrations(desk.tx, CLERK, [replace(asked, key=key("no"))], desk.day)
    assert isinstance(again, Refusal)
    assert again.code == (
        "origination.registration_term" if until else "origination.not_registered"
    )


@pytest.mark.parametrize(
    ("until", "kind"), [(date(2027, 3, 2), ErrandKind.EXTEND), (None, ErrandKind.CANCEL)]
)
def test_a_registration_the_registry_does_not_know_goes_to_a_person(
    desk: Desk, until: date | None, kind: ErrandKind
) -> None:
    now = desk.signed(RECEIVABLE)
    desk.gather()
    asked = ChangeRegistration(key("change"), now.id, until)
    change_registrations(desk.tx, CLERK, [asked], desk.day)
    desk.gather(outside_of(desk.clock))
    (case,) = cases(desk.tx, desk.day)
    assert case.stuck == (kind,)


def test_a_registry_remembers_in_its_file(tmp_path: Path) -> None:
    clock, file = FixedClock(START), tmp_path / "outside" / "registry.json"
    errand = Errand(
        *(key("a"), ErrandKind.REGISTER, "ours", MILL), about="LOT-7", until=date(2027, 1, 1)
    )
    first = SimulatedRegistry(clock, Dice(1, Odds()), file)
    made = first.register(errand)
    second = SimulatedRegistry(clock, Dice(1, Odds()), file)
    assert second.register(errand) == made
    stranger = replace(errand, application_id=key("b"), reference="other")
    found = second.search(stranger)
    assert not isinstance(found, Failed)
    assert len(found.prior) == 1
    extend = replace(errand, kind=ErrandKind.EXTEND, about=found.prior[0])
    losing = SimulatedRegistry(clock, Dice(1, Odds(lost_answer=1000)), file)
    with pytest.raises(Outage):
        losing.extend(extend)
    with pytest.raises(Outage):
        losing.cancel(extend)
    assert SimulatedRegistry(clock, Dice(1, Odds()), file).search(stranger) == replace(
        found, prior=()
    )


def test_a_warning_and_a_list_that_name_the_borrower_refuse_it(desk: Desk) -> None:
    named = SimulatedLists(desk.clock, Dice(1, Odds()), {MILL: ("dishonest_debtors",)})
    desk.outside = replace(desk.outside, lists=named)
    refused = desk.decide(desk.complete(WORKING_CAPITAL))
    assert refused.stage is Stage.REFUSED
    assert [reason.code for reason in refused.reasons] == ["on_a_list"]
    assert refused.screening is not None
    assert refused.screening.hits == ("dishonest_debtors",)


def test_a_warning_that_forbids_business_counts_as_a_list(desk: Desk) -> None:
    said = {
        "format": "heliu-information",
        "version": 1,
        "issuer": BUYER,
        "issued_at": "2026-03-01T08:00:00+08:00",
        "warnings": [
            {
                "id": "W-1",
                "subject": MILL,
                "kind": "sanction",
                "severity": "stop",
                "text_zh": "预警",
                "text_en": "a warning",
                "raised_on": "2026-03-01",
            }
        ],
    }
    data = json.dumps(said).encode()
    blob = Blob("test", "warnings.json", hashlib.sha256(data).hexdigest(), data)
    file_blobs(desk.tx, CLERK, CONNECTORS, [blob], START)
    refused = desk.decide(desk.complete(WORKING_CAPITAL))
    assert [reason.code for reason in refused.reasons] == ["on_a_list"]
    assert refused.screening is not None
    assert refused.screening.hits == ("stop_warning",)


def test_what_is_screened_are_the_people_of_the_register_and_no_name_shows(desk: Desk) -> None:
    desk.file(WORKING_CAPITAL)
    (errand,) = errands(desk.tx, desk.day)
    assert errand.names == ("沈一", "沈一", "陆二")
    assert "沈一" not in repr(errand)


@given(attempt=st.integers(1, 500), most=st.integers(1, 500))
def test_waits_grow_to_six_hours_and_end(attempt: int, most: int) -> None:
    at = next_try(attempt, most, START)
    assert (at is None) == (attempt >= most)
    wait = (at or START) - START
    assert wait <= timedelta(hours=6)
    later = next_try(attempt + 1, most + 1, START)
    assert later is None or at is None or later >= at


@pytest.mark.parametrize("seed", range(4))
def test_under_any_weather_an_application_ends_complete_and_registered_once(
    desk: Desk, seed: int
) -> None:
    odds = Odds(down=250, pending=150, wrong_subject=100, stale=100, lost_answer=200)
    stormy = outside_of(desk.clock, odds, seed)
    now = desk.file(RECEIVABLE)
    desk.papers(now, "licence", "articles", "sales_contract", "invoice")
    desk.know(now)
    desk.consent()
    weather(desk, stormy)
    taken = desk.accept(desk.decide(now))
    desk.sign(taken, Signer.BORROWER)
    desk.sign(taken, Signer.BANK)
    weather(desk, stormy)
    assert find(desk.tx, [now.id])[now.id].stage is Stage.COMPLETED
    assert isinstance(stormy.registry, SimulatedRegistry)
    assert len(stormy.registry.kept) == 1


def weather(desk: Desk, stormy: Outside, hours: int = 24) -> None:
    """Live through the storm; a person has what is stuck tried again."""
    for hour in range(hours):
        desk.gather(stormy)
        stuck = [
            (case.application.id, kind) for case in cases(desk.tx, desk.day) for kind in case.stuck
        ]
        again = [ResumeErrand(key("again", hour, *one), *one) for one in stuck]
        resume(desk.tx, CLERK, again, desk.day)
        desk.clock.advance(timedelta(hours=1))
