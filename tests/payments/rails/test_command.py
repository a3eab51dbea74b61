"""`heliu rail-simulator`: the other end of a rail, from the command line."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from heliu.app.cli import command_line
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.payments.rails.api import (
    FileRail,
    Instruction,
    Outgoing,
    PartyOnRail,
    Profile,
    Verdict,
    read_answers,
    write_instruction,
)

AT = datetime(2026, 7, 20, 4, 0, tzinfo=UTC)


def test_the_simulator_takes_what_is_there_and_answers(tmp_path: Path) -> None:
    parties = PartyOnRail("Debtor", "1"), PartyOnRail("Creditor", "2")
    asked = Instruction("HM1", "HE1", Money(500), date(2026, 7, 20), *parties, "x")
    rail = FileRail(tmp_path)
    rail.send([Outgoing("HM1", write_instruction(asked, Profile(), AT))])
    result = CliRunner().invoke(
        command_line(), ["rail-simulator", str(tmp_path), "--once", "--fault", "reject=1"]
    )
    assert result.exit_code == 0, result.output
    said = [answer for message in rail.receive(9) for answer in read_answers(message.body)]
    assert [(answer.reference, answer.verdict) for answer in said] == [("HE1", Verdict.REJECTED)]


def test_an_unknown_fault_is_refused_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        CliRunner().invoke(
            command_line(),
            ["rail-simulator", str(tmp_path), "--fault", "x=1"],
            catch_exceptions=False,
        )
    assert "lose_answer" in refused.value.cure.en
