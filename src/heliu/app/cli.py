"""`heliu`: the command line. One-line errors with the cure; exit 0 well, 1 refused, 2 misuse."""

import logging
import sys

import click
import typer

from heliu.app.commands import documents, machine, money, proof
from heliu.app.say import err, refuse
from heliu.ground.errors import Fault, Outage, Refusal

MISUSE = 2

app = typer.Typer(
    name="heliu",
    help="Heliu 合流: trade documents in, verified and financed on real books.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for family in (documents, money, proof, machine):
    family.register(app)


def main() -> None:
    """Entry point of the `heliu` command."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        code = app(standalone_mode=False)
    except Refusal as refusal:
        refuse(refusal)
        sys.exit(MISUSE)
    except Outage as outage:
        err.print(f"[red]heliu:[/] {outage} — cure: `heliu doctor` says what is wrong")
        sys.exit(MISUSE)
    except Fault as fault:
        err.print(f"[red]heliu:[/] {fault} — nothing of this was kept")
        sys.exit(MISUSE)
    except click.ClickException as misuse:
        misuse.show()
        sys.exit(MISUSE)
    except (click.Abort, KeyboardInterrupt):
        err.print("heliu: stopped; nothing half done was kept")
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
