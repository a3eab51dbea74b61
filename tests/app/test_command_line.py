"""The command line: a command loads its own family, and every family says which commands it has."""

import subprocess
import sys

import pytest
import typer

from heliu.app.cli import FAMILIES, command_line


def names(app: typer.Typer) -> set[str]:
    commands = {info.name for info in app.registered_commands}
    return {str(n) for n in commands | {g.name for g in app.registered_groups} if n} | {
        str(g.typer_instance.info.name)
        for g in app.registered_groups
        if g.typer_instance is not None and isinstance(g.typer_instance.info.name, str)
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_registers_the_commands_it_is_known_by(family: str) -> None:
    for command in FAMILIES[family]:
        assert names(command_line(command)) == set(FAMILIES[family])


def test_who_asks_for_no_command_sees_them_all() -> None:
    everything = {command for commands in FAMILIES.values() for command in commands}
    assert names(command_line()) == everything
    assert names(command_line("no such thing")) == everything


def test_a_light_command_does_not_load_the_whole_house() -> None:
    said = (
        "import sys; from heliu.app.cli import command_line; command_line('regulation');"
        "print([m for m in ('fastapi', 'pyarrow', 'lxml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
