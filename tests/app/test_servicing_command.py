"""`heliu servicing` on a bank with one financed invoice and on one that has none."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.credit.loans.receivables import BULLET, at, opened

from heliu.books.ledger.api import Ledger
from heliu.credit.loans.api import Loan
from heliu.ground.clock import FixedClock, SystemClock
from heliu.ground.db import Database

NOBODY = "7f1df9d0-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def loan(told: Database) -> Loan:
    on = SystemClock().today() - timedelta(10)
    clock = FixedClock(at(on, 1))
    with Ledger.open(told, clock) as ledger:
        bank = opened(told, ledger, clock, on)
        made = bank.lend(BULLET)
        bank.receives(on, made, 1_000, payer="SUPPLIER")
    return made


def heliu(told: Database, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "HELIU_DATABASE_URL": told.url, "HELIU_HOME": str(home)}
    command = [sys.executable, "-c", "from heliu.app.cli import main; main()", "servicing", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_loan_is_shown_extended_and_bought_back_and_the_same_key_does_it_once(
    told: Database, tmp_path: Path, loan: Loan
) -> None:
    shown = heliu(told, tmp_path, "show", str(loan.id), "--json")
    said = json.loads(shown.stdout)
    assert (said["recourse"], said["answers"]) == ("full", [loan.buyer_uscc, loan.supplier_uscc])
    assert said["principal"] == loan.principal.minor
    (waits,) = json.loads(heliu(told, tmp_path, "receipts", "--json").stdout)
    assert waits["left"]["minor"] == 1_000

    until = (loan.due_on + timedelta(30)).isoformat()
    words = ("extend", str(loan.id), until, "--because", "the fair", "--json", "--key", NOBODY)
    first, again = (heliu(told, tmp_path, *words) for _ in range(2))
    told_first, told_again = json.loads(first.stdout), json.loads(again.stdout)
    assert (told_first["due_on"], told_first["again"]) == (until, False)
    assert told_again == {**told_first, "again": True}
    buy = ("buy-back", str(loan.id), "--from", "nostro", "--because", "recourse", "--json")
    done = heliu(told, tmp_path, *buy)
    assert json.loads(done.stdout)["kind"] == "bought_back", done.stderr
    words_shown = heliu(told, tmp_path, "show", str(loan.id))
    assert "bought back by the supplier" in words_shown.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", NOBODY), "loans.loan_unknown"),
        (("recover", NOBODY, "5", "--because", "x"), "loans.loan_unknown"),
        (("extend", NOBODY, "2030-01-01", "--because", "x"), "loans.loan_unknown"),
        (("buy-back", NOBODY, "--from", "my pocket", "--because", "x"), "not a source of money"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    told: Database, tmp_path: Path, loan: Loan, words: tuple[str, ...], code: str
) -> None:
    done = heliu(told, tmp_path, *words)
    assert done.returncode == 2, loan
    assert code in done.stderr
    assert "Traceback" not in done.stderr
