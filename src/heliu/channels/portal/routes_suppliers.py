"""Suppliers in batch: a list in, a limit or reasons for each out, the approved asked into terms."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from heliu.channels.pages.api import (
    UPLOAD_BYTES,
    Answer,
    Run,
    Visit,
    Work,
    page,
    see_other,
    unknown,
)
from heliu.channels.portal import views
from heliu.channels.portal.desk import firm, pages
from heliu.credit.acquisition.api import (
    HEADERS,
    AcquireCommand,
    Enrol,
    complaints,
    enrol,
    find,
    finish,
    list_of,
    pre_approvals,
    runs_under,
    start,
)
from heliu.credit.acquisition.api import Run as Judged
from heliu.credit.products.api import Version, history
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

ACQUIRE: Final = "acquire_suppliers"
PAGE: Final = 50
_TOLD: Final = 200
_NAMED: Final = 50_000
_MOST_TOP: Final = 100_000
_NO_FILE: Final = Text("请选择供应商名单（CSV）", "choose a supplier list (CSV)")
_NO_PROGRAMME: Final = Text("请选择方案", "choose a programme")
_STAGES: Final = ("read", "screen", "judge", "store")


@pages.get("/portal/suppliers", Right.SUPPLIERS_ONBOARD)
def suppliers(visit: Visit) -> Answer:
    """Who is enrolled, and a way to bring a whole list."""
    return _suppliers(visit)


@pages.post("/portal/suppliers", Right.SUPPLIERS_ONBOARD, body_bytes=UPLOAD_BYTES)
def bring(visit: Visit) -> Answer:
    """Read and keep the list at once, so that what is wrong is told here; judge it as a job."""
    with visit.transaction() as tx:
        of = {one.code: one for one in views.programmes_of(tx, firm(visit))}
    code = visit.form.shown("programme")
    if code not in of:
        visit.form.wrong("programme", _NO_PROGRAMME)
    upload = visit.files.get("list")
    if upload is None or not upload.body:
        visit.form.wrong("list", _NO_FILE)
    if visit.form.errors or upload is None:
        return _suppliers(visit, 422)
    command = AcquireCommand(code, upload.body, visit.bank.clock.today())
    try:
        with visit.transaction() as tx:
            run = start(tx, visit.actor, command, visit.bank.clock.now())
    except Refusal as refusal:
        said = Text(
            f"{refusal.reason.zh}；{refusal.cure.zh}", f"{refusal.reason.en}; {refusal.cure.en}"
        )
        visit.form.wrong("list", said)
        return _suppliers(visit, 422)
    title = Text(f"预审 {run.suppliers} 家供应商", f"Pre-approve {run.suppliers} suppliers")
    return visit.start(ACQUIRE, title, {"run": str(run.id)})


@pages.get("/portal/suppliers/runs/{id}", Right.SUPPLIERS_ONBOARD)
def judged(visit: Visit, id: UUID) -> Answer:
    """What came of a list, by the draw expected of each; who is new may be asked in."""
    return _judged(visit, id)


@pages.post("/portal/suppliers/runs/{id}/invite", Right.SUPPLIERS_ONBOARD)
def invite(visit: Visit, id: UUID) -> Answer:
    """Propose the programme's next version with the approved enrolled; the bank releases it."""
    chosen = frozenset(visit.form.many("uscc"))
    every = visit.form.flag("all")
    if not chosen and not every:
        visit.form.wrong("uscc", Text("请先勾选供应商", "tick some suppliers first"))
        return _judged(visit, id, 422)
    with visit.transaction() as tx:
        run = _own(tx, visit, id)
        command = Enrol(run.id, visit.bank.clock.today(), only=None if every else chosen)
        made = enrol(tx, visit.actor, command, visit.bank.clock.now())
    return see_other(f"/portal/programmes/{made.programme.code}")


def _suppliers(visit: Visit, status: int = 200) -> Answer:
    with visit.transaction() as tx:
        of = views.programmes_of(tx, firm(visit))
        recent = runs_under(tx, [one.code for one in of])
    columns = [(names.split(", ")[0], names) for names in HEADERS.values()]
    return page(
        "portal/suppliers.html", status=status, programmes=of, recent=recent, columns=columns
    )


def _judged(visit: Visit, id_: UUID, status: int = 200) -> Answer:
    after = _number(visit.query.get("after", ""))
    with visit.transaction() as tx:
        run = _own(tx, visit, id_)
        done = run.result is not None
        rows = pre_approvals(tx, run.id, after=after, limit=PAGE) if done else []
        told = complaints(tx, run.id, limit=_TOLD)
        versions = history(tx, run.programme)
        names = _names(tx, run, [one.uscc for one in rows])
    return page(
        "portal/run.html",
        status=status,
        run=run,
        rows=rows,
        told=told,
        names=names,
        enrolled=_enrolled(versions),
        asked=_asked(versions),
        after=after,
        size=PAGE,
        on=visit.bank.clock.today(),
    )


def _names(tx: Tx, run: Judged, codes: list[str]) -> dict[str, str]:
    """The names of these suppliers as the list gives them; a long list is not opened for them."""
    if run.suppliers > _NAMED or not codes:
        return {}
    listed = list_of(tx, run.id)
    found = listed.filter(pc.is_in(listed.column("uscc"), pa.array(codes, pa.string())))
    return dict(
        zip(found.column("uscc").to_pylist(), found.column("name").to_pylist(), strict=True)
    )


def _own(tx: Tx, visit: Visit, id_: UUID) -> Judged:
    """A run under a programme of the visitor's enterprise, else Refusal `page.unknown`."""
    try:
        run = find(tx, id_)
    except Refusal:
        raise unknown() from None
    if not any(v.programme.buyer_uscc == firm(visit) for v in history(tx, run.programme)):
        raise unknown()
    return run


def _enrolled(versions: list[Version]) -> set[str]:
    """Suppliers of the youngest released version."""
    released = [v.programme for v in versions if v.released_at is not None]
    return {one.uscc for one in released[-1].suppliers} if released else set()


def _asked(versions: list[Version]) -> set[str]:
    """Suppliers of versions that wait for release."""
    waiting = [v.programme for v in versions if v.released_at is None]
    return {one.uscc for programme in waiting for one in programme.suppliers}


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and int(said) <= _MOST_TOP * 20 else 0


def acquire_list(run: Run) -> str:
    """The job: judge the list that was read, telling how far it is."""
    id_ = UUID(run.job.asked["run"])

    def told(stage: str, done: int, total: int) -> None:
        run.step(_STAGES.index(stage) - 1 if stage in _STAGES[1:] else 0, done, total)

    with run.bank.database.transaction() as tx:
        finish(tx, id_, run.bank.clock.now(), told)
    return f"/portal/suppliers/runs/{id_}"


WORKS: Final[Mapping[str, Work]] = {
    ACQUIRE: Work(
        (
            Text("核对名单与已知风险", "Check the list and what is known"),
            Text("逐家给出额度与理由", "A limit and reasons for each"),
            Text("排序、封存并留证", "Rank, seal and keep as evidence"),
        ),
        acquire_list,
    )
}
