"""Seven weeks of a small ecosystem around a real bank, over HTTP, a drop folder and a rail."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from heliu.app.ecosystem.deeds import Fraud, Paying
from heliu.app.ecosystem.figures import figures
from heliu.app.ecosystem.plan import Scale
from heliu.app.ecosystem.run import Setting, Stage, ecosystem
from heliu.app.ecosystem.telling import broken, tell_figures
from heliu.app.ecosystem.view import progress_line, screen
from heliu.ground.db import Database

MONDAY = date(2026, 3, 2)
SCALE = Scale(suppliers=9, weeks=7, trades_each=3, seed=1)
CUT_DOWN = {Fraud.PADDED}


@dataclass(frozen=True)
class Lived:
    """The ecosystem after its weeks, and the account of it."""

    stage: Stage
    told: dict[str, Any]


@pytest.fixture(scope="module")
def lived(told: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("ecosystem")
    with ecosystem(told, Setting(folder, MONDAY, SCALE)) as stage:
        stage.live()
        yield Lived(stage, figures(stage))


def planned(lived: Lived, *paying: Paying) -> list[str]:
    """Invoices that were to be paid so within the weeks."""
    last = lived.stage.plan.days[-1]
    return [
        deal.trade.invoice_no
        for deal in lived.stage.plan.deals
        if deal.paying in paying and deal.paid_on <= last and deal.fraud is None
    ]


def test_every_law_of_the_books_holds(lived: Lived) -> None:
    assert lived.told["laws"]
    assert not broken(lived.told)


def test_no_fraud_gets_more_than_what_is_real(lived: Lived) -> None:
    frauds = lived.told["frauds"]
    assert [one["fraud"] for one in frauds if one["through"]] == []
    assert {one["fraud"] for one in frauds if one["cut"]} == CUT_DOWN
    assert all(one["refused"] + one["cut"] == one["tried"] for one in frauds)


@pytest.mark.parametrize(
    ("fraud", "code"),
    [
        ("renumbered", "duplicate_financing"),
        ("circular", "circular_trade"),
        ("related", "related_parties"),
        ("inflated", "price_off"),
        ("spoilt", "cold_chain_broken"),
        ("denied", "buyer_rejected"),
        ("stranger", "act.not_yours"),
        ("false_payee", "entrusted.account_differs"),
        ("forged_approval", "document.not_yours"),
        ("forged_signature", "signature.wrong"),
    ],
)
def test_a_fraud_is_told_why_not(lived: Lived, fraud: str, code: str) -> None:
    (told,) = [one for one in lived.told["frauds"] if one["fraud"] == fraud]
    assert told["code"] == code
    assert told["reason"]


def test_no_client_meets_an_error(lived: Lived) -> None:
    assert lived.told["troubles"] == {}


def test_every_honest_trade_is_financed(lived: Lived) -> None:
    honest = [deal for deal in lived.stage.plan.deals if deal.fraud is None]
    assert lived.told["acts"]["honest_refused"] == {}
    assert lived.told["acts"]["financed"] == len(honest) + len(CUT_DOWN)


def test_what_the_suppliers_were_lent_is_what_the_bank_lent(lived: Lived) -> None:
    books = sum(programme["lent"] for programme in lived.told["programmes"])
    assert lived.told["acts"]["lent"] * 100 == books


def test_every_payment_arrives_once_over_a_rail_that_loses_and_repeats(lived: Lived) -> None:
    payments = lived.told["payments"]
    assert payments["states"] == {"settled": lived.told["acts"]["sent_on"]}
    assert payments["entrusted"] > 0
    assert payments["cases"] == 0


@pytest.mark.parametrize(
    ("paying", "case"),
    [
        (Paying.LATE, "late_payment"),
        (Paying.SHORT, "short_payment"),
        (Paying.WRONG_PAYER, "wrong_payer"),
        (Paying.NAMELESS, "unidentified"),
    ],
)
def test_a_bad_payer_becomes_a_case(lived: Lived, paying: Paying, case: str) -> None:
    assert planned(lived, paying)
    assert lived.told["cases"][case]["cases"] == len(planned(lived, paying))


def test_papers_of_all_four_flows_are_accepted_and_a_cut_off_one_is_refused(lived: Lived) -> None:
    flows = lived.told["flows"]
    assert all(flows[flow]["accepted"] > 0 for flow in flows)
    assert lived.told["complaints"] == {"xml.malformed": flows["commerce"]["refused"]}


def test_the_server_stays_open_with_its_page(lived: Lived) -> None:
    page = httpx.get(f"{lived.stage.url}/docs")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_the_view_and_the_account_can_be_read(
    lived: Lived, capsys: pytest.CaptureFixture[str]
) -> None:
    page = io.StringIO()
    Console(width=130, file=page).print(screen(lived.stage.tally))
    seen = page.getvalue()
    assert "35/35" in seen
    assert "goods that run in a circle ✗ 1" in seen
    assert "35/35" in progress_line(lived.stage.tally)
    tell_figures(lived.told)
    said = capsys.readouterr().out
    assert "Why the frauds failed" in said
    assert "no client met an error" in said


def test_the_same_seed_tells_the_same_but_for_milliseconds(
    lived: Lived, fresh: Database, tmp_path: Path
) -> None:
    with ecosystem(fresh, Setting(tmp_path, MONDAY, SCALE)) as stage:
        stage.live()
        again = figures(stage)
    assert again | {"milliseconds": {}} == lived.told | {"milliseconds": {}}
