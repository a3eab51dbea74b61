"""Contracts: the text, who may sign it, with which key, and when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from tests.credit.origination.house import (
    BANK_KEY,
    BORROWER_KEY,
    CLERK,
    MILL,
    RECEIVABLE,
    WORKING_CAPITAL,
    Desk,
    key,
)

from heliu.credit.origination.api import (
    THE_BANK,
    ChangeRegistration,
    EndKey,
    RecordKey,
    SignContract,
    Signer,
    Stage,
    change_registrations,
    contract_text,
    end_keys,
    record_keys,
    sign,
)
from heliu.credit.origination.domain.contract import fill, to_sign
from heliu.ground.errors import Fault, Refusal


def test_a_template_is_filled_wholly_and_by_nothing_else() -> None:
    assert fill("t", "pay $amount", {"amount": "5"}).text == "pay 5"
    for words in ({}, {"amount": "5", "extra": "6"}):
        with pytest.raises(Fault, match="template t"):
            fill("t", "pay $amount", words)


def test_a_name_adds_no_clause_to_a_contract() -> None:
    filled = fill("t", "for $name.\nEnd", {"name": "X\n6. Nothing is owed\u2028\x00$name"})
    assert filled.text.count("\n") == 1
    assert "\x00" not in filled.text
    assert "$name" in filled.text


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda c: replace(c, signature=bytes(64)), "origination.signature"),
        (lambda c: replace(c, signer=Signer.BANK), "origination.signing_key_not_valid"),
        (lambda c: replace(c, key_id=UUID(int=9)), "origination.signing_key_not_valid"),
        (
            lambda c: replace(c, signed_at=c.signed_at + timedelta(microseconds=1)),
            "origination.signed_at",
        ),
        (lambda c: replace(c, signed_at=c.signed_at - timedelta(days=1)), "origination.signed_at"),
    ],
)
def test_a_signature_counts_on_this_text_by_this_sides_key_at_its_time(
    desk: Desk, spoil: Callable[[SignContract], SignContract], code: str
) -> None:
    taken = desk.accept(desk.decide(desk.complete(WORKING_CAPITAL)))
    command = spoil(desk.signature(taken, Signer.BORROWER))
    (refused,) = sign(desk.tx, CLERK, [command], desk.day)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_a_signature_on_another_contract_is_none_on_this_one(desk: Desk) -> None:
    taken = desk.accept(desk.decide(desk.complete(WORKING_CAPITAL)))
    command = desk.signature(taken, Signer.BORROWER)
    assert taken.contract is not None
    other = to_sign(key("other"), taken.contract.text_sha256, Signer.BORROWER, command.signed_at)
    (refused,) = sign(
        desk.tx, CLERK, [replace(command, signature=BORROWER_KEY.sign(other))], desk.day
    )
    assert isinstance(refused, Refusal)


def test_each_side_signs_once_and_the_same_command_again_changes_nothing(desk: Desk) -> None:
    taken = desk.accept(desk.decide(desk.complete(WORKING_CAPITAL)))
    command = desk.signature(taken, Signer.BORROWER)
    first = sign(desk.tx, CLERK, [command], desk.day)
    assert sign(desk.tx, CLERK, [command], desk.day) == first
    (refused,) = sign(desk.tx, CLERK, [replace(command, key=key("again"))], desk.day)
    assert isinstance(refused, Refusal)
    assert refused.code == "origination.signed_already"


def test_a_key_that_ended_signs_nothing_more(desk: Desk) -> None:
    taken = desk.accept(desk.decide(desk.complete(WORKING_CAPITAL)))
    command = desk.signature(taken, Signer.BANK)
    ended = [EndKey(command.key_id, desk.day.on), EndKey(UUID(int=4), desk.day.on)]
    outcomes = end_keys(desk.tx, CLERK, ended, desk.day)
    assert [isinstance(outcome, Refusal) for outcome in outcomes] == [False, True]
    (refused,) = sign(desk.tx, CLERK, [command], desk.day)
    assert isinstance(refused, Refusal)
    assert refused.code == "origination.signing_key_not_valid"


def test_a_contract_nobody_signed_in_time_is_over(desk: Desk) -> None:
    taken = desk.accept(desk.decide(desk.complete(WORKING_CAPITAL)))
    desk.clock.advance(timedelta(days=14))
    (refused,) = sign(desk.tx, CLERK, [desk.signature(taken, Signer.BANK)], desk.day)
    assert isinstance(refused, Refusal)
    assert refused.code == "origination.offer_ended"


def test_only_sound_keys_of_a_party_are_recorded_and_each_once(desk: Desk) -> None:
    sound = RecordKey(THE_BANK, BANK_KEY.public_key, date(2026, 1, 1))
    outcomes = record_keys(
        desk.tx, CLERK, [sound, sound, RecordKey(MILL, bytes(32), date(2026, 1, 1))], desk.day
    )
    assert outcomes[0] == outcomes[1]
    assert isinstance(outcomes[2], Refusal)
    assert outcomes[2].code == "origination.signing_key"


def test_no_contract_is_changed_after_it_was_made(desk: Desk) -> None:
    taken = desk.accept(desk.decide(desk.complete(WORKING_CAPITAL)))
    assert contract_text(desk.tx, UUID(int=5)) is None
    with pytest.raises(psycopg.Error, match="append-only"):
        desk.tx.run(
            "UPDATE credit.loan_contract SET made_at = made_at WHERE application = %s", (taken.id,)
        )


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (date(2026, 8, 29), "origination.registration_term"),  # the day it ends anyway
        (date(2026, 9, 28), "origination.registration_term"),  # less than a month longer
        (date(2056, 3, 3), "origination.registration_term"),  # more than thirty years in all
    ],
)
def test_a_registration_is_extended_by_a_month_at_least_and_runs_thirty_years_at_most(
    desk: Desk, until: date, code: str
) -> None:
    now = desk.signed(RECEIVABLE)
    desk.gather()
    asked = ChangeRegistration(key("extend"), now.id, until)
    (refused,) = change_registrations(desk.tx, CLERK, [asked], desk.day)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_what_is_not_registered_is_not_extended(desk: Desk) -> None:
    now = desk.signed(WORKING_CAPITAL)
    assert now.stage is Stage.COMPLETED
    asked = ChangeRegistration(key("extend"), now.id, date(2027, 1, 1))
    (refused,) = change_registrations(desk.tx, CLERK, [asked], desk.day)
    assert isinstance(refused, Refusal)
    assert refused.code == "origination.not_registered"
