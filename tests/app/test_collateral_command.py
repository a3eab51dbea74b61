"""`heliu collateral`: a file's acts are read at the wall, carried out in order and told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from heliu.app import collateral_acts
from heliu.app.cli import command_line
from heliu.app.collateral_file import AnswerForm, read_acts
from heliu.credit.collateral.api import Judged, Lot
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal

OFFER = """
- act: offer
  owner: OWNER
  custodian: KEEPER
  place: yard
  receipt: CK-1
  goods: STEEL-HRC
  item: "06901234567892"
  unit: TNE
  quantity: "12.5"
  stored_on: 2026-03-01
- {act: price, goods: STEEL-HRC, unit: TNE, price: "3900.00", source: EXCHANGE, on: 2026-03-02}
- {act: verify, lot: 7f1df9d0-0000-4000-8000-000000000001,
   document: 7f1df9d0-0000-4000-8000-000000000002, attested_by: KEEPER}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "acts.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_acts_of_a_file_are_carried_out_in_order_and_a_refusal_refuses_only_itself(
    tmp_path: Path, tx: Tx, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FixedClock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    monkeypatch.setattr(collateral_acts, "SystemClock", lambda: clock)
    acts = read_acts(written(tmp_path, OFFER))
    outcomes = [
        outcome
        for act in acts
        for outcome in collateral_acts.carried_out(tx, Actor("clerk"), type(act), [act])
    ]
    assert isinstance(outcomes[0], Lot)
    assert outcomes[0].quantity_milli == 12_500
    assert outcomes[1] is Judged.GOOD
    assert isinstance(outcomes[2], Refusal)


def test_a_single_act_needs_no_list(tmp_path: Path) -> None:
    instruction = "7f1df9d0-0000-4000-8000-000000000001"
    text = f"{{act: answer, instruction: {instruction}, custodian: K, accepted: false}}"
    (act,) = read_acts(written(tmp_path, text))
    assert isinstance(act, AnswerForm)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{act: offer}", "missing required field"),
        ("act: sell", "'sell'"),
        ("[1]", "Expected `object`"),
        ("a: [", "while parsing"),
        ("{act: resume, contract: X}", "Invalid UUID"),
        ("{act: resume, contract: 7f1df9d0-0000-4000-8000-000000000001, why: no}", "unknown field"),
    ],
)
def test_a_bad_file_is_refused_whole_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        read_acts(written(tmp_path, text))
    assert refused.value.code == "collateral_file.invalid"


@pytest.mark.parametrize(
    "text",
    [
        OFFER.replace('"12.5"', '"12.5001"'),
        OFFER.replace('"12.5"', '"many"'),
        OFFER.replace('"12.5"', '"-1"'),
        OFFER.replace('"3900.00"', '"0"'),
        OFFER.replace('"3900.00"', '"Infinity"'),
        "{act: release, contract: 7f1df9d0-0000-4000-8000-000000000001, paid: '-1', debt: '1'}",
        "{act: release, contract: 7f1df9d0-0000-4000-8000-000000000001, paid: '1.001', debt: '1'}",
        "{act: seize, contract: 7f1df9d0-0000-4000-8000-000000000001, debt: '0'}",
    ],
)
def test_a_number_that_cannot_be_is_refused(tmp_path: Path, text: str, tx: Tx) -> None:
    acts = read_acts(written(tmp_path, text))
    with pytest.raises(Refusal) as refused:
        [collateral_acts.carried_out(tx, Actor("clerk"), type(act), [act]) for act in acts]
    assert refused.value.code == "collateral_file.invalid"


def test_the_goods_book_is_shown_without_a_database() -> None:
    shown = CliRunner().invoke(command_line(), ["collateral", "goods", "--json"])
    assert shown.exit_code == 0
