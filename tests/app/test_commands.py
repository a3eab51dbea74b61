"""The command line as its users meet it: exit codes, JSON, one-line errors with the cure."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heliu.ground.db import Database

SAMPLES = Path(str(files("heliu") / "samples" / "trade"))
HELIU = Path(sys.executable).with_name("heliu")
VERIFIER = Path(str(files("heliu") / "books" / "evidence" / "verify_proof.py"))
Command = Callable[..., "subprocess.CompletedProcess[str]"]
MARCH = "2026-03-31"


@pytest.fixture(scope="module")
def heliu(told: Database, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The command, on a database of this module's own."""
    folder = tmp_path_factory.mktemp("cwd")
    environment = {**os.environ, "HELIU_DATABASE_URL": told.url, "HELIU_HOME": str(folder)}

    def run(*args: str | Path, stdin: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [HELIU, *args],
            input=stdin,
            env=environment | more,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def march(heliu: Command, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of financing the samples of March."""
    folder = tmp_path_factory.mktemp("march")
    shutil.copytree(SAMPLES / "programmes", folder / "programmes")
    shutil.copytree(SAMPLES / "documents" / "2026-03", folder / "documents" / "2026-03")
    done = heliu("finance", folder, "--on", MARCH, "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    report["folder"] = str(folder)
    return report


def test_inspect_prints_one_json_object_per_file_and_exits_0_if_all_are_well(
    heliu: Command,
) -> None:
    invoices = sorted((SAMPLES / "documents/2026-03/commercial").glob("[A-Z]*_invoice.xml"))[:2]
    done = heliu("inspect", *invoices, "--json")
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [r["file"] for r in results] == [str(path) for path in invoices]
    assert all(r["ok"] and r["facts"]["type"] == "Invoice" for r in results)
    assert all(r["complaints"] == [] for r in results)


def test_inspect_exits_1_if_any_file_is_refused_and_shows_the_others(
    heliu: Command, tmp_path: Path
) -> None:
    (tmp_path / "cut.xml").write_text("<Invoice><ID>1</ID")
    good = next((SAMPLES / "documents/2026-03/commercial").glob("*_invoice.xml"))
    done = heliu("inspect", tmp_path / "cut.xml", good, "--json")
    bad, well = (json.loads(line) for line in done.stdout.splitlines())
    assert (done.returncode, bad["ok"], well["ok"]) == (1, False, True)
    assert bad["complaints"][0]["code"] == "xml.malformed"
    assert bad["complaints"][0]["place"].startswith("line 1")
    assert bad["complaints"][0]["message_zh"]


def test_brackets_in_a_strangers_words_are_words(heliu: Command, tmp_path: Path) -> None:
    good = next((SAMPLES / "documents/2026-03/commercial").glob("[A-Z]*_invoice.xml"))
    name = tmp_path / "in[b]voice [red].xml"
    text = good.read_text(encoding="utf-8").replace("<cbc:ID>", "<cbc:ID>[/b]", 1)
    name.write_text(text, encoding="utf-8")
    done = heliu("inspect", name, COLUMNS="200")
    assert done.returncode == 0, done.stderr
    assert "in[b]voice [red].xml" in done.stdout
    assert "[/b]" in done.stdout


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("finance", "nowhere"), "finance.no_folder"),
        (("prove", "not-an-id"), "proof.not_an_id"),
        (("bench", "nothing"), "bench.unknown"),
        (("detect", "no.parquet"), "detect.unreadable"),
        (("watch", "no-inbox"), "watch.no_inbox"),
        (("replay", "00000000-0000-0000-0000-000000000000"), "verdict"),
    ],
)
def test_misuse_is_one_line_with_its_cure(heliu: Command, args: tuple[str, ...], says: str) -> None:
    done = heliu(*args)
    assert done.returncode == 2
    assert says in done.stderr
    assert "cure: " in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_error_speaks_chinese_where_asked(heliu: Command) -> None:
    assert "办法" in heliu("finance", "nowhere", HELIU_LANGUAGE="zh").stderr


def test_a_wrong_setting_is_named_without_its_value(heliu: Command) -> None:
    done = heliu("verify", HELIU_DATABASE_URL="mysql://user:secret@host/db")
    assert done.returncode == 2
    assert "HELIU_DATABASE_URL" in done.stderr
    assert "secret" not in done.stderr


def test_financing_again_tells_the_same(heliu: Command, march: dict[str, Any]) -> None:
    again = json.loads(heliu("finance", march["folder"], "--on", MARCH, "--json").stdout)
    assert again["summary"]["money"] == march["summary"]["money"]
    assert {f["outcome"] for f in again["files"]} <= {"duplicate", "refused"}
    assert march["summary"]["decisions"]["financed"] > 0


def test_a_proof_is_accepted_by_the_independent_verifier(
    heliu: Command, march: dict[str, Any]
) -> None:
    loan = next(r["loan"]["id"] for r in march["receivables"] if r["loan"])
    proof = heliu("prove", loan).stdout
    checked = subprocess.run(
        [sys.executable, "-I", VERIFIER], input=proof, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    forged = subprocess.run(
        [sys.executable, "-I", VERIFIER],
        input=proof.replace('"leaf_data": "', '"leaf_data": " '),
        capture_output=True,
        text=True,
        check=False,
    )
    assert forged.returncode != 0


def test_a_verdict_replays(heliu: Command, march: dict[str, Any]) -> None:
    verdict = next(
        r["decision"]["verdict"] for r in march["receivables"] if "verdict" in r["decision"]
    )
    done = heliu("replay", verdict, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["identical"] is True


def test_the_laws_hold_and_a_broken_one_is_named(
    heliu: Command, march: dict[str, Any], told: Database
) -> None:
    assert march["receivables"]
    assert heliu("verify").returncode == 0
    with told.transaction() as tx:
        tx.run("UPDATE credit.limit_line SET utilised = utilised - 1 WHERE utilised > 0")
    done = heliu("verify", "--json")
    with told.transaction() as tx:
        tx.run(
            "UPDATE credit.limit_line SET utilised = utilised + 1 WHERE id IN ("
            "SELECT unnest(lines) FROM credit.limit_move)"
        )
    broken = {law["law"] for law in json.loads(done.stdout)["laws"] if law["broken"]}
    assert (done.returncode, broken) == (1, {"limits"})
    assert heliu("verify").returncode == 0


def test_the_inbox_is_emptied_into_done_and_refused(heliu: Command, tmp_path: Path) -> None:
    good = next((SAMPLES / "documents/2026-03/commercial").glob("*_order.xml"))
    shutil.copy(good, tmp_path / "order.xml")
    (tmp_path / "noise.xml").write_text("<not-xml")
    done = heliu("watch", tmp_path, "--looks", "3", "--every", "0.01", "--json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "done" / "order.xml").exists()
    assert (tmp_path / "refused" / "noise.xml.why.json").exists()


def test_detect_prints_findings_surest_first(heliu: Command, tmp_path: Path) -> None:
    columns = ("row_id", "firm", "direction", "invoice_no", "date", "counterparty", "total")
    rows = [
        (i, "F", "out", f"{1000 + i}", f"2026-01-{i % 28 + 1:02}", "C", 77.5 + i) for i in range(50)
    ]
    rows.append((99, "F", "out", "1007", "2026-01-08", "C", 84.5))
    table = {name: [row[n] for row in rows] for n, name in enumerate(columns)}
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    done = heliu("detect", tmp_path / "t.parquet", "--json")
    findings = json.loads(done.stdout)["findings"]
    assert findings[0]["kind"] == "exact_duplicate"
    assert set(findings[0]["rows"]) >= {99}
    scores = [finding["score"] for finding in findings]
    assert scores == sorted(scores, reverse=True)


def test_the_doctor_is_content_and_says_what_it_saw(heliu: Command) -> None:
    checks = json.loads(heliu("doctor", "--json").stdout)
    assert {c["check"] for c in checks if c["well"]} >= {"python", "database", "schema", "disk"}


def test_the_doctor_names_a_database_that_is_not_there(heliu: Command) -> None:
    done = heliu("doctor", "--json", HELIU_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    sick = [c for c in json.loads(done.stdout) if not c["well"]]
    assert (done.returncode, sick[0]["check"]) == (1, "database")
    assert sick[0]["cure"]


def test_whole_invoice_tables_are_imported_once_and_looked_through(
    heliu: Command, tmp_path: Path
) -> None:
    table = tmp_path / "june.csv"
    table.write_text(
        "firm,direction,invoice_no,date,counterparty,amount,tax,total,status\n"
        "F1,out,0001,2026-06-01,B7,100.00,13.00,113.00,valid\n"
        "F1,out,0001,2026-06-01,B7,100.00,13.00,113.00,valid\n"
        "F1,out,0002,never,B7,100.00,13.00,113.00,valid\n",
        encoding="utf-8",
    )
    noise = tmp_path / "noise.csv"
    noise.write_bytes(b"\x00\x01\x02")
    first = heliu("import", noise, table, "--json")
    result = json.loads(first.stdout)
    assert first.returncode == 1
    assert "noise.csv" in first.stderr
    assert (result["rows"], result["kept"], result["duplicates"]) == (3, 2, 1)
    assert [c["place"] for c in result["complaints"]] == ["line 4, column date"]
    assert result["new"]
    again = heliu("import", table, "--json")
    assert again.returncode == 0
    assert not json.loads(again.stdout)["new"]
    found = heliu("detect")
    assert "exact_duplicate" in found.stdout
    assert "june.csv:3" in found.stdout
