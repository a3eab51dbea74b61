"""Documents addressed to the enterprise, each with its bytes, its hash and its proof."""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from heliu.books.evidence.api import NotInEvidence, prove_inclusion
from heliu.channels.pages.api import Answer, Visit, download, page, unknown
from heliu.channels.portal import views
from heliu.channels.portal.desk import firm, pages
from heliu.channels.portal.papers import KIND_TEXT, OTHER
from heliu.flows.intake.api import (
    Filed,
    content_for,
    encode_document,
    find_documents,
    papers_addressed_to,
)
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

PAGE: Final = 50
_FAR: Final = 6
# Which way a document came, by the first word of its source.
WAY_TEXT: Final[Mapping[str, Text]] = {
    "http": Text("接口", "API"),
    "inbox": Text("文件夹", "folder"),
    "folder": Text("文件夹", "folder"),
    "person": Text("网页上传", "page"),
    "portal": Text("网页确认", "confirmed here"),
}


@pages.get("/portal/documents", Right.DOCUMENTS_READ)
def listed(visit: Visit) -> Answer:
    """What came, youngest first."""
    said = visit.query.get("from", "")
    skip = int(said) if said.isascii() and said.isdigit() and len(said) < _FAR else 0
    with visit.transaction() as tx:
        found = papers_addressed_to(tx, firm(visit), skip=skip, limit=PAGE + 1)
    return page(
        "portal/documents.html",
        papers=found[:PAGE],
        more=len(found) > PAGE,
        skip=skip,
        size=PAGE,
        kinds=KIND_TEXT,
        other=OTHER,
        way=_way,
    )


@pages.get("/portal/documents/{id}", Right.DOCUMENTS_READ)
def one(visit: Visit, id: UUID) -> Answer:
    """One document as the bank read it, and how it is proven that it was so read."""
    with visit.transaction() as tx:
        filed = _own(tx, visit, id)
        proof = _proof(tx, id)
        whole = content_for(tx, filed.sha256, firm(visit)) is not None
        names = views.names_of(views.programmes_of(tx, firm(visit)))
    return page(
        "portal/document.html",
        filed=filed,
        kind=KIND_TEXT.get(filed.document.kind, OTHER),
        proof=proof,
        whole=whole,
        names=names,
        raw=json.dumps(json.loads(encode_document(filed.document)), indent=1, ensure_ascii=False),
    )


@pages.get("/portal/documents/{id}/file", Right.DOCUMENTS_READ)
def original(visit: Visit, id: UUID) -> Answer:
    """The bytes as they came, if the whole file concerns the enterprise."""
    with visit.transaction() as tx:
        filed = _own(tx, visit, id)
        body = content_for(tx, filed.sha256, firm(visit))
    if body is None:
        raise unknown()
    return download(_name(filed), "application/octet-stream", body)


@pages.get("/portal/documents/{id}/proof", Right.DOCUMENTS_READ)
def proof(visit: Visit, id: UUID) -> Answer:
    """The inclusion proof of the document, for any verifier of RFC 9162 trees."""
    with visit.transaction() as tx:
        _own(tx, visit, id)
        found = _proof(tx, id)
    if found is None:
        raise unknown()
    return download(f"proof-{id}.json", "application/json", json.dumps(found, indent=1).encode())


def _own(tx: Tx, visit: Visit, id_: UUID) -> Filed:
    filed = find_documents(tx, [id_]).get(id_)
    if filed is None:
        raise unknown()
    said, buyer = filed.document, firm(visit)
    if buyer not in {said.buyer.tax_id, said.seller.tax_id, said.attributes.get("issuer")}:
        raise unknown()
    return filed


def _proof(tx: Tx, id_: UUID) -> dict[str, Any] | None:
    try:
        return prove_inclusion(tx, id_, kind="document").to_json()
    except NotInEvidence:
        return None


def _name(filed: Filed) -> str:
    return filed.file.replace("!", "/").rsplit("/", 1)[-1] or "document"


def _way(source: str) -> Text:
    return WAY_TEXT.get(source.partition(":")[0], Text(source, source))
