"""Commands of batch acquisition: pre-approve a supplier list, enrol from a run, judge it again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from rich.table import Table

from heliu.app.acquired import table_of, write_table
from heliu.app.bank import open_database
from heliu.app.options import AsJson, AsOption, acting, cli_actor
from heliu.app.say import err, json_document, out, plain, progress, two, word
from heliu.app.settings import settings
from heliu.credit.acquisition.api import (
    AcquireCommand,
    Complaint,
    Enrol,
    PreApproval,
    Replay,
    Result,
    Run,
    complaints,
    enrol,
    finish,
    pre_approvals,
    replay,
    start,
)
from heliu.credit.products.api import read_programme, release_programmes
from heliu.decisions.verdicts.api import Profile
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

SHOWN: Final = 20
_EVERY: Final = 2_147_483_647
_FILES: Final = (".yaml", ".yml")


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("acquire")(acquire_list)
    app.command("enrol")(enrol_from)


def acquire_list(
    programme: Annotated[
        str, typer.Argument(help="Code of a programme in force, or a programme file to run.")
    ],
    suppliers: Annotated[Path, typer.Argument(help="The supplier list (CSV).")],
    *,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write every answer to FILE.csv or FILE.parquet.")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Business date; default today.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Judge the run again from what is stored, and compare.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Screen and pre-approve a whole supplier list, ranked by expected draw.

    Every supplier gets a limit, or reasons with cures. The same list again answers the same.
    Exit 1 if nobody could be judged.
    """
    data = _read(suppliers)
    with open_database() as database, _bars(quiet=as_json) as shown:
        run = _run(database, programme, data, on, shown)
        assert run.result is not None, "a finished run has a result"
        with database.transaction() as tx:
            again = replay(tx, run.id) if verify else None
            whole = _EVERY if as_json else SHOWN
            best = pre_approvals(tx, run.id, limit=whole)
            told = complaints(tx, run.id, limit=whole)
            if out_file is not None:
                write_table(table_of(tx, run.id), out_file)
    if as_json:
        document = _document(run, run.result, best, told)
        if again is not None:
            document["replay"] = {"identical": again.identical, "sealed": again.sealed}
        json_document(document)
    else:
        _show(run, run.result, best, told)
        if again is not None:
            out.print(_again(again))
    failed = again is not None and not (again.identical and again.sealed)
    raise typer.Exit(int(run.suppliers == 0 or failed))


def enrol_from(
    run: Annotated[UUID, typer.Argument(help="The run, as `heliu acquire` names it.")],
    *,
    top: Annotated[int | None, typer.Option(min=1, help="Only the first by expected draw.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this USCC; again for more.")] = None,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Propose the programme's next version with a run's pre-approved suppliers in it."""
    clock = SystemClock()
    command = Enrol(run, clock.today(), frozenset(only) if only else None, top)
    with open_database() as database, database.transaction() as tx:
        done = enrol(tx, acting(named), command, clock.now())
    terms = done.programme
    if as_json:
        json_document(
            {
                "programme": terms.code,
                "version": terms.version,
                "effective_from": terms.effective_from,
                "added": done.added,
                "left_out": [
                    {"uscc": left.uscc, "reason": left.reason._asdict()} for left in done.left_out
                ],
            }
        )
        return
    name = f"{terms.code} {terms.version}"
    out.print(
        two(f"已提交 {name}: 新增 {len(done.added)} 户, 未列入 {len(done.left_out)} 户; "
            f"由第二人发布: heliu programme release {name}",
            f"{name} proposed: {len(done.added)} suppliers added, {len(done.left_out)} left out; "
            f"a second person releases it: heliu programme release {name}"),
        soft_wrap=True,
    )  # fmt: skip


def _again(again: Replay) -> str:
    if again.identical and again.sealed:
        return two("复算一致", "judged again: identical")
    told = len(again.differing)
    return two(f"复算不一致: {told} 行", f"judged again: not the same, {told} rows differ")


def _run(
    database: Database,
    programme: str,
    data: bytes,
    on: datetime | None,
    shown: Callable[[str, int, int], None],
) -> Run:
    clock, actor, code = SystemClock(), cli_actor(), programme
    with database.transaction() as tx:
        if programme.endswith(_FILES):
            terms = read_programme(Path(programme))
            release_programmes(tx, actor, [terms], clock.now())
            code = terms.code
    profile = Profile(settings().profile)
    command = AcquireCommand(code, data, on.date() if on else clock.today(), profile)
    # In two steps: a run that is killed while it is judged is found and finished.
    with database.transaction() as tx:
        run = start(tx, actor, command, clock.now())
    shown("read", run.suppliers, run.suppliers)
    with database.transaction() as tx:
        return finish(tx, run.id, clock.now(), shown)


@contextmanager
def _bars(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    with progress(quiet=quiet) as bars:
        names = {
            "read": two("读取并筛查名单", "list read and screened"),
            "judge": two("预审", "suppliers judged"),
            "store": two("保存结果", "answers kept"),
        }
        tasks = {stage: bars.add_task(name, total=None) for stage, name in names.items()}

        def show(stage: str, done: int, total: int) -> None:
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(
            "acquisition.no_list",
            Text(f"无法读取 {path}", f"{path} cannot be read: {error.strerror}"),
            Text("给出供应商名单 (CSV) 的路径", "name the supplier list (CSV)"),
        ) from error


def _document(
    run: Run, result: Result, best: list[PreApproval], told: list[Complaint]
) -> dict[str, Any]:
    return {
        "run": str(run.id),
        "programme": run.programme,
        "version": run.version,
        "on": run.on,
        "valid_until": run.valid_until,
        "release": run.release,
        "take_up": run.take_up,
        "list_sha256": run.list_sha256,
        "root": result.root.hex(),
        "summary": {
            "suppliers": run.suppliers,
            "approved": result.approved,
            "refused": result.refused,
            "complaints": run.complaints,
            "limit_minor": result.limit.minor,
            "expected_draw_minor": result.draw.minor,
            "currency": result.limit.currency,
        },
        "suppliers": [
            {
                "rank": one.rank,
                "line": one.line,
                "uscc": one.uscc,
                "approved": one.approved,
                "limit_minor": one.limit.minor,
                "expected_draw_minor": one.draw.minor,
                "score": one.score,
                "grade": one.grade,
                "reasons": [
                    {"code": r.code, "reason": r.reason._asdict(), "cure": r.cure._asdict()}
                    for r in one.reasons
                ],
            }
            for one in best
        ],
        "complaints": [
            {
                "line": one.line,
                "column": one.column,
                "code": one.code,
                "reason": one.reason._asdict(),
                "cure": one.cure._asdict(),
            }
            for one in told
        ],
    }


def _show(run: Run, result: Result, best: list[PreApproval], told: list[Complaint]) -> None:
    title = f"{run.programme} v{run.version} · {run.on} · {run.id}"
    drawn = Table("rank", "line", "uscc", "grade", "limit", "expected draw", "why", title=title)
    for one in best:
        why = "; ".join(word(reason.reason) for reason in one.reasons[:2])
        drawn.add_row(
            *(str(one.rank), str(one.line), one.uscc, one.grade),
            *(str(one.limit), str(one.draw), plain(why)),
        )
    out.print(drawn)
    out.print(
        two(f"{run.suppliers} 户: 通过 {result.approved}, 拒绝 {result.refused}, 数据问题 "
            f"{run.complaints} 处; 额度合计 {result.limit}, 预计提款 {result.draw}",
            f"{run.suppliers} suppliers: {result.approved} pre-approved, {result.refused} refused, "
            f"{run.complaints} complaints; limits {result.limit}, expected draw {result.draw}"),
        soft_wrap=True,
    )  # fmt: skip
    for complaint in told:
        line, cure = word(complaint.reason), word(complaint.cure)
        said = f"{two('行', 'line')} {complaint.line}: {plain(line)} — {plain(cure)}"
        err.print(said, soft_wrap=True)
    if len(told) < run.complaints:
        err.print(two("更多见 --json", "the others: --json"))
