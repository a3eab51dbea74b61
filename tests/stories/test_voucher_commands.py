"""`heliu voucher`: a voucher's life from the command line, and the one-line noes on the way."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.books.vouchers.house import BANK, CORE, FOUNDRY, MARCH, MILL, NOON, TENOR, Till, key

from heliu.app.commands.voucher_file import read_issue
from heliu.books.ledger.api import Ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal

HELIU = Path(sys.executable).with_name("heliu")
Command = Callable[..., "subprocess.CompletedProcess[str]"]
ISSUE = f"""
issuer: {CORE}
payee: {MILL}
amount: "1000000.00"
due_on: 2026-08-31
invoices:
  - {{number: "24312000000012345678", amount: "1200000.00", use: "1000000.00", document: i.xml}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the papers lie."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "i.xml").write_text("<invoice/>")
    (folder / "deed.pdf").write_text("signed")
    (folder / "issue.yaml").write_text(ISSUE)
    return folder


@pytest.fixture(scope="module")
def heliu(told: Database, folder: Path) -> Command:
    """The command, on a database of this module's own."""
    environment = {**os.environ, "HELIU_DATABASE_URL": told.url, "HELIU_HOME": str(folder)}

    def run(*args: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [HELIU, "voucher", *args],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def answer(done: "subprocess.CompletedProcess[str]") -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_voucher_is_lived_through_on_the_command_line(heliu: Command, told: Database) -> None:
    day, papers = ("--on", "2026-03-02", "--json"), ("--deed", "deed.pdf")
    voucher = answer(heliu("issue", "issue.yaml", *day))["voucher"]
    alone = heliu("approve", voucher, "--by", CORE, *day)
    assert (alone.returncode, alone.stderr.count("\n")) == (2, 1)
    assert "voucher.same_person" in alone.stderr
    answer(heliu("approve", voucher, "--by", CORE, "--as", "chief", *day))
    [whole] = answer(heliu("accept", voucher, "--by", MILL, *papers, *day))["fragments"]
    two = answer(heliu("split", whole, "600000.00", "400000.00", "--by", MILL, *day))["fragments"]
    passed = ("--by", MILL, *papers, "--basis", "i.xml", *day)
    answer(heliu("transfer", two[0], "--to", FOUNDRY, *passed))
    terms = ("--financier", BANK, "--amount", "300000.00", "--registry-no", "R1")
    answer(heliu("finance", two[1], *terms, "--kind", "pledge", *passed))
    twice = heliu("finance", two[1], *terms, "--kind", "pledge", *passed)
    assert "voucher.financed" in twice.stderr
    with Ledger.open(told, FixedClock(NOON)) as ledger, told.transaction() as tx:
        Till(ledger).fund(tx, CORE, 100_000_000)
    paid = answer(heliu("redeem", voucher, "--on", "2026-08-31", "--json"))
    assert [(p["payee"], p["amount_minor"]) for p in paid["payouts"]] == [
        (FOUNDRY, 60_000_000),
        (BANK, 30_000_000),
        (MILL, 10_000_000),
    ]
    seen = answer(heliu("show", voucher, "--json"))
    assert [one["state"] for one in seen["fragments"]] == ["split", "paid", "paid"]
    assert FOUNDRY in heliu("show", voucher).stdout
    for shown in answer(heliu("prove", voucher)):
        sealed = sha256(bytes.fromhex(shown["salt"]) + shown["payload"].encode()).hexdigest()
        assert sealed in shown["proof"]["leaf_data"]
        assert MILL not in shown["proof"]["leaf_data"]


def test_a_tenor_past_the_rule_in_force_is_refused_and_a_long_one_is_marked(
    heliu: Command, folder: Path
) -> None:
    (folder / "long.yaml").write_text(ISSUE.replace("1234", "9999"))
    late = heliu("issue", "long.yaml", "--on", "2025-08-01")
    assert "voucher.tenor_exceeded" in late.stderr
    marked = answer(heliu("issue", "long.yaml", "--on", "2025-12-01", "--json"))
    assert "usual 6 months" in marked["marked"][0]["en"]


def test_a_bad_file_is_told_in_one_line(heliu: Command) -> None:
    refused = heliu("issue", "nothing.yaml")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "nothing.yaml cannot" in refused.stderr.replace(":", "")


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("- a list", ""),
        ("", ""),
        ("a: [", "bad.yaml"),
        ("\x00", "bad.yaml"),
        (ISSUE + "colour: red", "colour"),
        (ISSUE.replace("1000000.00", "1e99"), "amount"),
        (ISSUE.replace("1000000.00", "-5"), "amount"),
        (ISSUE.replace("1000000.00", "10.001"), "10.001"),
        (ISSUE.replace("2026-08-31", "soon"), "due_on"),
        (ISSUE.replace("number", "numero"), "invoices.0.number"),
        (ISSUE.replace("i.xml", "gone.xml"), "gone.xml"),
        (ISSUE + " " * 2**20, "bad.yaml"),
    ],
)
def test_a_bad_file_is_refused_with_the_place_that_is_wrong(
    folder: Path, written: str, where: str
) -> None:
    (folder / "bad.yaml").write_text(written)
    with pytest.raises(Refusal) as refused:
        read_issue(folder / "bad.yaml", key("V"), MARCH, TENOR)
    assert refused.value.code == "voucher.file"
    assert str(refused.value.facts["field"]).endswith(where)


def test_a_bare_invoice_backs_its_whole_amount_and_a_paper_may_be_its_digest(folder: Path) -> None:
    digest = sha256(b"<invoice/>").hexdigest()
    bare = ISSUE.replace("1200000.00", "1000000.00").replace(', use: "1000000.00"', "")
    (folder / "bare.yaml").write_text(bare.replace("i.xml", digest))
    [backing] = read_issue(folder / "bare.yaml", key("V"), MARCH, TENOR).backing
    assert backing.amount == backing.invoice_amount == 100_000_000
    assert backing.document_sha256 == digest
