"""Commands on the embedded server's standby: make it, see how it follows, promote it, let it go."""

from pathlib import Path
from typing import Annotated

import typer

from heliu.app.options import AsJson
from heliu.app.say import json_document, out, plain, two
from heliu.app.settings import settings
from heliu.ground import replication
from heliu.ground.errors import Refusal
from heliu.ground.postgres import embedded
from heliu.ground.text import Text

standby = typer.Typer(
    name="standby",
    help="A synchronous standby of the embedded PostgreSQL: nothing acknowledged dies with it.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(standby)


@standby.command()
def create(
    folder: Annotated[Path, typer.Argument(help="Home of the standby; best on another disk.")],
) -> None:
    """Copy the embedded server into FOLDER; from then on commits wait for both."""
    _embedded_only()
    pair = replication.standby_of(settings().folder)
    leader = embedded(settings().folder) if pair is None else pair.leader
    target = embedded(folder.expanduser())
    if target.data == leader.data or (pair and target not in (pair.primary, pair.server)):
        raise Refusal(
            "standby.exists",
            Text("该目录是主库, 或已有另一备库", "the folder leads, or there is another standby"),
            Text(
                "另选目录, 或先 heliu standby drop", "choose another, or `heliu standby drop` first"
            ),
        )
    leader.start()
    made = replication.Standby.create(leader, folder.expanduser())
    made.start()
    _tell_url(made)


@standby.command()
def status(*, as_json: AsJson = False) -> None:
    """Say which server leads, whether the other follows in step, and how far it is behind."""
    pair = _pair()
    follows = None if pair.promoted else pair.state()
    leads, other = pair.leader, pair.primary if pair.promoted else pair.server
    if as_json:
        json_document(
            {
                "leads": str(leads.data.parent),
                "other": str(other.data.parent),
                "promoted": pair.promoted,
                "synchronous": follows is not None and follows.synchronous,
                "behind_bytes": None if follows is None else follows.behind_bytes,
                "url": pair.url,
            }
        )
        return
    out.print(two(f"主库: {plain(leads.data.parent)}", f"leads:   {plain(leads.data.parent)}"))
    if pair.promoted:
        said = Text("已被取代, 请重建为备库", "superseded: `heliu standby create` makes it follow")
    elif follows is None:
        said = Text("未跟随", "does not follow")
    elif follows.synchronous:
        said = Text("同步", "in step: every commit is on both")
    else:
        behind = follows.behind_bytes
        said = Text(
            f"异步, 落后 {behind} 字节", f"follows {behind} bytes behind; commits do not wait"
        )
    out.print(two(f"备库: {plain(other.data.parent)}", f"standby: {plain(other.data.parent)}"))
    out.print(two(f"状态: {said.zh}", f"state:   {said.en}"))
    _tell_url(pair)


@standby.command()
def promote(
    *,
    lossy: Annotated[
        bool, typer.Option(help="Also if commits did not wait for it: it may lack some.")
    ] = False,
) -> None:
    """Let the standby take over; the primary is stopped if it still runs and stays stopped."""
    pair = _pair()
    pair.promote(lossy=lossy)
    _tell_url(pair)


@standby.command()
def release() -> None:
    """Let the primary go on without its standby, which is not lost and may be resumed."""
    _pair().release()


@standby.command()
def resume() -> None:
    """Start the standby again; once it has caught up, commits wait for it."""
    _pair().start()


@standby.command()
def drop() -> None:
    """End the pair: the primary goes on alone and forgets its standby."""
    _pair().drop()


def _tell_url(pair: replication.Standby) -> None:
    out.print(f"HELIU_DATABASE_URL='{plain(pair.url)}'", soft_wrap=True)


def _pair() -> replication.Standby:
    _embedded_only()
    pair = replication.standby_of(settings().folder)
    if pair is None:
        raise Refusal(
            "standby.none",
            Text("内置数据库没有备库", "the embedded server has no standby"),
            Text("heliu standby create 目录", "heliu standby create FOLDER"),
        )
    return pair


def _embedded_only() -> None:
    if settings().database_url:
        raise Refusal(
            "machine.external_database",
            Text("使用的是外部数据库", "the database is an external server"),
            Text("请用其自身的工具管理备库", "replicate it with its own tools: docs/runbooks"),
        )
