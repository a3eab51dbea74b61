"""Use cases of the intake desk: contents are filed once, one outcome per blob, in order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from heliu.flows.intake import store
from heliu.flows.intake.domain.archives import Unreadable
from heliu.flows.intake.domain.filing import Outcome, Read, Status, read_blobs, unreadable
from heliu.flows.intake.domain.reading import Blob, Connector
from heliu.flows.intake.domain.trade import Filed
from heliu.flows.intake.events import documents_accepted
from heliu.ground.actor import Actor
from heliu.ground.clock import BANK_ZONE
from heliu.ground.db import Tx
from heliu.ground.outbox import tell


def file_blobs(
    tx: Tx,
    actor: Actor,
    connectors: Sequence[Connector],
    blobs: Sequence[Blob | Unreadable],
    now: datetime,
) -> list[Outcome]:
    """Read and file a batch; one outcome per item, in order. Filing it again changes nothing.

    `now` is an aware instant. A content that came before answers with its first outcome's
    documents and is not read again; a bad one is refused and hides nothing else.
    """
    known = store.seen(tx, [b.sha256 for b in blobs if isinstance(b, Blob)])
    first = _first(blobs)
    reads = read_blobs(connectors, [b for sha, b in first.items() if sha not in known])
    read = {r.blob.sha256: r for r in reads}
    # The first of equal contents is read, the others are repetitions under their own names.
    items = [read.pop(b.sha256, b) if isinstance(b, Blob) else b for b in blobs]
    return file_reads(tx, actor, items, now)


def file_reads(
    tx: Tx, actor: Actor, items: Sequence[Read | Blob | Unreadable], now: datetime
) -> list[Outcome]:
    """File a batch that was read elsewhere (worker processes). A bare Blob came before.

    Raises KeyError if a bare Blob did not come before: it had to be read.
    """
    assert now.tzinfo is not None, "instants are aware"
    blobs = [item.blob if isinstance(item, Read) else item for item in items]
    came = [b for b in blobs if isinstance(b, Blob)]
    reads = {item.blob.sha256: item for item in items if isinstance(item, Read)}
    won = store.claim(tx, [read.blob for read in reads.values()], now)
    new = [read for sha256, read in reads.items() if sha256 in won]
    store.add_outcomes(tx, new, now.astimezone(BANK_ZONE).date(), now)
    tell(tx, documents_accepted([leaf.id for read in new for leaf in read.leaves], now))
    # Read after the claim, so that what a twin filed meanwhile is seen too.
    known = store.seen(tx, [b.sha256 for b in came if b.sha256 not in won])
    outcomes = _outcomes(blobs, {read.blob.sha256: read for read in new}, known)
    store.deliver(tx, came, won, now, actor.id)
    return outcomes


def load_documents(tx: Tx, ids: Sequence[UUID]) -> list[Filed]:
    """The documents of `ids`, in that order. Raises KeyError for an id that was never filed."""
    found = store.load(tx, ids)
    return [found[identity] for identity in ids]


def find_documents(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Filed]:
    """Those of `ids` that were filed, by id."""
    return store.load(tx, ids)


def documents_since(tx: Tx, position: int, limit: int = 1000) -> list[tuple[int, Filed]]:
    """Up to `limit` documents filed after `position` (0: from the beginning), with positions."""
    return store.since(tx, position, limit)


def papers_addressed_to(
    tx: Tx, party: str, *, skip: int = 0, limit: int = 100
) -> list[tuple[Filed, str, datetime]]:
    """Documents whose buyer `party` (tax id) is, youngest first; source and instant of each."""
    return store.papers(tx, party, skip, limit)


def content_for(tx: Tx, sha256: str, party: str) -> bytes | None:
    """The bytes of the file of that hash, if every document in it has `party` on one side."""
    return store.content_for(tx, sha256, party)


def _first(blobs: Sequence[Blob | Unreadable]) -> dict[str, Blob]:
    first: dict[str, Blob] = {}
    for blob in blobs:
        if isinstance(blob, Blob):
            first.setdefault(blob.sha256, blob)
    return first


def _outcomes(
    blobs: Sequence[Blob | Unreadable], new: dict[str, Read], known: dict[str, Outcome]
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    filed: dict[str, Outcome] = {}
    for blob in blobs:
        if isinstance(blob, Unreadable):
            outcomes.append(unreadable(blob))
        elif blob.sha256 in known:
            outcomes.append(replace(known[blob.sha256], source=blob.source, file=blob.file))
        elif blob.sha256 in filed:
            # The same bytes again later in this batch are a repetition of these.
            outcomes.append(_again(filed[blob.sha256], blob))
        else:
            filed[blob.sha256] = outcome = _filed(new[blob.sha256], blob)
            outcomes.append(outcome)
    return outcomes


def _filed(read: Read, blob: Blob) -> Outcome:
    return Outcome(
        blob.source,
        blob.file,
        blob.sha256,
        Status.REFUSED if read.refused else Status.ACCEPTED,
        read.connector,
        tuple([leaf.id for leaf in read.leaves]),
        read.complaints,
    )


def _again(outcome: Outcome, blob: Blob) -> Outcome:
    status = Status.DUPLICATE if outcome.status is Status.ACCEPTED else Status.REFUSED
    return replace(outcome, source=blob.source, file=blob.file, status=status, repeated=True)
