"""The sample folder, lived through: every story ends as its author says it must."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from psycopg.sql import SQL, Identifier

from heliu.app.bank import Bank
from heliu.app.finance.report import report
from heliu.app.finance.run import documents_of_outcomes, finance, policy
from heliu.books.evidence.api import verify_log
from heliu.books.ledger.api import Ledger
from heliu.credit.instants.api import ActKind, Ask, Till, answer, read_receivable
from heliu.credit.limits.api import violations
from heliu.credit.products.api import Programme, read_programme
from heliu.decisions.verdicts.api import replay
from heliu.ground.actor import SYSTEM
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id

FOLDER = Path(str(files("heliu") / "samples" / "trade"))
STORIES = json.loads((FOLDER / "stories.json").read_text(encoding="utf-8"))
CASES: dict[str, dict[str, str]] = STORIES["cases"]
LAST_DAY = date.fromisoformat(STORIES["last_day"])
TABLES = """
SELECT schemaname || '.' || tablename
FROM pg_tables
WHERE schemaname IN ('books', 'flows', 'credit', 'decisions', 'parties', 'ground')
  AND tablename NOT IN ('writer', 'checkpoint', 'checkpoint_balance')
ORDER BY 1"""
FOLLOW_UPS: dict[str, Callable[[Any], bool]] = {
    "repaid": lambda loan: loan["state"] == "repaid",
    "open": lambda loan: loan["state"] == "open",
    "dilution": lambda loan: "dilution" in kinds(loan),
    "wrong_payer": lambda loan: "wrong_payer" in kinds(loan) and loan["state"] == "late",
    "short_payment": lambda loan: "short_payment" in kinds(loan),
    "late_payment": lambda loan: "late_payment" in kinds(loan) and loan["state"] == "repaid",
    "unidentified_payment": lambda loan: loan["state"] == "late" and not kinds(loan),
    "": lambda loan: loan is None,
}


@dataclass(frozen=True)
class Told:
    """The bank after the story, and its report."""

    bank: Bank
    programmes: list[Programme]
    report: dict[str, Any]


class _Undone(Exception):
    """Rolls back what only this test did to the story all of them read."""


def kinds(loan: dict[str, Any]) -> set[str]:
    return {str(case["kind"]) for case in loan["cases"]}


def lived(bank: Bank, programmes: list[Programme]) -> dict[str, Any]:
    run = finance(bank, [FOLDER / "documents"], programmes, LAST_DAY, lambda *_: None)
    documents = documents_of_outcomes(bank.database, run.outcomes)
    with bank.database.transaction() as tx:
        return report(tx, run, documents, programmes, LAST_DAY)


@pytest.fixture(scope="module")
def story(told: Database) -> Iterator[Told]:
    clock = FixedClock(datetime(2026, 9, 1, tzinfo=UTC))
    programmes = [read_programme(path) for path in sorted((FOLDER / "programmes").glob("*.yaml"))]
    with Ledger.open(told, clock) as ledger:
        bank = Bank(told, ledger, clock, SYSTEM)
        yield Told(bank, programmes, lived(bank, programmes))


@pytest.mark.parametrize("invoice", sorted(CASES))
def test_a_story_ends_as_its_author_says(story: Told, invoice: str) -> None:
    expected = CASES[invoice]
    (found,) = [r for r in story.report["receivables"] if r["invoice"] == invoice]
    outcome, verified = found["decision"]["outcome"], found["verified"]
    whole = verified["eligible"] == verified["invoiced"]
    decided = {
        ("financed", True): "financed",
        ("financed", False): "reduced",
        ("refused", True): "refused",
        ("refused", False): "refused",
        ("no_programme", False): "none",
    }[outcome, whole if outcome != "no_programme" else False]
    assert decided == expected["decision"]
    if expected["decision"] in {"financed", "reduced"}:
        assert FOLLOW_UPS[expected["follow_up"]](found["loan"])


@pytest.mark.parametrize(
    "invoice", sorted(key for key, case in CASES.items() if case["decision"] == "refused")
)
def test_a_refusal_says_why_and_what_would_cure_it(story: Told, invoice: str) -> None:
    (found,) = [r for r in story.report["receivables"] if r["invoice"] == invoice]
    family = CASES[invoice]["reason"]
    findings = [f for f in found["verified"]["findings"] if f["severity"] != "notice"]
    reasons = found["decision"]["reasons"]
    assert any(family in said["code"] for said in (*findings, *reasons))
    assert 1 <= len(reasons) <= 5
    for reason in reasons:
        assert reason["text"]["zh"]
        assert reason["text"]["en"]
        assert reason["cure"]["zh"]
        assert reason["cure"]["en"]


@pytest.mark.parametrize(
    "invoice", sorted(key for key, case in CASES.items() if case["decision"] == "refused")[:6]
)
def test_who_asks_again_by_the_api_is_told_what_his_papers_lack(story: Told, invoice: str) -> None:
    (found,) = [r for r in story.report["receivables"] if r["invoice"] == invoice]
    wanted = [f["code"] for f in found["verified"]["findings"] if f["severity"] != "notice"]
    subject, bank = found["id"], story.bank
    key = derived_id("test", "ask again", invoice)
    ask = Ask(key, ActKind.FINANCING, b"\0" * 32, None, subject, None, None)
    till = Till(bank.ledger, policy(), SYSTEM)
    with suppress(_Undone), bank.database.transaction() as tx:
        (answered,) = answer(tx, till, [ask], LAST_DAY, bank.clock.now())
        seen = read_receivable(tx, subject, None, LAST_DAY)
        raise _Undone
    assert answered.refusal is not None
    assert answered.refusal.code == "decision.refused"
    findings: Any = answered.refusal.facts["findings"]
    told = [f for f in findings if f["severity"] != "notice"]
    assert sorted(f["code"] for f in told) == sorted(wanted)
    assert all(f["cure"]["zh"] and f["cure"]["en"] and f["evidence"] for f in told)
    assert seen is not None
    assert json.loads(seen)["findings"] == findings


def test_every_fen_lent_was_paid_to_suppliers_or_kept_as_discount(story: Told) -> None:
    for r in story.report["receivables"]:
        if loan := r["loan"]:
            proceeds = [p["amount"] for p in loan["payments"] if p["kind"] == "proceeds"]
            assert sum(proceeds) + loan["discount"] == loan["principal"]
            assert loan["principal"] <= r["verified"]["eligible"] or kinds(loan)


def test_all_laws_hold_afterwards(story: Told) -> None:
    with story.bank.database.transaction() as tx:
        assert violations(tx) == []
        assert verify_log(tx) == []


def test_every_verdict_replays_bit_for_bit(story: Told) -> None:
    with story.bank.database.transaction() as tx:
        ids = [row[0] for row in tx.rows("SELECT id FROM decisions.verdict ORDER BY id")]
        replays = replay(tx, ids)
    assert len(replays) > len(CASES)
    assert [r.differences for r in replays if not r.identical] == []


def test_living_through_the_folder_again_changes_nothing(story: Told) -> None:
    before = counts(story.bank.database)
    again = lived(story.bank, story.programmes)
    assert counts(story.bank.database) == before
    assert Counter(f["outcome"].value for f in again["files"]).keys() == {"duplicate", "refused"}
    decisions = [[r["decision"] for r in told["receivables"]] for told in (story.report, again)]
    assert decisions[0] == decisions[1]
    assert again["summary"]["money"] == story.report["summary"]["money"]


def counts(database: Database) -> dict[str, int]:
    with database.transaction() as tx:
        names = [name for (name,) in tx.rows(TABLES)]
        found = {}
        for name in names:
            count = SQL("SELECT count(*) FROM {}").format(Identifier(*name.split(".")))
            row = tx.connection.execute(count).fetchone()
            assert row
            found[name] = row[0]
        return found
