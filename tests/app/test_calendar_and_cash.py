"""Business days of documents, and which bank entries are cash, each counted once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from heliu.app.finance.calendar import business_day, by_day
from heliu.app.finance.money_in import cash_receipts
from heliu.flows.intake.api import Cash, Filed, Kind, Observation, PartyRef, TradeDocument
from heliu.ground.money import Money

TODAY = date(2026, 6, 30)
CASH = Cash(
    Decimal("107.50"),
    credit=True,
    booked=True,
    account="OURS",
    debtor=PartyRef(account="BUYER"),
    bank_reference="R1",
    remittance="INV-1",
)


def filed(number: int, kind: Kind, on: date | None, **more: object) -> Filed:
    document = TradeDocument(kind, str(number), "/", on, "CNY", **more)  # type: ignore[arg-type]
    return Filed(UUID(int=number), "0" * 64, f"{number}.xml", document)


def entry(number: int, cash: Cash) -> Filed:
    return filed(number, Kind.BANK_ENTRY, TODAY, cash=cash)


def test_a_document_counts_from_its_own_day() -> None:
    late = datetime(2026, 5, 1, 17, tzinfo=UTC)  # already the second of May in Beijing
    seen = Observation(late, "ObjectEvent", "OBSERVE", None, None, None, None)
    assert business_day(filed(1, Kind.ORDER, date(2026, 5, 1)), TODAY) == date(2026, 5, 1)
    assert business_day(filed(2, Kind.ORDER, None), TODAY) == TODAY
    assert business_day(filed(3, Kind.LOGISTICS_EVENT, None, observation=seen), TODAY) == date(
        2026, 5, 2
    )


def test_days_come_in_order_parties_first_cash_last_and_the_future_waits() -> None:
    day = date(2026, 5, 1)
    money = filed(1, Kind.BANK_ENTRY, day, cash=CASH)
    order, party = filed(2, Kind.ORDER, day), filed(3, Kind.PARTY, day)
    earlier, later = filed(4, Kind.ORDER, date(2026, 4, 1)), filed(5, Kind.ORDER, date(2026, 7, 1))
    days = by_day([later, money, order, party, earlier], until=TODAY)
    assert days == [(date(2026, 4, 1), [earlier]), (day, [party, order, money])]


def test_a_notification_and_a_statement_tell_of_the_same_money() -> None:
    receipts, _ = cash_receipts([entry(1, CASH), entry(2, CASH)], {"CNY"}, TODAY)
    assert [(r.amount, r.payer_account) for r in receipts] == [(Money(10750), "BUYER")]


@pytest.mark.parametrize(
    "changed",
    [
        {"credit": False},
        {"booked": False},
        {"reversal": True},
        {"amount": Decimal(0)},
    ],
    ids=str,
)
def test_what_is_not_booked_money_in_is_no_receipt(changed: dict[str, object]) -> None:
    odd = replace(CASH, **changed)  # type: ignore[arg-type]
    assert cash_receipts([entry(1, odd)], {"CNY"}, TODAY) == ([], [])


def test_money_without_a_bank_reference_is_known_by_its_document() -> None:
    anonymous = replace(CASH, bank_reference=None)
    receipts, _ = cash_receipts([entry(1, anonymous), entry(2, anonymous)], {"CNY"}, TODAY)
    assert len({r.id for r in receipts}) == 2


@pytest.mark.parametrize(
    ("amount", "currencies", "why"),
    [
        ("0.005", {"CNY"}, "finer"),
        ("5.00", {"USD"}, "no programme"),
        ("5.00", set(), "no programme"),
    ],
)
def test_money_that_cannot_be_booked_is_set_aside_and_hides_no_other(
    amount: str, currencies: set[str], why: str
) -> None:
    odd = entry(1, replace(CASH, amount=Decimal(amount)))
    receipts, aside = cash_receipts([odd], currencies, TODAY)
    assert (receipts, [a.filed for a in aside]) == ([], [odd])
    assert why in aside[0].reason.en
