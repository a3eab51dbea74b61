"""Tables taken away as CSV, Parquet or XLSX: small ones at once, large ones by a job."""

import io
from uuid import UUID

from heliu.channels.console import store
from heliu.channels.console.desk import pages
from heliu.channels.console.exports import AT_ONCE, EXPORT, SOURCES, Source, first
from heliu.channels.console.tables import MEDIA, Kind, write
from heliu.channels.pages.api import Answer, Visit, download, page, unknown
from heliu.ground.text import Text
from heliu.parties.identity.api import Right


@pages.get("/console/export/{name}", Right.EXPORTS_MAKE)
def take(visit: Visit, name: str) -> Answer:
    """The table as a file (`receivables.csv`), or the way to the job where it is large."""
    table, kind, source = _meant(visit, name)
    with visit.transaction() as tx:
        rows = first(tx, table, visit.query, visit.bank.clock.today())
    if len(rows) > AT_ONCE:
        return page("console/export.html", source=source, name=name, kind=kind, most=AT_ONCE)
    out = io.BytesIO()
    write(kind, source.columns, rows, out)
    return download(name, MEDIA[kind], out.getvalue())


@pages.post("/console/export/{name}", Right.EXPORTS_MAKE)
def have_made(visit: Visit, name: str) -> Answer:
    """Have a job write the whole table."""
    table, kind, source = _meant(visit, name)
    query = {key: value for key, value in visit.form.typed.items() if not key.startswith("_")}
    title = Text(f"导出{source.title.zh}", f"Export: {source.title.en}")
    asked = {"table": table, "kind": kind, "name": name, "query": query}
    return visit.start(EXPORT, title, asked)


@pages.get("/console/exports/{id}", Right.EXPORTS_MAKE)
def made(visit: Visit, id: UUID) -> Answer:
    """A file that a job made for this person."""
    with visit.transaction() as tx:
        found = store.find(tx, id, visit.person.id, visit.now)
    if found is None:
        raise unknown()
    return download(found.name, MEDIA[found.kind], found.body)


def _meant(visit: Visit, name: str) -> tuple[str, Kind, Source]:
    table, _, ending = name.partition(".")
    source = SOURCES.get(table)
    if source is None or ending not in set(Kind) or not visit.may(source.asks):
        raise unknown()
    return table, Kind(ending), source
