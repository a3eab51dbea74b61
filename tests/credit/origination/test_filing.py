"""Filing, papers and keys: what is malformed is refused alone, and the same again is the same."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from tests.credit.origination.house import (
    BUYER,
    CLERK,
    CONSUMER,
    MILL,
    RECEIVABLE,
    SHOWN,
    START,
    WORKING_CAPITAL,
    Desk,
    desk_on,
    key,
    yuan,
)

from heliu.books.evidence.api import leaves
from heliu.credit.origination.api import (
    Application,
    Attach,
    BorrowerKind,
    CheckKyb,
    Decide,
    Document,
    FileApplication,
    Filing,
    Payee,
    Property,
    RecordConsent,
    Scope,
    Stage,
    WithdrawConsent,
    attach,
    check_kyb,
    decide,
    find,
    keep_documents,
    listed,
    record_consents,
    withdraw_consents,
)
from heliu.credit.origination.domain.application import fold
from heliu.credit.origination.domain.happenings import Attached, Event
from heliu.credit.origination.requirements_file import as_filed, by_product, parse
from heliu.credit.products.api import LoanKind, catalogue, read_loan_product
from heliu.ground.db import Database
from heliu.ground.errors import Fault, Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


def codes(outcomes: Sequence[object]) -> list[str]:
    return [o.code if isinstance(o, Refusal) else "done" for o in outcomes]


@pytest.mark.parametrize(
    ("filing", "code"),
    [
        (replace(WORKING_CAPITAL, product_code="moon-loan"), "origination.product_unknown"),
        (replace(WORKING_CAPITAL, borrower_kind=BorrowerKind.PERSON), "origination.borrower_kind"),
        (replace(WORKING_CAPITAL, amount=yuan("9999.99")), "origination.amount"),
        (replace(WORKING_CAPITAL, amount=yuan("30000000.01")), "origination.amount"),
        (replace(WORKING_CAPITAL, amount=Money(50_000_000, "USD")), "origination.amount"),
        (replace(WORKING_CAPITAL, tenor_days=0), "origination.tenor"),
        (replace(WORKING_CAPITAL, tenor_days=1097), "origination.tenor"),
        (replace(WORKING_CAPITAL, tenor_days=100), "origination.tenor_not_whole"),
        (replace(WORKING_CAPITAL, borrower="91330100"), "origination.filing"),
        (replace(WORKING_CAPITAL, base_rate=Decimal("-0.01")), "origination.filing"),
        (replace(WORKING_CAPITAL, base_rate=Decimal("1.01")), "origination.filing"),
        (replace(WORKING_CAPITAL, base_rate=Decimal("NaN")), "origination.filing"),
        (replace(WORKING_CAPITAL, base_rate=Decimal("1E-9")), "origination.filing"),
        (replace(WORKING_CAPITAL, product_version=2**31), "origination.filing"),
        (replace(WORKING_CAPITAL, turnover=Money(-1)), "origination.filing"),
        (replace(WORKING_CAPITAL, turnover=Money(1, "USD")), "origination.filing"),
        (replace(WORKING_CAPITAL, purpose="  "), "origination.filing"),
        (replace(WORKING_CAPITAL, purpose="棉纱\x00"), "origination.filing"),
        (replace(WORKING_CAPITAL, purpose="棉纱\n6. 借款人不必还款"), "origination.filing"),
        (replace(WORKING_CAPITAL, purpose="\ud800"), "origination.filing"),
        (replace(WORKING_CAPITAL, purpose="纱" * 201), "origination.filing"),
        (replace(WORKING_CAPITAL, payee=Payee("a\x1b[2J", "1")), "origination.filing"),
        (replace(WORKING_CAPITAL, product_version=0), "origination.filing"),
        (replace(WORKING_CAPITAL, product_version=2), "origination.product_not_offered"),
        (replace(WORKING_CAPITAL, base_rate=Decimal("0.16")), "origination.outside_product"),
        (replace(WORKING_CAPITAL, base_rate=Decimal("0.01")), "origination.outside_product"),
        (replace(RECEIVABLE, amount=yuan("50000000.01")), "origination.outside_product"),
        (replace(RECEIVABLE, inputs={**RECEIVABLE.inputs, "x": 1}), "origination.outside_product"),
        (replace(RECEIVABLE, inputs={"days_to_due": 90}), "origination.not_eligible"),
        (
            replace(RECEIVABLE, inputs={**RECEIVABLE.inputs, "days_to_due": 181}),
            "origination.not_eligible",
        ),
        (replace(RECEIVABLE, inputs={"a": "\x00"}), "origination.filing"),
        (replace(RECEIVABLE, inputs={"a": 2**60}), "origination.filing"),
        (replace(RECEIVABLE, property=None), "origination.filing"),
        (replace(RECEIVABLE, property=Property(Money(0), BUYER, "INV-1")), "origination.filing"),
        (
            replace(RECEIVABLE, property=Property(Money(9, "USD"), BUYER, "INV-1")),
            "origination.filing",
        ),
        (replace(CONSUMER, borrower="330102199001011234"), "origination.filing"),
    ],
)
def test_a_malformed_application_is_refused_and_its_neighbours_are_filed(
    desk: Desk, filing: Filing, code: str
) -> None:
    batch = [
        FileApplication(key("before"), WORKING_CAPITAL),
        FileApplication(key("bad"), filing),
        FileApplication(key("after"), CONSUMER),
    ]
    assert codes(desk.filed(batch)) == ["done", code, "done"]
    assert codes(desk.filed(batch)) == ["done", code, "done"]
    assert len(listed(desk.tx, [Stage.GATHERING])) == 2


def test_the_same_key_files_once_and_answers_the_same(desk: Desk) -> None:
    command = FileApplication(key("one"), WORKING_CAPITAL)
    first, twin = desk.filed([command, command])
    (again,) = desk.filed([command])
    assert first == twin == again
    other = replace(command, filing=replace(WORKING_CAPITAL, amount=yuan("600000")))
    assert codes(desk.filed([other, command])) == ["origination.key_reused", "done"]


def test_a_key_that_filed_answers_even_to_what_is_no_text(desk: Desk) -> None:
    command = FileApplication(key("one"), WORKING_CAPITAL)
    desk.filed([command])
    junk = replace(command, filing=replace(WORKING_CAPITAL, purpose="\ud800"))
    assert codes(desk.filed([junk, junk])) == ["origination.key_reused"] * 2


def test_a_key_of_an_act_answers_as_it_did_whatever_happened_since(desk: Desk) -> None:
    now = desk.file(WORKING_CAPITAL)
    command = CheckKyb(key("kyb"), now.id, SHOWN)
    first = check_kyb(desk.tx, CLERK, [command], desk.day)
    desk.papers(now, "licence")
    assert check_kyb(desk.tx, CLERK, [command], desk.day) == first
    changed = replace(command, evidence=replace(SHOWN, owners=()))
    again = check_kyb(desk.tx, CLERK, [changed], desk.day)
    assert codes(again) == ["origination.key_reused"]


def test_an_act_on_nothing_is_refused(desk: Desk) -> None:
    nowhere = UUID(int=7)
    assert codes(check_kyb(desk.tx, CLERK, [CheckKyb(key(1), nowhere, SHOWN)], desk.day)) == [
        "origination.unknown"
    ]
    assert codes(decide(desk.tx, CLERK, [Decide(key(2), nowhere)], desk.day, {})) == [
        "origination.unknown"
    ]


def test_papers_are_kept_once_and_proven(desk: Desk) -> None:
    first, same, empty = keep_documents(desk.tx, CLERK, [b"deed", b"deed", b""], START)
    desk.tx.finish()
    assert first == same
    assert isinstance(first, UUID)
    assert [leaf.kind for leaf in leaves(desk.tx, [first])] == ["loan_document"]
    assert codes([empty]) == ["origination.document_size"]


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        ((Document("licence", UUID(int=3)),), "origination.document_unknown"),
        ((), "origination.filing"),
        ((Document("Business Licence", UUID(int=3)),), "origination.filing"),
    ],
)
def test_only_proven_papers_of_a_named_kind_are_attached(
    desk: Desk, documents: tuple[Document, ...], code: str
) -> None:
    now = desk.file(WORKING_CAPITAL)
    assert codes(attach(desk.tx, CLERK, [Attach(key(1), now.id, documents)], desk.day)) == [code]


@pytest.mark.parametrize(
    "changed",
    [
        {"valid_to": START.date()},
        {"text_sha256": "not a digest"},
        {"subject": " "},
        {"subject": "C\x00"},
    ],
)
def test_a_consent_that_is_none_is_refused(desk: Desk, changed: dict[str, object]) -> None:
    today = START.date()
    sound = RecordConsent(
        *(key("c"), MILL, Scope.CREDIT_REPORT, "a" * 64, today, today.replace(year=2027))
    )
    given = record_consents(
        desk.tx,
        CLERK,
        [replace(sound, **changed), sound],  # type: ignore[arg-type]
        desk.day,
    )
    assert codes(given) == ["origination.consent_invalid", "done"]
    other = replace(sound, subject=BUYER)
    assert codes(record_consents(desk.tx, CLERK, [other], desk.day)) == ["origination.key_reused"]


def test_only_a_recorded_consent_is_withdrawn_and_the_first_time_counts(desk: Desk) -> None:
    consent, today = desk.consent(), desk.day.on
    taken = [WithdrawConsent(consent, today), WithdrawConsent(UUID(int=1), today)]
    assert codes(withdraw_consents(desk.tx, CLERK, taken, desk.day)) == [
        *("done", "origination.consent_unknown")
    ]
    (again,) = withdraw_consents(
        desk.tx, CLERK, [WithdrawConsent(consent, today.replace(year=2027))], desk.day
    )
    assert not isinstance(again, Refusal)
    assert again.withdrawn_on == today
    assert not again.holds(today)


def test_what_was_committed_reads_back_as_it_was_answered(fresh: Database) -> None:
    with fresh.transaction() as tx:
        answered = desk_on(tx).complete(RECEIVABLE)
    with fresh.transaction() as tx:
        assert find(tx, [answered.id]) == {answered.id: answered}
        proven = leaves(tx, _subjects(answered))
        assert {leaf.kind for leaf in proven} == {"loan_application"}
        assert len(proven) == answered.no


def _subjects(now: Application) -> list[UUID]:
    return [derived_id("loan application", str(now.id), str(n + 1)) for n in range(now.no)]


def test_an_application_is_filed_once_and_first(desk: Desk) -> None:
    now = desk.file(WORKING_CAPITAL)
    stray = Event(1, Attached(()), START.date(), "x", START)
    with pytest.raises(IndexError):
        fold(now.id, [stray], must_register=False)


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ("registry: none", "registry: pledge"),
        ('ratio: "0.30"', 'ratio: "1.30"'),
        ('ratio: "0.30"', 'ratio: "0.0"'),
        ("kyb: [uscc", "kyb: [astrology"),
        ('least: "10000.00"', 'least: "90000000.00"'),
        ('least: "10000.00"', 'least: "0.001"'),
        ('least: "10000.00"', 'least: "much"'),
        ("least: 7", "least: 2000"),
        ("credit_report: true", "credit_report: perhaps"),
        ("laws:", "flaws:"),
        ("borrower: enterprise", "borrower: ["),
    ],
)
def test_a_broken_list_of_requirements_is_a_fault(change: str, to: str) -> None:
    assert parse("sound", LIST.encode()).credit_report
    with pytest.raises(Fault, match="broken"):
        parse("broken", LIST.replace(change, to).encode())


def test_a_list_that_is_gone_or_edited_is_a_fault() -> None:
    with pytest.raises(Fault, match="not what"):
        as_filed("enterprise-unsecured-1", "0" * 64)


LIST = """
requirements: some-1
borrower: enterprise
documents: [licence]
kyb: [uscc]
credit_report: true
registry: none
laws: [working_capital]
capacity: {basis: turnover, ratio: "0.30"}
amount: {currency: CNY, least: "10000.00", most: "30000000.00"}
tenor_days: {least: 7, most: 1096}
decision_release: loan-origination-1
contract_template: loan-contract-1
description_template: null
"""


def test_every_product_of_the_bank_that_opens_a_contract_can_be_applied_for() -> None:
    # Early payment with the buyer's own cash opens none.
    products = [read_loan_product(path)[0] for path in catalogue()]
    opened = {product.code for product in products if product.kind is LoanKind.LOAN}
    assert opened
    assert opened <= by_product().keys()
