"""Routes of the documents: files of any format in, one outcome each; master data and approvals."""

import io
from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from heliu.channels.openapi.views import (
    ApprovalsBody,
    DocumentView,
    Outcomes,
    PartiesBody,
    outcome_view,
)
from heliu.channels.web.api import (
    NOT_PERMITTED,
    NOT_YOURS,
    Bank,
    Caller,
    Invalid,
    Language,
    Place,
    Speaker,
    Takes,
    checked,
    language_of,
    no,
    permitted,
    takes,
)
from heliu.flows.intake.api import (
    Blob,
    Outcome,
    Status,
    Unreadable,
    encode_document,
    expand,
    load_documents,
)
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.access.api import Permission

UPLOAD_BYTES: Final = 64 * 2**20
INFORMATION_BYTES: Final = 16 * 2**20
MAX_PARTS: Final = 1000
FileName = Annotated[
    str,
    Query(
        pattern=r"^[^\x00-\x1f\x7f]{1,200}$",
        description="The file's name: a label, and a hint at its format (.csv, .xlsx, .zip).",
        examples=["invoice-2026-0042.xml"],
    ),
]
Writer = Annotated[Caller, Depends(permitted(Permission.DOCUMENTS_WRITE))]


def documents(bank: Bank) -> APIRouter:
    """The routes, on this bank."""
    router = APIRouter(prefix="/v1", tags=["documents"])

    @router.post("/documents", operation_id="sendDocuments")
    @takes(Takes(UPLOAD_BYTES, raw=True))
    async def send(caller: Writer, request: Request, file: FileName = "document") -> Outcomes:
        """Send documents of any format: one as it is, an archive, or many as a form.

        The body is the file itself (UBL, EPCIS, e-invoice, ISO 20022, CSV, XLSX; ZIP and gzip are
        opened), or multipart/form-data with one part per file. One outcome comes back per
        document, in order; a bad one hides no other.
        """
        sent = await _files(request, file)
        items = await run_in_threadpool(_opened, caller, sent)
        return _outcomes(await bank.file(items, caller.actor), _language(request))

    @router.get("/documents/{document_id}", operation_id="getDocument")
    def get(
        document_id: UUID,
        caller: Annotated[Caller, Depends(permitted(Permission.ACTS_READ))],
    ) -> DocumentView:
        """Read one trade document of yours, as the bank understood it."""
        with bank.database.transaction() as tx:
            try:
                (filed,) = load_documents(tx, [document_id])
            except KeyError:
                raise no("resource.unknown") from None
        document = filed.document
        issuer = document.attributes.get("issuer")
        if not caller.sees(document.seller.tax_id, document.buyer.tax_id, issuer):
            raise no("resource.unknown")
        canonical: dict[str, Any] = msgspec.json.decode(encode_document(document))
        return DocumentView(
            id=str(filed.id), sha256=filed.sha256, file=filed.file, document=canonical
        )

    @router.post("/parties", operation_id="sendParties")
    @takes(Takes(INFORMATION_BYTES))
    async def parties(
        body: PartiesBody,
        caller: Annotated[Caller, Depends(permitted(Permission.PARTIES_WRITE))],
        request: Request,
    ) -> Outcomes:
        """Send master data of enterprises; one outcome, with a complaint for every bad item."""
        del body  # its envelope is sound; the document that is filed is the bytes as sent
        return await _said(bank, caller, request, "parties.json")

    @router.post("/approvals", operation_id="sendApprovals")
    @takes(Takes(INFORMATION_BYTES))
    async def approvals(
        body: ApprovalsBody,
        caller: Annotated[Caller, Depends(permitted(Permission.APPROVALS_WRITE))],
        request: Request,
    ) -> Outcomes:
        """Confirm or reject payables; one outcome, with a complaint for every bad item."""
        del body
        return await _said(bank, caller, request, "approvals.json")

    return router


async def _said(bank: Bank, caller: Caller, request: Request, name: str) -> Outcomes:
    body = await request.body()
    items = await run_in_threadpool(_opened, caller, [(name, body)])
    outcomes = await bank.file(items, caller.actor)
    for outcome in outcomes:
        if outcome.status is Status.REFUSED:
            raise _refused(outcome)
    return _outcomes(outcomes, _language(request))


def _refused(outcome: Outcome) -> Refusal:
    first = outcome.refusal
    assert first is not None, "what is refused says why"
    if first.code in {NOT_YOURS, NOT_PERMITTED}:
        cure = Text("由有权的连接提交", "send it over a connection that may say this")
        return Refusal(first.code, first.message, cure, {"place": first.place})
    return Invalid([Place("body", one.place, one.message) for one in outcome.complaints])


async def _files(request: Request, name: str) -> list[tuple[str, bytes]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        return [(name, await request.body())]
    async with request.form(max_files=MAX_PARTS, max_fields=MAX_PARTS) as form:
        parts = [part for _, part in form.multi_items()]
        files = [part for part in parts if isinstance(part, UploadFile)]
        if not files or len(files) != len(parts):
            what = Text("表单应只含文件", "the form must hold files, and only files")
            raise Invalid([Place("body", "", what)])
        return [(_label(part.filename or name), await part.read()) for part in files]


def _opened(caller: Caller, sent: Sequence[tuple[str, bytes]]) -> list[Blob | Unreadable]:
    source = f"http:{caller.connection.id}"
    items = [item for name, data in sent for item in expand(io.BytesIO(data), source, name)]
    speaker = Speaker(caller.party, frozenset(caller.connection.permissions))
    return checked(speaker, items)


def _label(name: str) -> str:
    return "".join(c if c.isprintable() else "_" for c in name)[:200]


def _outcomes(outcomes: Sequence[Outcome], language: Language) -> Outcomes:
    return Outcomes(outcomes=[outcome_view(one, language) for one in outcomes])


def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language", ""))
