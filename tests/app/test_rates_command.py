"""`heliu rates`: publications in, listed, refused twice; nothing is due on an empty bank."""

import json
from pathlib import Path

from tests.app.test_post_loan_commands import heliu

from heliu.credit.benchmarks import quote_file
from heliu.ground.db import Database

SAMPLE = Path(quote_file.__file__).parent / "feeds" / "sample.yaml"


def test_publications_are_imported_once_and_listed_as_unverified(
    told: Database, tmp_path: Path
) -> None:
    first = heliu(told, tmp_path, "rates", "import", str(SAMPLE), "--json")
    assert (first.returncode, len(json.loads(first.stdout))) == (0, 6), first.stderr
    again = heliu(told, tmp_path, "rates", "import", str(SAMPLE), "--json")
    assert {one["again"] for one in json.loads(again.stdout)} == {True}
    changed = tmp_path / "changed.yaml"
    changed.write_text(SAMPLE.read_text(encoding="utf-8").replace("0.0300", "0.0301"))
    refused = heliu(told, tmp_path, "rates", "import", str(changed))
    assert refused.returncode == 1
    assert "rates.quote_differs" in refused.stderr
    assert "Traceback" not in refused.stderr
    (youngest, *_) = json.loads(heliu(told, tmp_path, "rates", "list", "--json").stdout)
    assert youngest["quotes"] == {"1Y": "0.0295", "5Y": "0.0345"}
    assert youngest["verified"] is False
    shown = heliu(told, tmp_path, "rates", "list")
    assert "2.95 %" in shown.stdout


def test_nothing_is_due_or_set_where_nobody_borrows(told: Database, tmp_path: Path) -> None:
    for word in ("due", "set"):
        done = heliu(told, tmp_path, "rates", word, "--json")
        assert (done.returncode, json.loads(done.stdout)) == (0, []), done.stderr
