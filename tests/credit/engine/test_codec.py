"""Snapshots read back: what is not one of ours is a fault, never a loan on other terms."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from heliu.credit.engine.api import (
    Charge,
    EventKind,
    LoanEvent,
    event_from_json,
    event_to_json,
    replay,
    terms_from_json,
    terms_to_json,
)
from heliu.credit.engine.domain.vector_terms import terms_of
from heliu.ground.errors import Fault

_OWN = Path(__file__).parent / "vectors" / "own.json"
DAY = date(2026, 3, 1)
FEE = LoanEvent(
    2, EventKind.ADD_CHARGE, DAY, DAY, UUID(int=2), 5_00, Charge(DAY, is_penalty=True, name="迟缴")
)


def own() -> dict[str, Any]:
    """A vector written well."""
    vector: dict[str, Any] = json.loads(_OWN.read_text())["vectors"][3]
    return vector


def test_terms_and_a_charge_survive_json_text() -> None:
    terms = terms_of(own()["terms"], "terms")
    assert terms_from_json(json.loads(json.dumps(terms_to_json(terms)))) == terms
    assert event_from_json(json.loads(json.dumps(event_to_json(FEE)))) == FEE


SPOILT: list[Callable[[dict[str, Any]], object]] = [
    lambda plain: plain.update(version=2),
    lambda plain: plain.update(hue="red"),
    lambda plain: plain.pop("currency"),
    lambda plain: plain.update(principal="12"),
    lambda plain: plain.update(annual_rate="a lot"),
    lambda plain: plain.update(day_count="by the moon"),
    lambda plain: plain.update(starts_on="2026-02-30"),
    lambda plain: plain.update(rounding=[]),
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_snapshot_that_is_not_ours_is_a_fault(
    spoil: Callable[[dict[str, Any]], object],
) -> None:
    plain: dict[str, Any] = terms_to_json(terms_of(own()["terms"], "terms"))
    spoil(plain)
    with pytest.raises(Fault):
        terms_from_json(plain)


def test_an_event_that_carries_what_its_kind_does_not_is_a_fault() -> None:
    with pytest.raises(Fault, match="carries none"):
        event_from_json(event_to_json(FEE) | {"kind": "repay"})


BROKEN: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("refused", lambda v: v.pop("steps"), "vector.steps: is missing"),
    ("refused", lambda v: v.update(steps={}), "steps: must be a list"),
    ("refused", lambda v: v.update(steps=[7]), "steps[0]: must be an object"),
    ("refused", lambda v: v["terms"].pop("currency"), "terms.currency: is missing"),
    ("refused", lambda v: v["terms"].update(currency=7), "terms.currency: must be a text"),
    ("refused", lambda v: v["terms"].update(repay_every="1"), "must be a whole number"),
    ("refused", lambda v: v["terms"].update(multi_disburse=1), "must be true or false"),
    ("refused", lambda v: v["terms"].update(rate_percent="NaN"), "must be finite"),
    ("refused", lambda v: v["terms"].update(rate_percent="x"), "is not a number"),
    ("refused", lambda v: v["terms"].update(rate_percent=[]), "must be a number in quotes"),
    ("refused", lambda v: v["terms"].update(approved_principal="0.001"), "no amount of CNY"),
    ("refused", lambda v: v["terms"].update(submitted_on="1 May"), "must be a date"),
    ("refused", lambda v: v["steps"][2].update(date="9999-12-31"), "before the year 9000"),
    ("refused", lambda v: v["steps"][1].update(amount="-5"), "engine.terms_impossible"),
    ("refused", lambda v: v["steps"][2].update(amount="0"), "engine.amount_invalid"),
    ("refused", lambda v: v["terms"]["allocation"]["rules"].pop("DEFAULT"), "DEFAULT: is missing"),
    (
        "refused",
        lambda v: v["terms"]["allocation"]["rules"]["DEFAULT"].update(order=["DUE_FEE"]),
        "each of the twelve buckets once",
    ),
    (
        "refused",
        lambda v: v["terms"]["allocation"]["rules"]["DEFAULT"].update(order="all"),
        "must be a list",
    ),
    (
        "refused",
        lambda v: v["steps"].append({"op": "undo_repayment", "date": "2026-04-30", "nth": 2}),
        "there are 1 such repayments",
    ),
    (
        "refused",
        lambda v: v["steps"].insert(2, {"op": "undo_last_repayment", "date": "2026-03-15"}),
        "no repayment to undo",
    ),
    (
        "refused",
        lambda v: v["steps"].insert(2, {"op": "undo_last_disbursement", "date": "2026-03-15"}),
        "no disbursement to undo",
    ),
    ("unsupported", lambda v: v["terms"].update(currency_digits=3), "CNY with other than 2"),
    ("unsupported", lambda v: v["terms"].update(fixed_length_days=40), "fixed_length_days"),
    ("unsupported", lambda v: v["terms"].update(days_in_year=361), "day count 30/361"),
    ("unsupported", lambda v: v["terms"].update(rate_per="moon"), "rate_per moon"),
    ("unsupported", lambda v: v["terms"].update(repay_unit="moons"), "repay_unit moons"),
    ("unsupported", lambda v: v["steps"][0].update(op="dance"), "step dance"),
]


@pytest.mark.parametrize(("status", "spoil", "reason"), BROKEN)
def test_a_vector_that_is_not_written_well_says_where(
    status: str, spoil: Callable[[dict[str, Any]], object], reason: str
) -> None:
    vector = own()
    spoil(vector)
    told = replay(vector, "vector")
    assert told["status"] == status
    assert reason in str(told["reason"])


def test_a_rate_for_the_whole_term_or_a_month_is_taken_to_the_year() -> None:
    terms = own()["terms"]
    monthly = terms_of(terms | {"rate_per": "month", "rate_percent": "1"}, "terms")
    whole = terms_of(terms | {"rate_per": "whole_term", "rate_percent": "2"}, "terms")
    assert (monthly.annual_rate, whole.annual_rate) == (Decimal("0.12"), Decimal("0.12"))
