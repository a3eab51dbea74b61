"""`heliu`: the command line. One-line errors with the cure; exit 0 well, 1 refused, 2 misuse."""

import logging
import sys

import typer

from heliu.app.commands import (
    access,
    acquire,
    collateral,
    demo,
    documents,
    loan,
    machine,
    money,
    origination,
    payment,
    programme,
    proof,
    rail,
    regulation,
    schedule,
    serve,
    standby,
    voucher,
)
from heliu.app.say import err, plain, refuse
from heliu.ground.errors import Fault, Outage, Refusal

MISUSE = 2

app = typer.Typer(
    name="heliu",
    help="Heliu 合流: trade documents in, verified and financed on real books.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for family in (
    demo,
    documents,
    money,
    access,
    programme,
    acquire,
    proof,
    machine,
    serve,
    rail,
    payment,
    standby,
    regulation,
    schedule,
    origination,
    loan,
    collateral,
    voucher,
):
    family.register(app)


def main() -> None:
    """Entry point of the `heliu` command."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
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
