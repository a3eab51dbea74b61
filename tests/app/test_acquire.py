"""Programmes and supplier lists on the command line: what is printed, kept and refused."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from tests.credit.acquisition.lists import GOOD, code, line, listed

from heliu.ground.db import Database

HELIU = Path(sys.executable).with_name("heliu")
SAMPLE = Path(str(files("heliu") / "samples" / "trade" / "programmes" / "haihe-appliances.yaml"))
CODE = "haihe-appliances"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def heliu(fresh: Database, tmp_path: Path) -> Command:
    environment = {**os.environ, "HELIU_DATABASE_URL": fresh.url, "HELIU_HOME": str(tmp_path)}

    def run(*args: str | Path, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [HELIU, *args],
            env=environment | more,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def suppliers(tmp_path: Path) -> Path:
    path = tmp_path / "suppliers.csv"
    young = line(2, GOOD.replace("2015-06-01", "2026-02-01"))
    path.write_bytes(listed(line(1), young, line(3).replace("60", "sixty")))
    return path


def test_a_programme_is_proposed_by_one_and_released_by_another(heliu: Command) -> None:
    assert heliu("programme", "propose", SAMPLE, "--as", "ann").returncode == 0
    refused = heliu("programme", "release", CODE, "1", "--as", "ann")
    assert (refused.returncode, "programme.same_person" in refused.stderr) == (2, True)
    assert heliu("programme", "release", CODE, "1", "--as", "bob").returncode == 0
    (version,) = json.loads(heliu("programme", "show", CODE, "--json").stdout)
    assert version["proposed_by"].endswith("/ann")
    assert version["released_by"].endswith("/bob")
    assert "haihe" not in heliu("programme", "show", "nobody").stdout


def test_in_production_nobody_is_who_he_says_he_is(heliu: Command) -> None:
    done = heliu("programme", "propose", SAMPLE, "--as", "ann", HELIU_PROFILE="production")
    assert "programme.unproven_person" in done.stderr


def test_a_diff_names_the_field_and_both_values(heliu: Command, tmp_path: Path) -> None:
    heliu("programme", "propose", SAMPLE, "--as", "ann")
    heliu("programme", "release", CODE, "1", "--as", "bob")
    text = SAMPLE.read_text(encoding="utf-8").replace("version: 1", "version: 2")
    other = tmp_path / "other.yaml"
    other.write_text(text.replace('advance_rate: "0.80"', 'advance_rate: "0.75"'), encoding="utf-8")
    told = json.loads(heliu("programme", "diff", other, "--json").stdout)
    assert told["changes"] == [{"field": "advance_rate", "before": "0.80", "after": "0.75"}]
    assert "advance_rate" in heliu("programme", "propose", other).stdout


def test_a_list_is_pre_approved_written_and_judged_again(
    heliu: Command, suppliers: Path, tmp_path: Path
) -> None:
    written = tmp_path / "answers.parquet"
    done = heliu(
        *("acquire", SAMPLE, suppliers, "--on", "2026-03-01", "--json", "--verify"),
        *("--out", written),
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["summary"]["approved"] == 1
    assert told["replay"] == {"identical": True, "sealed": True}
    assert [(s["uscc"], s["approved"]) for s in told["suppliers"]] == [
        (code(1), True),
        (code(2), False),
    ]
    assert [(c["line"], c["column"]) for c in told["complaints"]] == [(4, "buyer_payment_days")]
    table = pq.read_table(written)
    assert table.column("name").to_pylist() == ["供应商1", "供应商2"]
    assert table.column("reason_codes").to_pylist()[1] == "too_young"


def test_the_same_list_is_told_in_tables_and_enrolled(
    heliu: Command, suppliers: Path, tmp_path: Path
) -> None:
    done = heliu("acquire", SAMPLE, suppliers, "--out", tmp_path / "a.csv")
    assert done.returncode == 0, done.stderr
    assert code(1) in done.stdout
    assert "line 4" in done.stderr
    again = json.loads(heliu("acquire", CODE, suppliers, "--json").stdout)
    enrolled = heliu("enrol", again["run"], "--top", "5", "--as", "ann", "--json")
    assert json.loads(enrolled.stdout)["added"] == [code(1)]
    assert "release haihe-appliances 2" in heliu("enrol", again["run"], "--as", "ann").stdout
    assert pacsv.read_csv(tmp_path / "a.csv").num_rows == 2


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("acquire", CODE, "suppliers.csv"), "acquisition.no_programme"),
        (("acquire", CODE, "missing.csv"), "acquisition.no_list"),
        (("acquire", str(SAMPLE), "suppliers.csv", "--out", "a.xls"), "acquisition.out_ending"),
        (("programme", "diff", str(SAMPLE)), "programme.unknown"),
    ],
)
@pytest.mark.usefixtures("suppliers")
def test_what_cannot_be_done_is_one_line_with_the_cure(
    heliu: Command, args: tuple[str, ...], code: str
) -> None:
    done = heliu(*args)
    assert done.returncode == 2
    assert code in done.stderr
    assert "Traceback" not in done.stderr
