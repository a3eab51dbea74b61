"""`heliu loan limit`: two persons at one machine set what a borrower may owe."""

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from heliu.app.cli import command_line
from heliu.app.settings import settings
from heliu.ground.db import Database
from heliu.parties.party.api import complete_uscc

BORROWER = complete_uscc("9112010112345678")


@pytest.fixture
def run(fresh: Database) -> Iterator[CliRunner]:
    settings.cache_clear()
    yield CliRunner(env={"HELIU_DATABASE_URL": fresh.url})
    settings.cache_clear()


def test_a_limit_is_proposed_by_one_and_released_by_another(run: CliRunner) -> None:
    app = command_line()
    said = ["loan", "limit", "propose", BORROWER, "2000000", "--because", "两年审计报表", "--json"]
    proposal = json.loads(run.invoke(app, [*said, "--as", "anne"]).stdout)["proposal"]
    own = run.invoke(app, ["loan", "limit", "release", proposal, "--as", "anne"])
    assert "limit.same_person" in str(own.exception)
    released = run.invoke(app, ["loan", "limit", "release", proposal, "--as", "ben", "--json"])
    assert json.loads(released.stdout)["amount_minor"] == 2_000_000_00
    listed = run.invoke(app, ["loan", "limit", "list", BORROWER])
    assert (listed.exit_code, "anne" in listed.stdout) == (0, True)
