"""`heliu people`: the first person of a bank is made at the command line, his code shown once."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.parties.identity.api import Rp, begin_recovery, enter_by_code

HELIU = Path(sys.executable).with_name("heliu")
RP = Rp("localhost", "http://localhost", "Heliu", bytes(32))
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def heliu(told: Database, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The command, on a database of this module's own."""
    folder = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "HELIU_DATABASE_URL": told.url, "HELIU_HOME": str(folder)}

    def run(*args: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [HELIU, "people", *args],
            env=environment | more,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def said(done: "subprocess.CompletedProcess[str]") -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_person_is_enrolled_given_a_role_and_let_in_by_his_code(
    heliu: Command, told: Database
) -> None:
    made = said(heliu("enrol", "s1001", "--name", "张安", "--role", "security", "--json"))
    with told.transaction() as tx:
        assert not isinstance(enter_by_code(tx, made["code"], SystemClock().now()), Exception)
    assert heliu("grant", "S1001", "--role", "operations").returncode == 0
    assert heliu("end", "S1001", "--role", "operations").returncode == 0
    listing = heliu("list", "--json")
    (one,) = [row for row in said(listing) if row["name"] == "张安"]
    assert (one["login"], one["memberships"]) == ("S10**", [{"role": "security", "party": None}])
    assert made["code"] not in listing.stdout
    assert "S10**" in heliu("list").stdout


def test_a_lost_first_code_is_replaced(heliu: Command, told: Database) -> None:
    lost = said(heliu("enrol", "13800000001", "--name", "王小明", "--json"))
    again = said(heliu("code", "13800000001", "--json"))
    now = SystemClock().now()
    with told.transaction() as tx:
        assert isinstance(enter_by_code(tx, lost["code"], now), Exception)
        assert not isinstance(enter_by_code(tx, again["code"], now), Exception)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("enrol", "nobody!", "--name", "x"), "login.invalid"),
        (("code", "13999999999"), "person.unknown"),
        (("grant", "13999999999", "--role", "retail"), "person.unknown"),
        (("end", "13999999999", "--role", "retail"), "person.unknown"),
        (("recover", "13999999999", "--vouch"), "recovery.over"),
        (("recover", "13999999999"), "recovery.which_step"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    heliu: Command, args: tuple[str, ...], code: str
) -> None:
    done = heliu(*args)
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert code in done.stderr


def test_an_enrolment_whose_role_is_refused_is_none(heliu: Command) -> None:
    done = heliu("enrol", "13700000001", "--name", "李雷", "--role", "supplier")
    assert "membership.party" in done.stderr
    assert "李雷" not in heliu("list", "--json").stdout


def test_recovery_is_vouched_for_by_one_and_not_released_in_its_first_day(
    heliu: Command, told: Database
) -> None:
    heliu("enrol", "13600000001", "--name", "韩梅梅")
    with told.transaction() as tx:
        begin_recovery(tx, RP, "13600000001", "10.0.0.1", SystemClock().now())
    assert heliu("recover", "13600000001", "--vouch", "--as", "a").returncode == 0
    (row,) = said(heliu("recover", "--json"))
    assert (row["login"], row["stage"], row["vouched"]) == ("136****0001", "cooling", True)
    assert "vouched" in heliu("recover").stdout
    early = heliu("recover", "13600000001", "--release", "--as", "b")
    assert "recovery.cooling" in early.stderr
    same = heliu("recover", "13600000001", "--release", "--as", "a")
    assert "recovery.second_person" in same.stderr
    proven = heliu("recover", "13600000001", "--vouch", "--as", "c", HELIU_PROFILE="production")
    assert "unproven_person" in proven.stderr
