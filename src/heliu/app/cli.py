"""`heliu`: the command line. One-line errors with the cure; exit 0 well, 1 refused, 2 misuse.

A command loads its own family of commands and no other: a line of it starts in a fraction of the
time that the whole house takes to load.
"""

import logging
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import typer

from heliu.app.say import err, plain, refuse
from heliu.ground.errors import Fault, Outage, Refusal

MISUSE = 2
# Modules of heliu.app.commands, in the order of the help page, and the commands each registers.
FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "demo": ("demo",),
    "documents": ("inspect", "import", "detect", "watch"),
    "money": ("finance",),
    "access": ("connect",),
    "people": ("people",),
    "programme": ("programme",),
    "acquire": ("acquire", "enrol"),
    "schedule": ("schedule",),
    "origination": ("application",),
    "loan": ("loan",),
    "servicing": ("servicing",),
    "collateral": ("collateral",),
    "voucher": ("voucher",),
    "eod": ("eod", "gl", "export"),
    "warnings": ("warnings",),
    "collection": ("collection",),
    "regulation": ("regulation",),
    "rates": ("rates",),
    "proof": ("prove", "verify", "replay"),
    "machine": ("doctor", "stop", "bench"),
    "serve": ("serve",),
    "rail": ("rail-simulator",),
    "payment": ("payment",),
    "standby": ("standby",),
}


def command_line(asked: str | None = None) -> typer.Typer:
    """The command line with the family of the command `asked`, or with all of them."""
    app = typer.Typer(
        name="heliu",
        help="Heliu 合流: trade documents in, verified and financed on real books.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    own = [family for family, commands in FAMILIES.items() if asked in commands]
    for family in own or FAMILIES:
        import_module(f"heliu.app.commands.{family}").register(app)
    # With one command alone typer would not ask for its name.
    app.callback()(_whole)
    return app


def _whole() -> None:
    """Heliu 合流: trade documents in, verified and financed on real books."""


def main() -> None:
    """Entry point of the `heliu` command."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        command_line(sys.argv[1] if len(sys.argv) > 1 else None)()
    except Refusal as refusal:
        refuse(refusal)
    except Outage as outage:
        # The driver's own words come in several lines; an error of ours is one.
        words = plain(" ".join(str(outage).split()))
        said = f"[red]heliu:[/] {words} — cure: `heliu doctor` says what is wrong"
        err.print(said, soft_wrap=True)
    except Fault as fault:
        err.print(f"[red]heliu:[/] {plain(fault)} — nothing of this was kept", soft_wrap=True)
    sys.exit(MISUSE)
