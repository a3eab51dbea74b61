"""A wheel built from the tree works in an empty environment, outside the checkout."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def heliu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """The installed command, and an environment with a home of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = str(ROOT / ".venv" / "bin" / "uv")
    subprocess.run([uv, "build", "-q", "--wheel", "-o", folder, ROOT], check=True)
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, folder / "env"], check=True)
    (wheel,) = folder.glob("*.whl")
    python = folder / "env" / "bin" / "python"
    subprocess.run([uv, "pip", "install", "-q", "--python", python, wheel], check=True)
    command = folder / "env" / "bin" / "heliu"
    environment = {**os.environ, "HELIU_HOME": str(folder / "home")}
    yield command, environment
    subprocess.run([command, "stop"], env=environment, check=True)


@pytest.mark.prove
def test_the_demo_and_the_laws_run_outside_the_checkout(
    heliu: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    command, environment = heliu

    def run(*args: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [command, *args],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    told = run("demo", "--folder")
    assert told.returncode == 0, told.stderr
    assert "bit for bit" in told.stdout
    assert "✗ " not in told.stdout.split("5. The books")[1]
    assert run("verify").returncode == 0
    assert run("doctor").returncode == 0
