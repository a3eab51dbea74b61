"""`heliu warnings` and `heliu collection` on a bank where nobody owes anything yet."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from heliu.ground.db import Database

NOBODY = "7f1df9d0-0000-4000-8000-000000000001"


def heliu(told: Database, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "HELIU_DATABASE_URL": told.url, "HELIU_HOME": str(home)}
    command = [sys.executable, "-c", "from heliu.app.cli import main; main()", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_nothing_stands_and_nobody_is_late(told: Database, tmp_path: Path) -> None:
    for words in (("warnings", "--json"), ("collection", "--json")):
        done = heliu(told, tmp_path, *words)
        assert (done.returncode, json.loads(done.stdout)) == (0, []), done.stderr
    first = heliu(told, tmp_path, "warnings", "watch", "--date", "2026-06-30", "--json")
    again = heliu(told, tmp_path, "warnings", "watch", "--date", "2026-06-30", "--json")
    assert json.loads(first.stdout) == {
        "business_date": "2026-06-30", "raised": 0, "cleared": 0, "again": False,
    }  # fmt: skip
    assert json.loads(again.stdout)["again"] is True


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("collection", "work", "--date", "2026-06-30"), "collection.day_not_closed"),
        (("collection", "show", NOBODY), "collection.case_unknown"),
        (("collection", "promise", NOBODY, "5.00", "2026-07-01"), "collection.case_unknown"),
        (("collection", "reject", NOBODY, "--because", "x"), "collection.proposal_unknown"),
        (("collection", "result", NOBODY, "reached"), "collection.contact_unknown"),
        (("warnings", "close", NOBODY, "--because", "x"), "monitoring.warning_unknown"),
        (("warnings", "acknowledge", NOBODY, "--because", "x"), "monitoring.warning_unknown"),
        (
            ("warnings", "covenant", NOBODY, "n_inv_90", "--until", "2030-01-01"),
            "monitoring.loan_unknown",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_with_its_cure(
    told: Database, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    done = heliu(told, tmp_path, *words)
    assert done.returncode == 2
    assert code in done.stderr
    assert "cure" in done.stderr
    assert "Traceback" not in done.stderr
