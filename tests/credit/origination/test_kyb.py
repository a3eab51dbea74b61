"""The checklist: each line passes on what is right, and says what cures what is not."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.credit.origination.house import MILL, MILL_REGISTERED, PERSON, SHOWN

from heliu.credit.origination.api import BankAccount, Identity, KybEvidence, Licence, Owner
from heliu.credit.origination.domain.kyb import CHECKS, Subject, checked, same_name
from heliu.parties.party.api import Status

ON = date(2026, 3, 2)
SUBJECT = Subject(MILL, MILL_REGISTERED, Decimal("0.25"), ON)
LICENCE = Licence(MILL, "余杭纺织有限公司", "沈一", None)
LINES = ("uscc", "registered", "licence", "legal_representative", "beneficial_owners", "account")
NOTHING = KybEvidence()


def failed(subject: Subject, shown: KybEvidence, lines: tuple[str, ...] = LINES) -> list[str]:
    return [item.code for item in checked(lines, subject, shown) if not item.passed]


def test_a_known_enterprise_with_its_papers_passes_every_line() -> None:
    assert failed(SUBJECT, SHOWN) == []


def test_an_enterprise_that_shows_nothing_passes_only_what_the_register_says() -> None:
    assert failed(SUBJECT, NOTHING) == list(LINES[2:])
    assert failed(replace(SUBJECT, profile=None), SHOWN) == list(LINES[1:])


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("licence", replace(LICENCE, uscc="91310000607345519X")),
        ("licence", replace(LICENCE, name="余杭化纤有限公司")),
        ("licence", replace(LICENCE, valid_until=ON)),
        ("legal_representative", replace(LICENCE, legal_representative="陆二")),
    ],
)
def test_a_licence_that_differs_from_the_register_fails_its_line(line: str, shown: Licence) -> None:
    assert failed(SUBJECT, replace(SHOWN, licence=shown)) == [line]


def test_a_licence_holds_until_the_day_it_ends() -> None:
    last = replace(LICENCE, valid_until=ON + timedelta(1))
    assert failed(SUBJECT, replace(SHOWN, licence=last)) == []


@pytest.mark.parametrize(
    ("owners", "passes"),
    [
        ((Owner("沈一", Decimal("0.6")),), True),
        ((Owner("沈一", Decimal("0.6")), Owner("陆二", Decimal("0.4"))), True),
        ((Owner("陆二", Decimal("0.1")),), False),
        ((Owner("沈一", Decimal("0.6")), Owner("陆二", Decimal("0.5"))), False),
        ((Owner("沈一", Decimal(0)),), False),
        ((), False),
    ],
)
def test_every_owner_of_the_share_that_counts_is_declared(
    owners: tuple[Owner, ...], *, passes: bool
) -> None:
    lacking = [] if passes else ["beneficial_owners"]
    assert failed(SUBJECT, replace(SHOWN, owners=owners)) == lacking


def test_a_smaller_share_that_counts_asks_for_more_owners() -> None:
    assert failed(replace(SUBJECT, owner_share=Decimal("0.10")), SHOWN) == ["beneficial_owners"]


@pytest.mark.parametrize(
    "account",
    [
        BankAccount("6222000011112222", "余杭化纤有限公司"),
        BankAccount("6222000011113333", "余杭纺织有限公司"),
    ],
)
def test_money_goes_to_a_known_account_in_the_borrowers_name(account: BankAccount) -> None:
    assert failed(SUBJECT, replace(SHOWN, account=account)) == ["account"]


def test_an_enterprise_that_is_struck_off_is_not_known_as_active() -> None:
    gone = replace(MILL_REGISTERED, status=Status.REVOKED)
    assert failed(replace(SUBJECT, profile=gone), SHOWN) == ["registered"]


def test_a_code_with_a_wrong_check_character_fails() -> None:
    wrong = MILL[:-1] + ("A" if MILL[-1] != "A" else "B")
    assert "uscc" in failed(replace(SUBJECT, borrower=wrong), SHOWN)


@pytest.mark.parametrize(
    ("shown", "lacking"),
    [
        (PERSON, []),
        (replace(PERSON, identity=Identity("林三", "hearsay")), ["identity"]),
        (replace(PERSON, identity=None), ["identity", "account"]),
        (replace(PERSON, identity=Identity("林四", "remote")), ["account"]),
    ],
)
def test_a_person_is_verified_at_a_counter_or_remotely_and_owns_the_account(
    shown: KybEvidence, lacking: list[str]
) -> None:
    person = Subject("C0012345", None, Decimal("0.25"), ON)
    assert failed(person, shown, ("identity", "account")) == lacking


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("余杭(集团)有限公司", "余杭（集团） 有限公司", True),
        ("ABC Co", "ａｂｃ co", True),
        ("甲", "乙", False),
        ("", " ", False),
    ],
)
def test_a_name_is_one_whatever_its_width_spaces_and_case(
    one: str, other: str, *, same: bool
) -> None:
    assert same_name(one, other) is same


def test_every_failed_line_says_why_and_what_cures_it_in_both_languages() -> None:
    items = checked(tuple(CHECKS), Subject("x", None, Decimal("0.25"), ON), NOTHING)
    assert all(item.reason and all(item.reason) for item in items)
    assert all(item.cure and all(item.cure) for item in items)


def test_no_name_of_a_person_is_in_what_is_said_of_the_evidence() -> None:
    assert "沈一" not in repr(SHOWN)
    assert "林三" not in repr(PERSON)
    assert "6222" not in repr(SHOWN)
