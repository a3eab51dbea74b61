"""Contracts are agreed on released products within their bounds, once for each key."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.credit.lending.conftest import BUYER, CLERK, PAPER, START, Bank, filed, moment

from heliu.credit.engine.api import EventKind, Status
from heliu.credit.lending.api import Opened, open_contracts, standing
from heliu.credit.products.api import Part
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after


def outcome(bank: Bank, **changes: Any) -> Opened | Refusal:
    command = replace(bank.ask("instalment-equal-instalment"), **changes)
    return open_contracts(bank.tx, CLERK, [command], moment(START))[0]


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"principal": Money(1)}, "lending.out_of_bounds", "the amount is outside"),
        ({"principal": Money(6_000_000_00)}, "lending.out_of_bounds", "the amount is outside"),
        ({"principal": Money(10_000_00, "EUR")}, "lending.currency_mix", "CNY, USD, not EUR"),
        ({"annual_rate": Decimal("0.30")}, "lending.out_of_bounds", "the annual rate"),
        ({"annual_rate": Decimal("-0.01")}, "lending.out_of_bounds", "the annual rate"),
        ({"annual_rate": Decimal("NaN")}, "lending.out_of_bounds", "the annual rate"),
        ({"periods": 0}, "lending.out_of_bounds", "the number of periods"),
        ({"periods": 121}, "lending.out_of_bounds", "the number of periods"),
        ({"on": date(2026, 1, 6)}, "lending.in_the_future", "after the business date"),
        ({"on": date(2025, 12, 31)}, "loan_product.unknown", "no loan product"),
        ({"product": "no-such"}, "loan_product.unknown", "no loan product no-such"),
        ({"borrower_uscc": "911201"}, "lending.party_missing", "a valid USCC is missing"),
        ({"inputs": {}}, "lending.not_eligible", "traded for a year; net monthly income"),
        (
            {"inputs": {"months_trading": 11, "monthly_income_cover": "2"}},
            "lending.not_eligible",
            "traded for a year",
        ),
        ({"inputs": {"months": 3}}, "lending.inputs_unknown", "does not ask for months"),
        ({"base_value": Money(5, "USD")}, "lending.currency_mix", "CNY, not USD"),
        ({"programme": "none"}, "lending.party_missing", "a programme in force is missing"),
    ],
)
def test_what_the_product_does_not_lend_is_refused_with_a_cure(
    bank: Bank, changes: dict[str, Any], code: str, says: str
) -> None:
    bank.release("instalment_equal_instalment")
    refused = outcome(bank, **changes)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert says in refused.reason.en
    assert refused.reason.zh
    assert refused.cure.zh
    assert bank.tx.row("SELECT count(*) FROM credit.contract") == (0,)


def test_a_product_counts_only_when_it_is_released(bank: Bank) -> None:
    refused = outcome(bank)
    assert isinstance(refused, Refusal)
    assert refused.code == "loan_product.unknown"


def test_a_key_opens_one_contract_and_never_another(bank: Bank) -> None:
    bank.release("instalment_equal_instalment")
    command = bank.ask("instalment-equal-instalment")
    other = replace(command, periods=24)
    first, again, differs = open_contracts(bank.tx, CLERK, [command, command, other], moment(START))
    later = open_contracts(bank.tx, CLERK, [command, other], moment(START))
    assert isinstance(first, Opened)
    assert again == Opened(first.contract_id, again=True)
    assert later[0] == again
    assert [one.code for one in (differs, later[1]) if isinstance(one, Refusal)] == [
        "lending.key_reused"
    ] * 2
    kinds = [fact.kind for fact in facts_after(bank.tx, 0, 99)]
    assert kinds.count("credit.contract_opened.v1") == 1


def test_an_agreed_contract_owes_nothing_yet(bank: Bank) -> None:
    bank.release("instalment_equal_instalment")
    contract = bank.open("instalment-equal-instalment", principal=Money(120_000_00))
    (one,) = standing(bank.tx, START, ids=[contract])
    assert one.state.status is Status.PENDING
    assert one.contract.matures_on == date(2027, 1, 5)
    assert one.contract.terms.principal == 120_000_00
    assert one.parts[Part.PRINCIPAL_DISBURSED] == 0
    assert bank.glance(contract, START).plan == ()


def test_a_receivable_needs_its_buyer_its_papers_and_their_worth(bank: Bank) -> None:
    bank.release("receivable_with_recourse")
    invoices = filed(bank.tx, "1")
    papers = {"invoice": invoices, "receipt": (PAPER,)}
    sound = bank.ask(
        "receivable-with-recourse",
        obligor_uscc=BUYER,
        evidence=papers,
        base_value=Money(1_500_000_00),
        periods=90,
    )
    commands = [
        replace(sound, key=next(bank.keys), obligor_uscc=None),
        replace(sound, key=next(bank.keys), evidence={"invoice": invoices}),
        replace(sound, key=next(bank.keys), evidence=papers | {"receipt": ()}),
        replace(sound, key=next(bank.keys), base_value=None),
        sound,
    ]
    outcomes = open_contracts(bank.tx, CLERK, commands, moment(START))
    assert [one.reason.en for one in outcomes if isinstance(one, Refusal)] == [
        "the obligor is missing",
        "papers are missing: receipt",
        "papers are missing: receipt",
        "what the papers are worth (base value) is missing",
    ]
    assert isinstance(outcomes[-1], Opened)


def test_nothing_happens_to_a_loan_nobody_agreed(bank: Bank) -> None:
    (refused,) = bank.book(bank.act(PAPER, EventKind.DISBURSE, START, 100))
    assert isinstance(refused, Refusal)
    assert refused.code == "lending.contract_unknown"
