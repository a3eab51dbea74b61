"""Schedules worked out by hand, replayed; `why` in the file says how each figure comes about."""

import json
from pathlib import Path
from typing import Any

import pytest

from heliu.credit.engine.api import ROW_COLUMNS, replay

_FILE = Path(__file__).parent / "vectors" / "own.json"
VECTORS = json.loads(_FILE.read_text())["vectors"]
_COLUMNS = [ROW_COLUMNS.index(name) for name in ("nr", "date", "principal", "interest", "balance")]


def short(row: list[Any]) -> list[Any]:
    """The columns worked out by hand: of a disbursement only its day and amount."""
    number, day, principal, interest, balance = (row[column] for column in _COLUMNS)
    return [None, day, balance] if number is None else [number, day, principal, interest, balance]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_schedule_is_the_one_worked_out_by_hand(vector: dict[str, Any]) -> None:
    told = replay(vector, "own")
    assert (told["status"], told["reason"]) == ("ok", None)
    steps: Any = told["steps"]
    assert [short(row) for row in steps[-1]["schedule"]["rows"]] == vector["last"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_totals_are_the_sums_of_the_rows(vector: dict[str, Any]) -> None:
    steps: Any = replay(vector, "own")["steps"]
    shown = steps[-1]["schedule"]
    cents = [
        sum(round(float(row[column]) * 100) for row in shown["rows"] if row[0] is not None)
        for column in range(5, 14)
    ]
    assert cents == [round(float(total) * 100) for total in shown["totals"].values()]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_every_journal_entry_balances(vector: dict[str, Any]) -> None:
    steps: Any = replay(vector, "own")["steps"]
    for entry in steps[-1]["journal"]:
        sides = {"debit": 0, "credit": 0}
        for line in entry["entries"]:
            sides[line["side"]] += round(float(line["amount"]) * 100)
        assert sides["debit"] == sides["credit"] > 0
