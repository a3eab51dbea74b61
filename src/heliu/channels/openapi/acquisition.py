"""Routes of batch acquisition: a supplier list in, a limit or reasons for each supplier out."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Query, Response
from pydantic import Field

from heliu.channels.openapi.views import Id, View
from heliu.channels.web.api import (
    Bank,
    Caller,
    Language,
    Takes,
    language_of,
    no,
    permitted,
    said,
    takes,
)
from heliu.credit.acquisition.api import (
    AcquireCommand,
    Complaint,
    PreApproval,
    Run,
    acquire,
    complaints,
    find,
    pre_approvals,
    start,
)
from heliu.credit.products.api import history
from heliu.ground.db import Tx
from heliu.parties.access.api import Permission

LIST_BYTES: Final = 64 * 2**20
PAGE: Final = 100
MAX_PAGE: Final = 10_000
Acquirer = Annotated[Caller, Depends(permitted(Permission.ACQUISITION_WRITE))]
After = Annotated[int, Query(ge=0, le=2**31 - 1, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Accept = Annotated[str, Header(alias="accept-language", include_in_schema=False)]

Prefer = Annotated[str, Header(description="`respond-async`: answer 202 at once (RFC 7240).")]
_ASYNC: Final = "respond-async"


class RunView(View):
    """A supplier list as it was judged."""

    id: Id
    programme: str
    version: int
    on: date
    valid_until: date = Field(description="The first day on which its answers stand no more.")
    suppliers: int
    complaints: int
    approved: int | None
    refused: int | None
    limit: str | None
    expected_draw: str | None
    currency: str | None
    root: str | None = Field(description="Hash over all answers, hex.")
    started_at: datetime
    finished_at: datetime | None


class ReasonView(View):
    """Why not more, and what would cure it."""

    code: str
    text: str
    cure: str


class PreApprovalView(View):
    """One supplier's answer: a limit and the draw expected of it, or 0 and the reasons."""

    rank: int
    line: int
    uscc: str
    approved: bool
    limit: str
    expected_draw: str
    currency: str
    score: int
    grade: str
    reasons: list[ReasonView]


class PreApprovalsView(View):
    """A page of answers by rank."""

    pre_approvals: list[PreApprovalView]
    next: int | None


class LineComplaintView(View):
    """What is wrong with a line of the list (the header is line 1)."""

    code: str
    line: int
    column: str
    message: str
    cure: str


class LineComplaintsView(View):
    """A page of complaints by line."""

    complaints: list[LineComplaintView]
    next: int | None


_LATER: Final[dict[int | str, dict[str, Any]]] = {
    202: {"model": RunView, "description": "Read and kept; judged soon. Read it at its Location."}
}


def acquisition_routes(bank: Bank) -> APIRouter:
    """The routes, on this bank."""
    router = APIRouter(prefix="/v1/acquisitions", tags=["acquisition"])

    @router.post("", operation_id="acquireSuppliers", responses=_LATER)
    @takes(Takes(LIST_BYTES, raw=True))
    def send(
        programme: Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9-]{2,59}$")],
        suppliers: Annotated[bytes, Body(media_type="text/csv")],
        caller: Acquirer,
        response: Response,
        prefer: Prefer = "",
    ) -> RunView:
        """Pre-approve a whole supplier list (CSV) under a programme in force.

        Every supplier gets a limit, or reasons with cures, ranked by the draw expected of it. The
        same list under the same version answers the same. With `Prefer: respond-async` the list
        is read and kept and answered 202; read the run at its Location until it is finished.
        """
        command = AcquireCommand(programme, suppliers, bank.clock.today())
        later = _ASYNC in {part.strip().lower() for part in prefer.split(",")}
        begin = start if later else acquire
        with bank.database.transaction() as tx:
            _check_owner(tx, programme, caller)
            run = begin(tx, caller.actor, command, bank.clock.now())
        if later:
            response.headers["Preference-Applied"] = _ASYNC
        if run.result is None:
            response.status_code = 202
            response.headers["Location"] = f"{router.prefix}/{run.id}"
        return _run(run)

    @router.get("/{id}", operation_id="getAcquisition")
    def one(id: UUID, caller: Acquirer) -> RunView:
        """Read what came of a supplier list."""
        with bank.database.transaction() as tx:
            return _run(_found(tx, id, caller))

    _pages(router, bank)
    return router


def _pages(router: APIRouter, bank: Bank) -> None:
    @router.get("/{id}/pre-approvals", operation_id="listPreApprovals")
    def answers(
        id: UUID,
        caller: Acquirer,
        after: After = 0,
        limit: Limit = PAGE,
        accept: Accept = "",
    ) -> PreApprovalsView:
        """List the answers of a supplier list by rank."""
        with bank.database.transaction() as tx:
            run = _found(tx, id, caller)
            found = pre_approvals(tx, run.id, after=after, limit=limit)
        language = language_of(accept)
        return PreApprovalsView(
            pre_approvals=[_answer(one, language) for one in found],
            next=found[-1].rank if len(found) == limit else None,
        )

    @router.get("/{id}/complaints", operation_id="listAcquisitionComplaints")
    def told(
        id: UUID,
        caller: Acquirer,
        after: After = 0,
        limit: Limit = PAGE,
        accept: Accept = "",
    ) -> LineComplaintsView:
        """List the lines of a supplier list that say nothing usable."""
        with bank.database.transaction() as tx:
            run = _found(tx, id, caller)
            found = complaints(tx, run.id, after=after, limit=limit)
        language = language_of(accept)
        return LineComplaintsView(
            complaints=[_complaint(one, language) for one in found],
            next=after + limit if len(found) == limit else None,
        )


def _found(tx: Tx, run_id: UUID, caller: Caller) -> Run:
    run = find(tx, run_id)
    _check_owner(tx, run.programme, caller)
    return run


def _check_owner(tx: Tx, programme: str, caller: Caller) -> None:
    """Raise Refusal `resource.unknown` unless the programme is the caller's own or the bank's."""
    if caller.party is None:
        return
    if not any(caller.sees(v.programme.buyer_uscc) for v in history(tx, programme)):
        raise no("resource.unknown")


def _run(run: Run) -> RunView:
    result = run.result
    return RunView(
        id=str(run.id),
        programme=run.programme,
        version=run.version,
        on=run.on,
        valid_until=run.valid_until,
        suppliers=run.suppliers,
        complaints=run.complaints,
        approved=result.approved if result else None,
        refused=result.refused if result else None,
        limit=str(result.limit.amount) if result else None,
        expected_draw=str(result.draw.amount) if result else None,
        currency=result.limit.currency if result else None,
        root=result.root.hex() if result else None,
        started_at=run.started_at,
        finished_at=result.finished_at if result else None,
    )


def _answer(one: PreApproval, language: Language) -> PreApprovalView:
    return PreApprovalView(
        rank=one.rank,
        line=one.line,
        uscc=one.uscc,
        approved=one.approved,
        limit=str(one.limit.amount),
        expected_draw=str(one.draw.amount),
        currency=one.limit.currency,
        score=one.score,
        grade=one.grade,
        reasons=[
            ReasonView(
                code=told.code, text=said(told.reason, language), cure=said(told.cure, language)
            )
            for told in one.reasons
        ],
    )


def _complaint(one: Complaint, language: Language) -> LineComplaintView:
    return LineComplaintView(
        code=one.code,
        line=one.line,
        column=one.column,
        message=said(one.reason, language),
        cure=said(one.cure, language),
    )
