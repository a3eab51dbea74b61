"""A table of payables in the enterprise's own columns: brought, mapped with a preview, imported."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from heliu.channels.pages.api import Answer, Visit, page, see_other, unknown
from heliu.channels.portal import errors, store, tables, views
from heliu.channels.portal.desk import firm, pages
from heliu.channels.portal.proposals import Act
from heliu.channels.portal.proposing import Propose, propose
from heliu.channels.portal.store import Draft
from heliu.channels.web.api import Speaker, checked
from heliu.flows.intake.api import Outcome
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

_KEPT: Final = timedelta(hours=1)
_NAME: Final = 200
_NO_FILE: Final = Text("请选择 CSV 文件", "choose a CSV file")
_TOO_LARGE: Final = Text("最大 16 MB", "at most 16 MB")
_TWICE: Final = Text("一列只能对应一个字段", "a column can be one field only")
_NEEDED: Final = Text("请选择对应的列", "choose its column")


@pages.get("/portal/tables", Right.DOCUMENTS_SEND)
def bring(visit: Visit) -> Answer:
    """Where a table is chosen."""
    return _bring(visit)


@pages.post("/portal/tables", Right.DOCUMENTS_SEND, body_bytes=tables.MAX_BYTES + 2**16)
def keep(visit: Visit) -> Answer:
    """Keep the table for an hour, and ask which column is what."""
    upload = visit.files.get("table")
    if upload is None or not upload.body:
        visit.form.wrong("table", _NO_FILE)
        return _bring(visit, 422)
    if len(upload.body) > tables.MAX_BYTES:
        visit.form.wrong("table", _TOO_LARGE)
        return _bring(visit, 422)
    table = tables.table_of(upload.body)
    if isinstance(table, Text):
        visit.form.wrong("table", table)
        return _bring(visit, 422)
    name = "".join(c if c.isprintable() else "_" for c in upload.name)[:_NAME] or "table.csv"
    with visit.transaction() as tx:
        draft = Draft(name, upload.body, visit.now + _KEPT)
        store.keep_draft(tx, visit.key, firm(visit), draft, visit.now)
    return see_other(f"/portal/tables/{visit.key}")


@pages.get("/portal/tables/{id}", Right.DOCUMENTS_SEND)
def look(visit: Visit, id: UUID) -> Answer:
    """The first rows under the mapping that is chosen, with every complaint by line and field."""
    return _mapped(visit, id)


@pages.post("/portal/tables/{id}/preview", Right.DOCUMENTS_SEND)
def choose(visit: Visit, id: UUID) -> Answer:
    """The columns that were chosen, in the address of the preview."""
    said = visit.form.typed
    names = [field.name for field in tables.FIELDS if said.get(field.name)]
    return see_other(f"/portal/tables/{id}?{urlencode([(name, said[name]) for name in names])}")


@pages.post("/portal/tables/{id}", Right.DOCUMENTS_SEND)
def bring_in(visit: Visit, id: UUID) -> Answer:
    """Save the mapping as the enterprise's, and file the table as the bank's connector reads it."""
    draft, table, columns = _chosen(visit, id)
    _check(visit, columns)
    if visit.form.errors:
        return _mapped(visit, id, 422)
    with visit.transaction() as tx:
        store.save_mapping(tx, firm(visit), columns, visit.person.id, visit.now)
    blob = tables.blob_of(table, columns, firm(visit), draft.file)
    outcomes = visit.file(checked(Speaker(firm(visit), frozenset()), [blob]))
    return _brought(outcomes, draft, len(table.rows))


@pages.post("/portal/tables/{id}/confirm", Right.PAYABLES_PROPOSE)
def confirm(visit: Visit, id: UUID) -> Answer:
    """Propose to confirm what the table lists, with its amounts, for the checker to sign."""
    _, table, columns = _chosen(visit, id)
    _check(visit, columns)
    if visit.form.errors:
        return _mapped(visit, id, 422)
    buyer = firm(visit)
    documents = tables.documents_of(table, columns, buyer)
    with visit.transaction() as tx:
        store.take_turn(tx, buyer)
        owed = views.payables(tx, buyer, visit.bank.clock.today())
        said = tables.matched(documents, owed)
        wanted = Propose(visit.key, buyer, Act.CONFIRM, "", visit.person.id, said)
        propose(tx, wanted, [one for one in owed if one.id in said], visit.now)
        store.save_mapping(tx, buyer, columns, visit.person.id, visit.now)
    return see_other(f"/portal/proposals/{visit.key}")


def _bring(visit: Visit, status: int = 200) -> Answer:
    with visit.transaction() as tx:
        saved = store.saved_mapping(tx, firm(visit))
    return page("portal/tables.html", status=status, saved=saved, fields=tables.FIELDS)


def _chosen(visit: Visit, id_: UUID) -> tuple[Draft, tables.Table, dict[str, str]]:
    """The draft, its table, and the columns: as the visitor chose, else as saved or guessed."""
    with visit.transaction() as tx:
        draft = store.find_draft(tx, id_, firm(visit))
        saved = store.saved_mapping(tx, firm(visit))
    if draft is None:
        raise unknown()
    if draft.until < visit.now:
        raise errors.draft_gone()
    table = tables.table_of(draft.body)
    assert isinstance(table, tables.Table), "what is no table is not kept"
    said = visit.form.typed if visit.form.given else visit.query
    names = [field.name for field in tables.FIELDS]
    if not any(name in said for name in names):
        return draft, table, tables.guessed(table.headers, saved)
    chosen = {name: said[name] for name in names if said.get(name) in table.headers}
    return draft, table, chosen


def _check(visit: Visit, columns: dict[str, str]) -> None:
    for field in tables.lacking(columns):
        visit.form.wrong(field.name, _NEEDED)
    used: dict[str, str] = {}
    for name, header in columns.items():
        if header in used:
            visit.form.wrong(name, _TWICE)
        used[header] = name


def _mapped(visit: Visit, id_: UUID, status: int = 200) -> Answer:
    draft, table, columns = _chosen(visit, id_)
    _check(visit, columns)
    preview, known = None, 0
    if not tables.lacking(columns):
        preview = tables.previewed(table, columns, firm(visit))
        documents = tables.documents_of(table, columns, firm(visit))
        with visit.transaction() as tx:
            owed = views.payables(tx, firm(visit), visit.bank.clock.today())
        known = len(tables.matched(documents, owed))
    return page(
        "portal/table.html",
        status=status,
        id=id_,
        draft=draft,
        table=table,
        columns=columns,
        fields=tables.FIELDS,
        preview=preview,
        known=known,
        stops=preview is None or tables.blocking(preview),
        shown=tables.SHOWN,
    )


def _brought(outcomes: Sequence[Outcome], draft: Draft, rows: int) -> Answer:
    """Where the documents are; what was refused is told on the page of the table."""
    (outcome,) = outcomes
    if outcome.refusal is not None:
        raise errors.not_filed(outcome.refusal.message)
    del draft
    return see_other(f"/portal/documents?brought={len(outcome.documents)}&rows={rows}")
