"""Facts of one trade, as of a day (amounts in yuan)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from heliu.flows.confluence.api import Verified, features
from heliu.flows.intake.api import Filed, Kind, PartyRef, Totals, TradeDocument
from heliu.flows.verification.api import Finding, FindingSeverity, TradeCase, Verification
from heliu.ground.money import Money
from heliu.ground.text import Text

SELLER, BUYER = PartyRef(tax_id="S1"), PartyRef(tax_id="B1")
TODAY = date(2026, 6, 1)


INVOICE = Filed(
    UUID(int=1),
    "0" * 64,
    "1.xml",
    TradeDocument(
        Kind.INVOICE,
        "INV-1",
        "/",
        TODAY - timedelta(days=2),
        "CNY",
        SELLER,
        BUYER,
        due_on=TODAY + timedelta(days=60),
        totals=Totals(payable=Decimal(100)),
    ),
)


def verified(*screening: Finding) -> Verified:
    result = Verification(Money(9000), Money(10000), (), (), ())
    return Verified(UUID(int=9), TradeCase(INVOICE), result, screening, TODAY)


def of(case: Verified | None = None) -> dict[str, object]:
    return dict(features(case or verified(), on=TODAY))


def test_a_trade_tells_its_share_its_tenor_and_nothing_of_the_past() -> None:
    found = of()
    assert (found["match_ratio"], found["tenor_days"]) == (Decimal("0.9"), 60)
    assert (found["price_deviation"], found["receipt_lag_days"]) == (None, None)
    assert "trade_count_12m" not in found


def test_only_blocking_findings_speak_and_they_leave_nothing_eligible() -> None:
    said = Finding(
        "screening.split_sum", FindingSeverity.NOTICE, Text("拆", "s"), Text("补", "c"), ()
    )
    grave = replace(said, severity=FindingSeverity.BLOCKING)
    assert of(verified(said))["duplicate_findings"] == 0
    assert of(verified(grave))["duplicate_findings"] == 1
    assert verified(grave).eligible == Money(0)
    assert verified(said).eligible == Money(9000)
