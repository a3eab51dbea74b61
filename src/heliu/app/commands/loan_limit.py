"""Commands on what a borrower may owe: propose a limit, release it as a second person, list."""

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from heliu.app.bank import open_database
from heliu.app.loan_file import money_of
from heliu.app.options import AsJson, AsOption, acting
from heliu.app.say import json_document, out, plain, two
from heliu.credit.limits.api import (
    LimitProposal,
    ProposeLimit,
    limit_proposals,
    propose_limits,
    release_limits,
)
from heliu.ground.clock import SystemClock
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7

limit = typer.Typer(
    help="What a borrower may owe: propose a limit, have a second person release it.",
    no_args_is_help=True,
)


@limit.command("propose")
def propose(  # noqa: PLR0913 - the fields of a proposal
    uscc: Annotated[str, typer.Argument(help="The borrower's unified social credit code.")],
    amount: Annotated[str, typer.Argument(help="In major units, such as 2000000.00.")],
    *,
    because: Annotated[str, typer.Option(help="The grounds, for who releases it.")],
    currency: Annotated[str, typer.Option(help="The currency of the limit.")] = "CNY",
    key: Annotated[UUID | None, typer.Option(help="Makes it happen once.")] = None,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Propose what a borrower may owe; it counts once somebody else releases it."""
    now = SystemClock().now()
    command = ProposeLimit(key or uuid7(now), uscc, money_of(amount, currency), because)
    with open_database() as database, database.transaction() as tx:
        (proposed,) = propose_limits(tx, acting(named), [command], now)
    if isinstance(proposed, Refusal):
        raise proposed
    if as_json:
        json_document(_told(proposed))
        return
    said = two("由第二人发布", "a second person releases it")
    out.print(f"{said}: heliu loan limit release {proposed.id}", soft_wrap=True)


@limit.command("release")
def release(
    proposal: Annotated[UUID, typer.Argument(help="The proposal's id.")],
    *,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Let a proposed limit count; never by who proposed it."""
    with open_database() as database, database.transaction() as tx:
        (released,) = release_limits(tx, acting(named), [proposal], SystemClock().now())
    if isinstance(released, Refusal):
        raise released
    if as_json:
        json_document(_told(released))
        return
    who, room = released.borrower_uscc, released.amount
    out.print(two(f"{who} 额度 {room}", f"{who} may owe {room}"))


@limit.command("list")
def listed(
    uscc: Annotated[str | None, typer.Argument(help="Of this borrower alone.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """The youngest proposals: what for, by whom, and who released them."""
    with open_database() as database, database.transaction() as tx:
        found = limit_proposals(tx, uscc)
    if as_json:
        json_document([_told(one) for one in found])
        return
    drawn = Table("proposal", "borrower", "amount", "because", "proposed by", "released by")
    for one in found:
        by = one.released_by or two("待发布", "waiting")
        row = (one.id, one.borrower_uscc, one.amount, one.because, one.proposed_by, by)
        drawn.add_row(*map(plain, row))
    out.print(drawn)


def _told(one: LimitProposal) -> dict[str, Any]:
    return {
        "proposal": one.id,
        "borrower": one.borrower_uscc,
        "currency": one.amount.currency,
        "amount_minor": one.amount.minor,
        "because": one.because,
        "proposed_by": one.proposed_by,
        "proposed_at": one.proposed_at,
        "released_by": one.released_by,
        "released_at": one.released_at,
    }
