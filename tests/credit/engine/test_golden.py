"""Golden loans of the bank's plan: figures reckoned by hand, each by a formula in its file."""

import ast
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.credit.engine.planning import PLAIN

from heliu.credit.engine.api import (
    LoanEvent,
    LoanState,
    Terms,
    balances,
    check,
    check_terms,
    event_from_json,
    fold,
    quote,
    terms_from_json,
    terms_to_json,
)

FILES = sorted((Path(__file__).parent / "golden").glob("*.json"))
Plain = Mapping[str, Any]


def golden(path: Path) -> Plain:
    told: Plain = json.loads(path.read_text(encoding="utf-8"))
    return told


def terms_of(told: Plain) -> Terms:
    return terms_from_json(terms_to_json(PLAIN) | told["terms"])


def events_of(told: Plain) -> list[LoanEvent]:
    return [
        event_from_json({"no": no, "recorded_on": e["on"], "id": str(UUID(int=no))} | e)
        for no, e in enumerate(told["events"], 1)
    ]


def reckoned(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Fraction(str(number))
        case ast.BinOp(left, ast.Add(), right):
            return reckoned(left) + reckoned(right)
        case ast.BinOp(left, ast.Sub(), right):
            return reckoned(left) - reckoned(right)
        case ast.BinOp(left, ast.Mult(), right):
            return reckoned(left) * reckoned(right)
        case ast.BinOp(left, ast.Div(), right):
            return reckoned(left) / reckoned(right)
    raise AssertionError(ast.dump(node))


def to_the_fen(formula: str) -> int:
    exact = reckoned(ast.parse(formula.strip(), mode="eval").body)
    return int(exact + Fraction(1, 2))


def rows_of(state: LoanState) -> list[list[object]]:
    return [
        [
            row.from_date.isoformat(), row.due_date.isoformat(),
            row.principal, row.interest, row.principal_paid, row.interest_paid,
        ]
        for row in state.instalments
    ]  # fmt: skip


def statement_of(state: LoanState) -> list[list[object]]:
    return [
        [
            t.kind.value, t.amount, t.principal, t.interest,
            t.penalty_interest, t.compound_interest, t.overpaid,
        ]
        for t in state.transactions
    ]  # fmt: skip


def seen(told: Plain, look: Plain) -> dict[str, object]:
    """What the engine says of everything the file names for that day."""
    terms, events, on = terms_of(told), events_of(told), date.fromisoformat(look["on"])
    state = fold(terms, events, on)
    at_end = balances(state, on)
    said: dict[str, object] = {
        "on": look["on"],
        "status": state.status.value,
        "principal": state.principal_outstanding,
        "overpaid": state.overpaid,
        "penalty": [state.penalty_accrued, state.penalty_paid],
        "compound": [state.compound_accrued, state.compound_paid],
        "written_off": state.written_off,
        "recovered": state.recovered,
        "observed_until": state.observed_until and state.observed_until.isoformat(),
        "quote": quote(terms, events, on).total,
        "rows": rows_of(state),
        "transactions": statement_of(state),
        "balances": {name: getattr(at_end, name) for name in look.get("balances", ())},
    }
    return {name: said[name] for name in look}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_figure_of_a_golden_loan_is_reckoned_by_its_own_formula(path: Path) -> None:
    lines = [line.split("=") for line in golden(path)["reckoning"]]
    assert [to_the_fen(formula) for formula, _ in lines] == [int(value) for _, value in lines]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_engine_says_what_was_reckoned(path: Path) -> None:
    told = golden(path)
    assert [seen(told, look) for look in told["looks"]] == told["looks"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_event_of_a_golden_loan_is_admitted_when_it_is_recorded(path: Path) -> None:
    told = golden(path)
    terms, events = terms_of(told), events_of(told)
    assert check_terms(terms) is None
    assert [check(terms, events[:n], event) for n, event in enumerate(events)] == [None] * len(
        events
    )


def test_the_plain_loan_of_the_golden_files_bears_six_percent() -> None:
    assert PLAIN.annual_rate == Decimal("0.06")
