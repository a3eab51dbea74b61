"""Commands on programmes: propose a version, release it as a second person, show, compare."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from heliu.app.bank import open_database
from heliu.app.options import AsJson, AsOption, acting
from heliu.app.say import json_document, out, plain, two, word
from heliu.credit.products.api import (
    Change,
    Programme,
    Version,
    diff,
    digest,
    history,
    propose_programme,
    read_programme,
    release_programme,
)
from heliu.ground.clock import SystemClock
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

FileArgument = Annotated[Path, typer.Argument(help="Programme file (YAML).")]
CodeArgument = Annotated[str, typer.Argument(help="The programme's code.")]

programme = typer.Typer(
    help="Programmes: propose a version, and have a second person release it.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(programme, name="programme")


@programme.command("propose")
def propose(file: FileArgument, *, named: AsOption = None, as_json: AsJson = False) -> None:
    """Record a version; it counts once somebody else releases it."""
    proposed = read_programme(file)
    with open_database() as database, database.transaction() as tx:
        before = _before(history(tx, proposed.code), proposed)
        propose_programme(tx, acting(named), proposed, SystemClock().now())
    changes = diff(before, proposed) if before else []
    if as_json:
        json_document(_told(proposed) | {"changes": [asdict(change) for change in changes]})
        return
    _show_changes(proposed, before, changes)
    name = f"{proposed.code} {proposed.version}"
    out.print(
        two(f"由第二人发布: heliu programme release {name}",
            f"a second person releases it: heliu programme release {name}"),
        soft_wrap=True,
    )  # fmt: skip


@programme.command("release")
def release(
    code: CodeArgument,
    version: Annotated[int, typer.Argument(help="The version to let count.")],
    *,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Let a proposed version count from its effective date; never by who proposed it."""
    with open_database() as database, database.transaction() as tx:
        released = release_programme(tx, acting(named), code, version, SystemClock().now())
    if as_json:
        json_document(_told(released))
    else:
        on = released.effective_from
        out.print(
            two(f"{code} v{version} 已发布, 自 {on} 起生效",
                f"{code} v{version} is released and counts from {on}")
        )  # fmt: skip


@programme.command("show")
def show(code: CodeArgument, *, as_json: AsJson = False) -> None:
    """Every version of a programme: who proposed it, who released it, from when it counts."""
    with open_database() as database, database.transaction() as tx:
        versions = history(tx, code)
    if not versions:
        raise _unknown(code)
    if as_json:
        json_document([_version(version) for version in versions])
        return
    name = word(versions[-1].programme.name)
    drawn = Table(
        *("version", "effective", "suppliers", "proposed by", "released by"), title=plain(name)
    )
    for version in versions:
        terms = version.programme
        drawn.add_row(
            *(str(terms.version), str(terms.effective_from), str(len(terms.suppliers))),
            *(plain(version.proposed_by), plain(version.released_by or two("待发布", "waiting"))),
        )
    out.print(drawn)


@programme.command("diff")
def compare(file: FileArgument, *, as_json: AsJson = False) -> None:
    """What a file would change against the youngest released version. Nothing is stored."""
    new = read_programme(file)
    with open_database() as database, database.transaction() as tx:
        old = _before(history(tx, new.code), new)
    if old is None:
        raise _unknown(new.code)
    changes = diff(old, new)
    if as_json:
        told = {"programme": new.code, "before": old.version, "after": new.version}
        json_document(told | {"changes": [asdict(change) for change in changes]})
    else:
        _show_changes(new, old, changes)


def _before(versions: list[Version], new: Programme) -> Programme | None:
    released = [v.programme for v in versions if v.released_at and v.programme != new]
    return released[-1] if released else None


def _show_changes(new: Programme, old: Programme | None, changes: list[Change]) -> None:
    if old is None:
        first = two("首个版本", "first version")
        out.print(f"{new.code} v{new.version}: {first}, {len(new.suppliers)} suppliers")
        return
    drawn = Table("field", f"v{old.version}", f"v{new.version}", title=new.code)
    for change in changes:
        drawn.add_row(change.field, plain(change.before), plain(change.after))
    out.print(drawn)


def _told(terms: Programme) -> dict[str, Any]:
    return {
        "programme": terms.code,
        "version": terms.version,
        "effective_from": terms.effective_from,
        "sha256": digest(terms),
        "suppliers": len(terms.suppliers),
    }


def _version(version: Version) -> dict[str, Any]:
    return _told(version.programme) | {
        "proposed_at": version.proposed_at,
        "proposed_by": version.proposed_by,
        "released_at": version.released_at,
        "released_by": version.released_by,
    }


def _unknown(code: str) -> Refusal:
    return Refusal(
        "programme.unknown",
        Text(f"没有方案 {code}", f"there is no programme {code}"),
        Text("先用 heliu programme propose 提交", "propose it: heliu programme propose FILE"),
        {"programme": code},
    )
