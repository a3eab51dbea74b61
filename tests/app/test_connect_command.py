"""`heliu connect`: a secret is shown once, kept nowhere, and over when it is revoked."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from heliu.ground.db import Database

HELIU = Path(sys.executable).with_name("heliu")
MILL = "91350100M000100Y43"
Command = Callable[..., "subprocess.CompletedProcess[str]"]
NEW = ("connect", "new", "--party", MILL, "--name", "ERP", "--permission", "acts:read", "--json")


@pytest.fixture(scope="module")
def heliu(told: Database, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The command, on a database of this module's own."""
    folder = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "HELIU_DATABASE_URL": told.url, "HELIU_HOME": str(folder)}

    def run(*args: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [HELIU, *args],
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


def test_a_connection_is_issued_renewed_and_revoked(heliu: Command) -> None:
    issued = said(heliu(*NEW))
    renewed = said(heliu("connect", "renew", issued["key"], "--json"))
    assert renewed["key"] == issued["key"]
    assert renewed["secret"] != issued["secret"]
    assert heliu("connect", "revoke", issued["key"]).returncode == 0
    listing = heliu("connect", "list", "--json")
    (listed,) = [one for one in said(listing) if one["key"] == issued["key"]]
    assert (listed["party"], listed["permissions"], listed["generation"]) == (
        MILL,
        ["acts:read"],
        2,
    )
    assert listed["revoked_at"] is not None
    assert "hs_" not in listing.stdout
    assert "revoked" in heliu("connect", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--name", "x", "--permission", "acts:read"), "connection.whose"),
        (("--name", "x", "--permission", "acts:read", "--bank", "--party", MILL), ".whose"),
        (("--name", "x", "--permission", "acts:read", "--party", "91350100M"), "connection.party"),
        (
            ("--name", "x", "--permission", "programmes:release", "--party", MILL),
            "connection.bank_only",
        ),
        (("--name", "x", "--permission", "all", "--bank"), "Invalid value"),
    ],
)
def test_what_may_not_be_issued_is_said_in_one_line(
    heliu: Command, arguments: tuple[str, ...], complaint: str
) -> None:
    done = heliu("connect", "new", *arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_master_key_that_is_none_is_refused_and_not_repeated(heliu: Command) -> None:
    done = heliu(*NEW, HELIU_MASTER_KEY="hunter2hunter2")
    assert done.returncode == 2
    assert "vault.master_key_invalid" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout
