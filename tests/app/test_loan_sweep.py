"""`heliu loan sweep`: files of settlements repay advances, and what is wrong in them is told."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from tests.credit.lending.conftest import BORROWER, BUYER, CLERK, PAPER, Bank, moment

from heliu.app.bank import Bank as Open
from heliu.app.laws import examine_laws
from heliu.app.loan_sweep import sweep_files, tell_swept
from heliu.app.samples.bank import Entry, notification
from heliu.app.samples.firms import FIRMS
from heliu.books.ledger.api import Ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

NOW = datetime(2026, 2, 5, 9, tzinfo=UTC)
TODAY = NOW.date()
HEADER = "settlement,merchant,settled_on,amount\n"


@pytest.fixture
def lent(fresh: Database) -> Iterator[Open]:
    """An open bank with an advance of 10,000 yuan, repaid by 18 % of the merchant's takings."""
    clock = FixedClock(NOW)
    with Ledger.open(fresh, clock) as ledger:
        with fresh.transaction() as tx:
            small = Bank(tx, ledger)
            small.release("merchant_advance")
            small.room(10**12)
            advance = small.open(
                "merchant-advance",
                principal=Money(10_000_00),
                annual_rate=Decimal("0.18"),
                periods=200,
                inputs={"months_of_flow": 12, "share_of_flow": "0.18"},
                evidence={"bank_entry": (PAPER,)},
                base_value=Money(100_000_00),
            )
            small.draw(advance, 10_000_00)
        yield Open(fresh, ledger, clock, CLERK)


def told(
    bank: Open, capsys: pytest.CaptureFixture[str], *paths: Path, on: date | None = None
) -> list[tuple[str, str, int]]:
    """(name, status or code, acts) of each settlement, as JSON tells it."""
    swept = sweep_files(bank, paths, on, moment(TODAY))
    with suppress(typer.Exit):
        tell_swept(swept, as_json=True)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [(r["name"], r.get("code", r["status"]), len(r.get("acts", ()))) for r in rows]


def test_every_settlement_of_a_file_is_swept_once_and_what_is_wrong_hides_no_other(
    lent: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "takings.csv"
    rows = [
        f"S-1,{BORROWER},2026-02-03,1000.00",
        f"S-2,{BORROWER},2026-02-04,500.00",
        f"S-3,{BORROWER},2026-02-04,0.001",
        f"S-4,{BORROWER},the fourth,1.00",
        f"S-5,{BUYER},2026-02-04,1.00",
        f",{BORROWER},2026-02-04,1.00",
    ]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8-sig")
    first = told(lent, capsys, path, on=date(2026, 2, 3))
    assert [row[0] for row in first if row[1] == "swept"] == ["S-1"]
    assert told(lent, capsys, path) == [
        ("S-1", "swept", 1),
        ("S-2", "swept", 1),
        ("takings.csv:4", "loan_file.invalid", 0),
        ("takings.csv:5", "loan_file.invalid", 0),
        ("S-5", "lending.no_advance", 0),
        ("takings.csv:7", "loan_file.invalid", 0),
    ]
    swept = sweep_files(lent, [path], date(2026, 2, 3), moment(TODAY))
    with pytest.raises(typer.Exit):
        tell_swept(swept, as_json=False)
    assert "(as before)" in capsys.readouterr().out
    with lent.database.transaction() as tx:
        assert [law.code for law in examine_laws(tx) if law.broken] == []


@pytest.mark.parametrize(
    "garbage", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", HEADER.encode() + b'"S-1,x\n']
)
def test_a_file_that_is_none_is_refused_whole(lent: Open, tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "takings.csv"
    path.write_bytes(garbage)
    with pytest.raises(Refusal, match=r"loan_file\.invalid"):
        sweep_files(lent, [path], None, moment(TODAY))


def test_an_entry_of_the_bank_that_names_no_merchant_waits_for_a_person(
    lent: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = Entry(FIRMS["HH"], FIRMS["HC"], Decimal("277.78"), TODAY, "card settlement", None)
    (tmp_path / "a.xml").write_bytes(notification([entry]))
    (tmp_path / "b.xml").write_text("<a")
    codes = [code for _, code, _ in told(lent, capsys, tmp_path)]
    assert codes == ["loan_file.invalid", "loan_file.invalid"]
