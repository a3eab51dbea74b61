"""Limits, vouchers, documents and messages of a firm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.books.vouchers.api import Holding, holdings
from heliu.channels.mobile import views
from heliu.channels.mobile.desk import pages
from heliu.channels.mobile.words import words_of
from heliu.channels.pages.api import (
    UPLOAD_BYTES,
    Answer,
    Visit,
    is_picture,
    opened,
    page,
    unknown,
)
from heliu.channels.web.api import PARTIES, Speaker
from heliu.credit.applications.api import receivables_of
from heliu.credit.limits.api import Axis, LimitLine, all_lines, axes
from heliu.credit.products.api import in_force
from heliu.flows.intake.api import Complaint, Outcome, Status, encode_document, find_documents
from heliu.ground.outbox import facts_naming
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

AXIS_TEXT: Final[Mapping[Axis, Text]] = {
    Axis.PROGRAMME: Text("项目总额度", "the whole programme"),
    Axis.OBLIGOR: Text("买方额度", "this buyer"),
    Axis.GROUP: Text("买方集团额度", "the buyer's group"),
    Axis.SUPPLIER: Text("贵司额度", "your firm"),
    Axis.PRODUCT: Text("产品额度", "this product"),
}
# What only the bank knows of others' use is shown as full or free, never as a figure.
_OWN: Final = frozenset({Axis.SUPPLIER})
_PICTURE_WAITS: Final = Text(
    "已保存为证据，暂不能自动读取；请同时上传电子原件（XML、OFD、CSV）",
    "kept as evidence, but not read by itself: send the electronic original too (XML, CSV)",
)
_MESSAGES: Final = 50
_BACK: Final = 20_000


@dataclass(frozen=True, slots=True)
class Took:
    """One file's outcome as its sender sees it."""

    file: str
    status: Status
    found: Sequence[UUID]
    complaints: Sequence[Complaint]
    picture: bool
    repeated: bool


@pages.get("/m/limits", Right.LIMITS_READ)
def limits(visit: Visit) -> Answer:
    """Every limit a draw of the firm counts against, by programme: used, reserved, free."""
    assert visit.party is not None, "a supplier acts for a firm"
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        owed = receivables_of(tx, visit.party, None, views.MOST)
        codes = sorted({r.programme for r in owed if r.supplier == visit.party})
        programmes = in_force(tx, codes, on)
        lines = {line.key: line for line in all_lines(tx)}
    shown = []
    for programme in programmes.values():
        keys = axes(programme, visit.party)
        kept = [(AXIS_TEXT[key.axis], lines[key], key.axis in _OWN) for key in keys if key in lines]
        shown.append((programme, sorted(kept, key=lambda row: not row[2]), narrowest(kept)))
    return page("mobile/limits.html", shown=shown)


def narrowest(rows: Sequence[tuple[Text, LimitLine, bool]]) -> int:
    """What may still be drawn, minor units: the least room of all lines."""
    return min((line.headroom for _, line, _ in rows), default=0)


@pages.get("/m/vouchers", Right.VOUCHERS_READ)
def vouchers(visit: Visit) -> Answer:
    """Digital receivables the firm holds of record and is not paid yet."""
    assert visit.party is not None, "a supplier acts for a firm"
    with visit.transaction() as tx:
        held: list[Holding] = holdings(tx, visit.party)
    total = views.total([one.open for one in held])
    return page("mobile/vouchers.html", held=held, total=total, on=visit.bank.clock.today())


@pages.get("/m/documents", Right.DOCUMENTS_READ)
def documents(visit: Visit) -> Answer:
    """The papers behind the firm's receivables, and a way to send more."""
    assert visit.party is not None, "a supplier acts for a firm"
    with visit.transaction() as tx:
        cards = views.cards(tx, visit.party, visit.bank.clock.today(), papers=True)
    papers = {filed.id: (filed, card) for card in cards for filed in card.trade.documents}
    return page("mobile/documents.html", papers=list(papers.values()), took=None)


@pages.post("/m/documents", Right.DOCUMENTS_SEND, body_bytes=UPLOAD_BYTES)
def send(visit: Visit) -> Answer:
    """Files of any format; one outcome each, and a bad one hides no other."""
    if not visit.files:
        visit.form.wrong("files", Text("请选择文件", "choose a file"))
        return page("mobile/documents.html", status=422, papers=[], took=None)
    speaker = Speaker(visit.party, frozenset())
    items = opened(visit.files, f"person:{visit.person.id}", speaker)
    pictures = {upload.name for upload in visit.files.values() if is_picture(upload.body)}
    took = [_took(outcome, pictures) for outcome in visit.file(items)]
    return page("mobile/documents.html", papers=[], took=took, waits=_PICTURE_WAITS)


@pages.get("/m/documents/{id}", Right.DOCUMENTS_READ)
def document(visit: Visit, id: UUID) -> Answer:
    """One paper as the bank read it, with its hash."""
    with visit.transaction() as tx:
        filed = find_documents(tx, [id]).get(id)
    if filed is None:
        raise unknown()
    said = filed.document
    named = {said.seller.tax_id, said.buyer.tax_id, said.attributes.get("issuer")}
    if visit.party not in named and not _of_a_trade(visit, id):
        raise unknown()
    return page("mobile/document.html", filed=filed, raw=encode_document(said).decode())


@pages.get("/m/messages", Right.SELF)
def messages(visit: Visit) -> Answer:
    """What happened to the firm, newest first, in words."""
    with visit.transaction() as tx:
        facts = facts_naming(tx, PARTIES, visit.party, _MESSAGES, _BACK) if visit.party else []
    told = [(words_of(fact), _local(fact.occurred_at)) for fact in facts]
    return page("mobile/messages.html", told=[(words, at) for words, at in told if words])


def _of_a_trade(visit: Visit, document: UUID) -> bool:
    """Whether a paper that names nobody (a scan of goods, an approval) is of the firm's trade."""
    assert visit.party is not None, "a supplier acts for a firm"
    with visit.transaction() as tx:
        cards = views.cards(tx, visit.party, visit.bank.clock.today(), papers=True)
    return any(filed.id == document for card in cards for filed in card.trade.documents)


def _local(at: datetime) -> datetime:
    return at.astimezone()


def _took(outcome: Outcome, pictures: set[str]) -> Took:
    return Took(
        outcome.file,
        outcome.status,
        outcome.documents,
        outcome.complaints,
        outcome.file in pictures,
        outcome.repeated,
    )
