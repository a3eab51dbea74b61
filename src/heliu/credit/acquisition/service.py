"""Use cases of the acquisition desk: start a list, judge it, read it, make it again."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from heliu.books.evidence.api import Entry, append
from heliu.credit.acquisition import encoding, errors, inputs, store
from heliu.credit.acquisition.domain import identity, screening
from heliu.credit.acquisition.domain.columns import Ints, cuts
from heliu.credit.acquisition.domain.complaints import Complaint
from heliu.credit.acquisition.domain.explaining import catalogue, explain
from heliu.credit.acquisition.domain.judging import judge
from heliu.credit.acquisition.domain.plan import TAKE_UP, Plan, Terms, Unfit, compile_plan
from heliu.credit.acquisition.domain.run import (
    RELEASE,
    AcquireCommand,
    PreApproval,
    Replay,
    Result,
    Run,
)
from heliu.credit.acquisition.events import tell_preapproved
from heliu.credit.acquisition.knowledge import known
from heliu.credit.acquisition.list_file import SCHEMA, SupplierList, read_list
from heliu.credit.products.api import Programme, history, in_force
from heliu.decisions.verdicts.api import (
    Profile,
    Release,
    packaged_release,
    read_release,
    register_release,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Fault
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

Progress = Callable[[str, int, int], None]
"""(stage, done, total): stages read, screen, judge and store, in this order."""

_PAGE: Final = 1000
_THREADS: Final = 2


def _silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


def acquire(
    tx: Tx, actor: Actor, command: AcquireCommand, now: datetime, progress: Progress = _silent
) -> Run:
    """Pre-approve a whole list at once: `start` and `finish` in one transaction.

    The same list under the same programme version answers as before, whenever it is sent.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        begun = _begin(tx, pool, actor, command, now, progress)
        if isinstance(begun, Run):
            return finish(tx, begun.id, now, progress)
        # While the answers are kept, the columns they rest on are compressed.
        done = _finish(tx, begun.run, begun.table, begun.programme, now, progress)
        store.add_inputs(tx, begun.run.number, begun.parts)
    return done


def start(tx: Tx, actor: Actor, command: AcquireCommand, now: datetime) -> Run:
    """Read and screen a list and keep it; `finish` judges it, in this process or another.

    Raises Refusal `acquisition.no_programme`, and what `read_list` raises.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        begun = _begin(tx, pool, actor, command, now, _silent)
        if isinstance(begun, Run):
            return begun
        store.add_inputs(tx, begun.run.number, begun.parts)
    return begun.run


def finish(tx: Tx, run_id: UUID, now: datetime, progress: Progress = _silent) -> Run:
    """Judge a started run; a finished one answers as it is. Raises `acquisition.unknown_run`."""
    store.lock_run(tx, run_id)
    run = find(tx, run_id)
    if run.result is not None:
        return run
    return _finish(tx, run, _table(tx, run), _programme(tx, run), now, progress)


def unfinished(tx: Tx) -> list[UUID]:
    """Runs that were started and never judged (a process was killed), oldest first."""
    return store.unfinished(tx)


def runs_under(tx: Tx, programmes: Sequence[str], limit: int = 20) -> list[Run]:
    """The youngest `limit` runs under these programmes (by code), the last first."""
    return store.last_under(tx, programmes, limit)


def find(tx: Tx, run_id: UUID) -> Run:
    """The run. Raises Refusal `acquisition.unknown_run`."""
    run = store.find(tx, run_id)
    if run is None:
        raise errors.unknown_run(run_id)
    return run


def pre_approvals(tx: Tx, run_id: UUID, *, after: int = 0, limit: int = _PAGE) -> list[PreApproval]:
    """Up to `limit` answers of a finished run by rank, beginning after rank `after`.

    Raises Refusal `acquisition.unknown_run`, `acquisition.not_finished`.
    """
    run = find(tx, run_id)
    if (result := run.result) is None:
        raise errors.not_finished(run_id)
    currency = result.limit.currency
    return [
        PreApproval(
            *(rank, line, uscc, Money(limit_minor, currency), Money(draw_minor, currency), score),
            result.grades[grade],
            tuple(result.reasons[number - 1] for number in numbers if number),
        )
        for rank, line, uscc, limit_minor, draw_minor, score, grade, numbers in (
            store.pre_approvals(tx, run.number, after, limit)
        )
    ]


def complaints(tx: Tx, run_id: UUID, *, after: int = 0, limit: int = _PAGE) -> list[Complaint]:
    """Up to `limit` complaints of a run by line, beginning after the `after`th."""
    return store.complaints(tx, find(tx, run_id).number, after, limit)


def replay(tx: Tx, run_id: UUID) -> Replay:
    """Judge a run again from its stored columns, terms and release text; compare bytes.

    `sealed` is False if the stored rows are not those its root was made over. Raises Refusal
    `acquisition.unknown_run`, `acquisition.not_finished`.
    """
    run = find(tx, run_id)
    if run.result is None:
        raise errors.not_finished(run_id)
    stored = encoding.read_rows(store.copied_out(tx, run.number))
    answers = _answers(run, _table(tx, run), _plan(tx, run, _programme(tx, run)))
    again = np.concatenate([stored[:0], *(rows.copy() for rows in encoding.pieces(answers))])
    sealed = encoding.root(stored) == run.result.root
    if len(stored) != len(again):
        missing = set(again["rank"].tolist()) ^ set(stored["rank"].tolist())
        return Replay(run_id, identical=False, sealed=sealed, differing=tuple(sorted(missing)))
    differing = tuple(again["rank"][stored != again].tolist())
    return Replay(run_id, identical=not differing, sealed=sealed, differing=differing)


def list_of(tx: Tx, run_id: UUID) -> pa.Table:
    """The columns a run was judged by: its list as read, with the bank's flags."""
    return _table(tx, find(tx, run_id))


@dataclass(frozen=True, slots=True)
class _Begun:
    """A new run whose columns are still to be kept, compressed in the background."""

    run: Run
    programme: Programme
    table: pa.Table
    parts: Iterator[inputs.Part]


def _begin(
    tx: Tx,
    pool: Executor,
    actor: Actor,
    command: AcquireCommand,
    now: datetime,
    progress: Progress,
) -> _Begun | Run:
    """A list read, screened and recorded; or the run that it is already."""
    programme = in_force(tx, [command.programme], command.on).get(command.programme)
    if programme is None:
        raise errors.no_programme(command.programme, command.on)
    # The list is hashed while it is read: both take their time on a long one.
    digest = pool.submit(_digest, command.suppliers)
    listed = _read(command.suppliers, programme.currency)
    progress("read", len(listed.table), len(listed.table))
    table, twice = screening.identified(listed.table)
    sha256 = digest.result()
    run_id = derived_id("acquisition", programme.code, str(programme.version), sha256)
    if (before := store.find(tx, run_id)) is not None:
        return before
    release = _release(tx, actor, command, now)
    table = screening.flagged(table, known(tx, programme, table, command.on, now))
    progress("screen", len(table), len(table))
    told = sorted((*listed.complaints, *twice), key=lambda c: (c.line, c.column))
    run = Run(
        *(run_id, 0, programme.code, programme.version, command.on, sha256),
        *(release.name, release.sha256, command.profile, TAKE_UP, len(table), len(told)),
        *(now, actor.id, None),
    )
    _compiled(release, programme, run)
    number = store.add_run(tx, run)
    if number is None:  # a twin was first, and has ended: its run is the run
        return find(tx, run_id)
    store.add_complaints(tx, number, told)
    return _Begun(find(tx, run_id), programme, table, inputs.parts(pool, table))


def _finish(
    tx: Tx, run: Run, table: pa.Table, programme: Programme, now: datetime, progress: Progress
) -> Run:
    plan = _plan(tx, run, programme)
    answers = _answers(run, table, plan)
    size = len(answers.lines)
    progress("judge", size, size)
    root, stored = encoding.Root(), 0

    def proven(piece: NDArray[np.void]) -> memoryview:
        nonlocal stored
        stored += len(piece)
        progress("store", stored, size)
        return root.add(piece)

    store.add_pre_approvals(tx, map(proven, encoding.pieces(answers)))
    judged, currency = answers.judged, programme.currency
    approved = int(np.count_nonzero(judged.limit))
    result = Result(
        approved=approved,
        refused=size - approved,
        limit=Money(_sum(judged.limit), currency),
        draw=Money(_sum(judged.draw), currency),
        grades=tuple(grade.name for grade in plan.release.grades.grades),
        reasons=catalogue(plan).told,
        root=root.digest(),
        finished_at=now,
    )
    store.seal(tx, run.number, result)
    tell_preapproved(tx, run, result, programme.buyer_uscc)
    append(tx, [Entry("acquisition", run.id, _evidence(run, result))])
    return find(tx, run.id)


def _answers(run: Run, table: pa.Table, plan: Plan) -> encoding.Answers:
    columns = screening.features(table, run.on)
    judged = judge(plan, columns)
    return encoding.Answers(
        run=run.number,
        lines=table.column("line").to_numpy(),
        codes=identity.fixed(screening.column(table, "uscc")),
        judged=judged,
        reasons=explain(plan, columns, judged),
    )


def _sum(amounts: Ints) -> int:
    # A limit is at most 10^15: a thousand of them fit 64 bits, a whole list might not.
    return sum(int(amounts[start:end].sum()) for start, end in cuts(len(amounts), 1024))


def _evidence(run: Run, result: Result) -> dict[str, object]:
    return {
        "programme": f"{run.programme} v{run.version}",
        "list_sha256": run.list_sha256,
        "release_sha256": run.release_sha256,
        "take_up": run.take_up,
        "on": run.on.isoformat(),
        "approved": result.approved,
        "refused": result.refused,
        "root": result.root.hex(),
    }


def _release(tx: Tx, actor: Actor, command: AcquireCommand, now: datetime) -> Release:
    text = command.release or packaged_release(RELEASE)
    if text is None:
        raise Fault(f"the package has lost its release {RELEASE}")
    return register_release(tx, actor, text, now)


def _plan(tx: Tx, run: Run, programme: Programme) -> Plan:
    if run.take_up != TAKE_UP:
        raise Fault(f"run {run.id} ranks by {run.take_up}: use the version of heliu that knew it")
    text = store.release(tx, run.release_sha256)
    if text is None:
        raise Fault(f"the release of run {run.id} is lost")
    return _compiled(read_release(text), programme, run)


def _compiled(release: Release, programme: Programme, run: Run) -> Plan:
    terms = Terms(
        on=run.on,
        supplier_limit=programme.supplier_limit.minor,
        advance_rate=programme.advance_rate,
        max_tenor_days=programme.product.max_tenor_days,
        profile=Profile(run.profile),
    )
    try:
        return compile_plan(release, terms)
    except Unfit as error:
        raise errors.release_unfit(release.name, str(error)) from error


def _programme(tx: Tx, run: Run) -> Programme:
    versions = {v.programme.version: v.programme for v in history(tx, run.programme)}
    return versions[run.version]


def _table(tx: Tx, run: Run) -> pa.Table:
    bodies = store.inputs(tx, run.number)
    return inputs.joined(bodies) if bodies else screening.without_flags(SCHEMA.empty_table())


def _digest(suppliers: bytes | pa.Table) -> str:
    if isinstance(suppliers, pa.Table):
        return inputs.digest(suppliers)
    return hashlib.sha256(suppliers).hexdigest()


def _read(suppliers: bytes | pa.Table, currency: str) -> SupplierList:
    if isinstance(suppliers, bytes):
        return read_list(suppliers, currency)
    if not suppliers.schema.equals(SCHEMA):
        raise errors.unreadable("a table of other columns")
    return SupplierList(suppliers.combine_chunks(), ())
