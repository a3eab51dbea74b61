"""Trade facts of a pair, as of a day (amounts in yuan)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from heliu.flows.confluence.api import Verified, features
from heliu.flows.intake.api import Filed, Kind, PartyRef, Totals, TradeDocument
from heliu.flows.verification.api import Finding, FindingSeverity, TradeCase, Verification
from heliu.ground.money import Money
from heliu.ground.text import Text

SELLER, BUYER, OTHER = (PartyRef(tax_id=code) for code in ("S1", "B1", "O1"))
TODAY = date(2026, 6, 1)


def sold(
    number: int, days_ago: int, yuan: int, *, kind: Kind = Kind.INVOICE, buyer: PartyRef = BUYER,
    void: bool = False,
) -> Filed:  # fmt: skip
    document = TradeDocument(
        kind,
        f"INV-{number}",
        "/",
        TODAY - timedelta(days=days_ago),
        "CNY",
        SELLER,
        buyer,
        due_on=TODAY + timedelta(days=60),
        void=void,
        totals=Totals(payable=Decimal(yuan)),
    )
    return Filed(UUID(int=number), "0" * 64, f"{number}.xml", document)


INVOICE = sold(1, 2, 100)


def verified(*screening: Finding) -> Verified:
    result = Verification(Money(9000), Money(10000), (), (), ())
    return Verified(UUID(int=9), TradeCase(INVOICE), result, screening, TODAY)


def of(*history: Filed, case: Verified | None = None) -> dict[str, object]:
    return dict(features(case or verified(), (INVOICE, *history), enrolled=True, on=TODAY))


def test_a_first_invoice_has_no_history_and_unknown_rates() -> None:
    found = of()
    assert (found["trade_count_12m"], found["relationship_days"]) == (0, 0)
    assert (found["dilution_rate"], found["red_rate"], found["buyer_share"]) == (None, None, None)
    assert (found["match_ratio"], found["tenor_days"]) == (Decimal("0.9"), 60)


def test_only_the_pairs_own_past_year_counts() -> None:
    old, late = sold(2, 400, 100), sold(3, -1, 100)
    found = of(old, late, sold(4, 100, 300), sold(5, 50, 100, buyer=OTHER))
    assert (found["trade_count_12m"], found["relationship_days"]) == (1, 100)
    assert found["buyer_share"] == Decimal("0.75")


def test_a_rate_over_few_trades_is_drawn_to_its_prior() -> None:
    red = sold(9, 5, 100, kind=Kind.CREDIT_NOTE)
    one, many = of(sold(2, 9, 100), red), of(*(sold(n, 9, 100) for n in range(10, 110)), red)
    # (1 x 1 + 5 x 0.02) / 6 and (0.01 x 100 + 0.1) / 105
    assert one["red_rate"] == Decimal("0.183333")
    assert many["red_rate"] == Decimal("0.010476")


def test_a_void_invoice_is_counted_and_not_summed() -> None:
    found = of(sold(2, 9, 100), sold(3, 9, 999, void=True))
    assert found["trade_count_12m"] == 1
    assert found["void_rate"] == Decimal("0.157143")


def test_only_blocking_findings_speak_and_they_leave_nothing_eligible() -> None:
    said = Finding(
        "screening.split_sum", FindingSeverity.NOTICE, Text("拆", "s"), Text("补", "c"), ()
    )
    grave = replace(said, severity=FindingSeverity.BLOCKING)
    assert of(case=verified(said))["duplicate_findings"] == 0
    assert of(case=verified(grave))["duplicate_findings"] == 1
    assert verified(grave).eligible == Money(0)
    assert verified(said).eligible == Money(9000)
