"""Commands on connections: connect new, list, renew, revoke."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from heliu.app.bank import open_database
from heliu.app.options import AsJson, cli_actor
from heliu.app.say import json_document, out, plain, two
from heliu.app.settings import settings
from heliu.ground.clock import BANK_ZONE, SystemClock
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.access.api import (
    Connection,
    Credential,
    IssueConnection,
    Permission,
    Vault,
    connections,
    credential_of,
    issue,
    renew,
    revoke,
)

PartyOption = Annotated[
    str | None, typer.Option("--party", help="USCC of the enterprise it belongs to.")
]
BankOption = Annotated[bool, typer.Option("--bank", help="It is the bank's own and sees all.")]
NameOption = Annotated[str, typer.Option("--name", help="Which system uses it.")]
PermissionOption = Annotated[
    list[Permission], typer.Option("--permission", help="What it may do; may be given again.")
]
UntilOption = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="First day on which it no longer may call."),
]
Ids = Annotated[list[str], typer.Argument(help="Keys as `heliu connect list` shows them.")]

connect = typer.Typer(
    help="Connections: who may call the bank over HTTP, and what for.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(connect, name="connect")


def open_vault() -> Vault:
    """The vault of this machine's settings. Raises Refusal `vault.*`."""
    value = settings().master_key
    return Vault.open(settings().folder, value.get_secret_value() if value else None)


@connect.command("new")
def new(
    *,
    name: NameOption,
    permission: PermissionOption,
    party: PartyOption = None,
    bank: BankOption = False,
    until: UntilOption = None,
    as_json: AsJson = False,
) -> None:
    """Issue a connection and show its key and secret; the secret is shown this once."""
    if (party is None) != bank:
        raise Refusal(
            "connection.whose",
            Text("须说明连接属于哪家企业或属于银行", "a connection is a party's or the bank's"),
            Text("给出 --party 或 --bank 之一", "give one of --party and --bank"),
        )
    expires = until.replace(tzinfo=BANK_ZONE) if until else None
    command = IssueConnection(party, name, frozenset(permission), expires)
    vault = open_vault()
    with open_database() as database, database.transaction() as tx:
        connection = issue(tx, cli_actor(), command, SystemClock().now())
    _show_once(credential_of(vault, connection), as_json=as_json)


@connect.command("list")
def show(*, as_json: AsJson = False) -> None:
    """Show every connection, without secrets."""
    with open_database() as database, database.transaction() as tx:
        found = connections(tx)
    if as_json:
        json_document([_row(connection) for connection in found])
        return
    table = Table("key", two("属于", "of"), two("名称", "name"), two("权限", "may"), "")
    now = SystemClock().now()
    for c in found:
        ended = two("已撤销", "revoked") if c.revoked_at else two("已到期", "expired")
        state = two("有效", "live") if c.live(now) else ended
        may = "\n".join(sorted(c.permissions))
        table.add_row(c.id, c.party_uscc or two("银行", "the bank"), plain(c.name), may, state)
    out.print(table)


@connect.command("renew")
def new_secret(key: Annotated[str, typer.Argument()], *, as_json: AsJson = False) -> None:
    """Give a connection a new secret and show it this once; the old one is void at once."""
    vault = open_vault()
    with open_database() as database, database.transaction() as tx:
        connection = renew(tx, cli_actor(), key, SystemClock().now())
    _show_once(credential_of(vault, connection), as_json=as_json)


@connect.command("revoke")
def end(keys: Ids) -> None:
    """Revoke connections for good."""
    with open_database() as database, database.transaction() as tx:
        revoke(tx, cli_actor(), keys, SystemClock().now())


def _show_once(credential: Credential, *, as_json: bool) -> None:
    if as_json:
        json_document({"key": credential.key, "secret": credential.secret})
        return
    out.print(f"key     {credential.key}")
    out.print(f"secret  {credential.secret}")
    out.print(two("密钥只显示这一次", "the secret is shown this once"), style="dim")


def _row(connection: Connection) -> dict[str, Any]:
    return {
        "key": connection.id,
        "party": connection.party_uscc,
        "name": connection.name,
        "permissions": sorted(connection.permissions),
        "generation": connection.generation,
        "issued_at": connection.issued_at,
        "expires_at": connection.expires_at,
        "revoked_at": connection.revoked_at,
    }
