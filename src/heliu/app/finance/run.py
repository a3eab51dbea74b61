"""The finance run: file a folder, then live through its business days on the open bank.

Every day is one transaction. A run that is killed is simply started again: what was done is
found by its keys, what was not is done, and nothing happens twice.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from heliu.app.bank import Bank
from heliu.app.finance.calendar import business_day, by_day
from heliu.app.finance.day import Day, DayResult, live_day
from heliu.app.settings import settings
from heliu.books.evidence.api import Entry, record
from heliu.credit.applications.api import Policy
from heliu.credit.limits.api import programme_limits, set_limits, supplier_limit
from heliu.credit.products.api import Programme, release_programmes
from heliu.decisions.verdicts.api import Profile
from heliu.flows.confluence.api import CONNECTORS, Linker, add_lived, lived
from heliu.flows.intake.api import (
    Blob,
    Filed,
    Kind,
    Outcome,
    Status,
    Unreadable,
    batches,
    blobs_from,
    documents_since,
    file_blobs,
    load_documents,
)
from heliu.ground.db import Database, Tx

Progress = Callable[[str, int, int], None]
"""(stage, done, total): called often, cheap."""

_PAGE = 5000
RELEASE = "scf-receivable-2"


@dataclass(slots=True)
class Run:
    """What happened: outcome per file, results per day, and every document of the bank."""

    outcomes: list[Outcome] = field(default_factory=list)
    days: list[DayResult] = field(default_factory=list)
    documents: list[Filed] = field(default_factory=list)


def file_items(bank: Bank, items: Sequence[Blob | Unreadable]) -> list[Outcome]:
    """File one batch durably; every document accepted becomes a leaf of the evidence log."""
    with bank.database.transaction() as tx:
        outcomes = file_blobs(tx, bank.actor, CONNECTORS, items, bank.clock.now())
        _prove(tx, outcomes)
    return outcomes


def finance(
    bank: Bank, paths: Sequence[Path], programmes: Sequence[Programme], on: date, progress: Progress
) -> Run:
    """The main job: file everything under `paths`, then live up to the end of business day `on`."""
    outcomes: list[Outcome] = []
    for batch in batches(blobs_from(paths, "folder")):
        outcomes += file_items(bank, batch)
        progress("file", len(outcomes), len(outcomes))
    return live(bank, outcomes, programmes, on, progress)


def live(
    bank: Bank,
    outcomes: list[Outcome],
    programmes: Sequence[Programme],
    on: date,
    progress: Progress,
) -> Run:
    """Live through the days of all documents not yet lived, up to the end of `on`.

    Documents that come late are still lived on their own day: the journal keeps business date and
    recorded time apart.
    """
    run = Run(outcomes)
    with bank.database.transaction() as tx:
        release_programmes(tx, bank.actor, programmes, bank.clock.now())
        _set_limits(tx, programmes)
        last_position, last_on = lived(tx)
        filed = all_documents(tx)
    run.documents = [document for _, document in filed]
    position = max((p for p, _ in filed), default=0)
    new = [
        document
        for at, document in filed
        if at > last_position or last_on < business_day(document, on) <= on
    ]
    seen = {document.id for document in new}
    linker = Linker(d for d in run.documents if d.id not in seen and business_day(d, on) <= on)
    day = Day(bank.ledger, bank.actor, linker, {p.buyer_uscc: p for p in programmes}, policy())
    days = by_day(new, until=on)
    for number, (today, documents) in enumerate(days, start=1):
        with bank.database.transaction() as tx:
            run.days.append(live_day(tx, day, today, documents, bank.clock))
        progress("day", number, len(days))
    with bank.database.transaction() as tx:
        # Invoices dated ahead are looked at once, so that their sender learns why they wait.
        ahead = [d for d in new if business_day(d, on) > on and d.document.kind is Kind.INVOICE]
        run.days.append(live_day(tx, day, on, ahead, bank.clock))
        add_lived(tx, position, on, bank.clock.now())
    return run


def _prove(tx: Tx, outcomes: Iterable[Outcome]) -> None:
    new = [o for o in outcomes if o.status is Status.ACCEPTED and not o.repeated]
    record(
        tx,
        [
            Entry("document", identity, {"sha256": outcome.sha256, "connector": outcome.connector})
            for outcome in new
            for identity in outcome.documents
        ],
    )


def policy() -> Policy:
    """Which release decides on this machine, and how strictly."""
    return Policy(RELEASE, Profile(settings().profile))


def documents_of_outcomes(database: Database, outcomes: Sequence[Outcome]) -> list[Filed]:
    """The documents of the files of this run, whether new or known."""
    ids = list(dict.fromkeys(i for outcome in outcomes for i in outcome.documents))
    with database.transaction() as tx:
        return load_documents(tx, ids)


def all_documents(tx: Tx) -> list[tuple[int, Filed]]:
    """Every document of the bank with its position, in order of filing."""
    found: list[tuple[int, Filed]] = []
    while page := documents_since(tx, found[-1][0] if found else 0, _PAGE):
        found += page
    return found


def _set_limits(tx: Tx, programmes: Sequence[Programme]) -> None:
    for programme in programmes:
        suppliers = [supplier_limit(programme, enrolled) for enrolled in programme.suppliers]
        set_limits(tx, [*programme_limits(programme), *suppliers])
