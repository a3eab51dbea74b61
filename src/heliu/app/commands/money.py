"""Commands on money: finance."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from heliu.app.bank import open_bank
from heliu.app.finance.report import report
from heliu.app.finance.run import documents_of_outcomes, finance
from heliu.app.finance.story import tell
from heliu.app.finance.walk import tell_walk
from heliu.app.options import AsJson
from heliu.app.say import json_document, stages
from heliu.credit.products.api import Programme, read_programme
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

Folder = Annotated[Path, typer.Argument(help="A folder of trade documents.")]
ProgrammeOption = Annotated[
    list[Path] | None,
    typer.Option("--programme", help="Programme file (YAML); default: DIR/programmes/*.yaml."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="Live up to this business day; default today."),
]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("finance")(finance_folder)


def finance_folder(
    folder: Folder,
    *,
    programme: ProgrammeOption = None,
    on: Until = None,
    walk: Annotated[
        str | None, typer.Option(help="Show one invoice's whole path, with its journal.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify, decide and finance a folder of trade documents, and settle what was paid.

    Every document counts from its own business day, so a year in one folder is lived through in
    order. Running it again changes nothing.
    """
    programmes = read_programmes(folder, programme)
    with open_bank() as bank, stages(quiet=as_json) as shown:
        until = on.date() if on else bank.clock.today()
        run = finance(bank, [documents_in(folder)], programmes, until, shown)
        documents = documents_of_outcomes(bank.database, run.outcomes)
        with bank.database.transaction() as tx:
            told = report(tx, run, documents, programmes, until)
        if as_json:
            json_document(told)
        elif walk:
            tell_walk(bank, told, walk)
        else:
            tell(told)


def documents_in(folder: Path) -> Path:
    """Where a folder keeps its documents: in `documents/` if it has one, else in itself."""
    return inner if (inner := folder / "documents").is_dir() else folder


def read_programmes(folder: Path, named: list[Path] | None) -> list[Programme]:
    """The programmes named, or all of the folder's. Raises Refusal if there is none."""
    if not folder.is_dir():
        raise Refusal(
            "finance.no_folder",
            Text(f"{folder} 不是目录", f"{folder} is not a folder"),
            Text("给出存放单据的目录", "name the folder that holds the documents"),
        )
    paths = named or sorted((folder / "programmes").glob("*.y*ml"))
    if not paths:
        raise Refusal(
            "finance.no_programme",
            Text(f"{folder}/programmes 中没有方案文件", f"no programme in {folder}/programmes"),
            Text("用 --programme 指定方案文件", "name one with --programme FILE"),
        )
    programmes = [read_programme(path) for path in paths]
    buyers = [p.buyer_uscc for p in programmes]
    if len(set(buyers)) != len(buyers):
        raise Refusal(
            "finance.two_programmes",
            Text("同一核心企业有两个方案", "two programmes for one core enterprise"),
            Text("每个核心企业只留一个方案", "keep one programme per core enterprise"),
        )
    return programmes
