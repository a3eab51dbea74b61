"""Commands on people: enrol, code, grant, end, list, recover."""

from typing import Annotated, Any, Literal, TypeVar

import typer
from rich.table import Table

from heliu.app.bank import open_database
from heliu.app.options import AsJson, AsOption, acting, cli_actor
from heliu.app.say import json_document, out, plain, two
from heliu.ground.clock import SystemClock
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    Enrol,
    Grant,
    Known,
    Membership,
    Recovery,
    Role,
    Settings,
    end_memberships,
    enrol,
    grant,
    issue_code,
    people,
    person_of_login,
    persons,
    recoveries_under_way,
    recovery_of,
    release_recovery,
    vouch_recovery,
)

Given = TypeVar("Given")
LoginArgument = Annotated[str, typer.Argument(help="Mobile number or staff number.")]
RoleOption = Annotated[Role, typer.Option("--role", help="As whom he may come in.")]
PartyOption = Annotated[
    str | None, typer.Option("--party", help="USCC of the enterprise, for an enterprise's role.")
]

family = typer.Typer(help="People: who may come in at the door, and as whom.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(family, name="people")


@family.command("enrol")
def new(  # noqa: PLR0913 - the options of one command
    login: LoginArgument,
    *,
    name: Annotated[str, typer.Option("--name", help="The person's full name.")],
    role: Annotated[Role | None, typer.Option("--role", help="Give this role at once.")] = None,
    party: PartyOption = None,
    language: Annotated[Literal["zh", "en"], typer.Option("--language")] = "zh",
    edition: Annotated[Literal["std", "care"], typer.Option("--edition")] = "std",
    as_json: AsJson = False,
) -> None:
    """Make a person known and show his one-time code, this once; he comes in with it at /enter."""
    command = Enrol(login, name, Settings(language, edition))
    now = SystemClock().now()
    with open_database() as database, database.transaction() as tx:
        one = _given(enrol(tx, cli_actor(), [command], now)[0])
        if role is not None:
            _given(grant(tx, cli_actor(), [Grant(login, role, party)], now)[0])
    _show_code(one.code, as_json=as_json)


@family.command("code")
def code(login: LoginArgument, *, as_json: AsJson = False) -> None:
    """Show a new one-time code in place of one that was lost, for who has no way in yet."""
    with open_database() as database, database.transaction() as tx:
        made = issue_code(tx, cli_actor(), login, SystemClock().now())
    _show_code(made, as_json=as_json)


@family.command("grant")
def give(login: LoginArgument, *, role: RoleOption, party: PartyOption = None) -> None:
    """Give a person a role, of an enterprise or not."""
    with open_database() as database, database.transaction() as tx:
        _given(grant(tx, cli_actor(), [Grant(login, role, party)], SystemClock().now())[0])


@family.command("end")
def take(login: LoginArgument, *, role: RoleOption, party: PartyOption = None) -> None:
    """End a role of a person, at once in every session too."""
    command = Grant(login, role, party)
    with open_database() as database, database.transaction() as tx:
        _given(end_memberships(tx, cli_actor(), [command], SystemClock().now())[0])


@family.command("list")
def show(*, as_json: AsJson = False) -> None:
    """Show everybody: masked log-in, roles, and how each can come in."""
    with open_database() as database, database.transaction() as tx:
        found = people(tx)
    if as_json:
        json_document([_row(one) for one in found])
        return
    columns = two("登录名", "log-in"), two("姓名", "name"), two("角色", "as"), two("登录方式", "by")
    table = Table(*columns)
    for one in found:
        roles = "\n".join(map(_as, one.memberships))
        table.add_row(one.person.shown, plain(one.person.name), roles, ", ".join(_ways(one)))
    out.print(table)


@family.command("recover")
def recover(
    login: Annotated[str | None, typer.Argument(help="Whose recovery to work on.")] = None,
    *,
    vouch: Annotated[bool, typer.Option("--vouch", help="I have checked his papers.")] = False,
    release: Annotated[
        bool, typer.Option("--release", help="A day later, as a second person: give the code.")
    ] = False,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """List recoveries under way, vouch for one, or release it and show its one-time code."""
    actor = acting(named)
    if vouch == release and login is not None:
        raise _vouch_or_release()
    with open_database() as database, database.transaction() as tx:
        if login is None:
            _show_recoveries(tx, as_json=as_json)
            return
        found = _recovery(tx, login)
        if vouch:
            vouch_recovery(tx, actor, found.id, SystemClock().now())
            return
        made = release_recovery(tx, actor, found.id, SystemClock().now())
    _show_code(made, as_json=as_json)


def _recovery(tx: Tx, login: str) -> Recovery:
    person = person_of_login(tx, login)
    found = recovery_of(tx, person.id, SystemClock().now()) if person else None
    if found is None:
        raise Refusal(
            "recovery.over",
            Text("没有进行中的恢复", "no recovery of this log-in is under way"),
            Text("用 heliu people recover 查看", "see `heliu people recover`"),
        )
    return found


def _show_recoveries(tx: Tx, *, as_json: bool) -> None:
    now = SystemClock().now()
    under_way = recoveries_under_way(tx, now)
    whose = persons(tx, [one.person for one in under_way])
    rows = [
        (whose[one.person].shown, one.begun_at, one.stage(now).value, bool(one.vouched_by))
        for one in under_way
    ]
    if as_json:
        names = "login", "begun_at", "stage", "vouched"
        json_document([dict(zip(names, row, strict=True)) for row in rows])
        return
    table = Table(two("登录名", "log-in"), two("开始", "begun"), two("阶段", "stage"), "")
    for login, begun_at, stage, vouched in rows:
        checked = two("已核实", "vouched") if vouched else ""
        table.add_row(login, f"{begun_at:%Y-%m-%d %H:%M}", stage, checked)
    out.print(table)


def _show_code(code: str, *, as_json: bool) -> None:
    if as_json:
        json_document({"code": code, "enter_at": "/enter/code"})
        return
    out.print(f"{two('一次性登录码', 'one-time code')}  {code}")
    said = two(
        "打开银行页面的 /enter/code 输入; 72 小时内有效, 只显示这一次",
        "give it at /enter/code of the bank's pages within 72 hours; it is shown this once",
    )
    out.print(said, style="dim")


def _given(outcome: Given | Refusal) -> Given:
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _vouch_or_release() -> Refusal:
    return Refusal(
        "recovery.which_step",
        Text("须说明核实还是放行", "say which step is done"),
        Text("给出 --vouch 或 --release 之一", "give one of --vouch and --release"),
    )


def _as(membership: Membership) -> str:
    return f"{membership.role} {membership.party}" if membership.party else membership.role.value


def _ways(one: Known) -> list[str]:
    passkeys = [two(f"{one.passkeys} 把通行密钥", f"{one.passkeys} passkeys")]
    return (passkeys if one.passkeys else []) + (["PIN"] if one.has_pin else [])


def _row(one: Known) -> dict[str, Any]:
    return {
        "login": one.person.shown,
        "name": one.person.name,
        "language": one.person.language,
        "edition": one.person.edition,
        "memberships": [{"role": m.role, "party": m.party} for m in one.memberships],
        "passkeys": one.passkeys,
        "pin": one.has_pin,
        "enrolled_at": one.enrolled_at,
    }
