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
from heliu.flows.intake.events import document_accepted
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
    tell(tx, [document_accepted(leaf, r.blob.sha256, now) for r in new for leaf in r.leaves])
    # Read after the claim, so that what a twin filed meanwhile is seen too.
    known = store.seen(tx, [b.sha256 for b in came if b.sha256 not in won])
    outcomes = _outcomes(blobs, {read.blob.sha256: read for read in new}, known)
    store.deliver(tx, came, now, actor.id)
    return outcomes


def load_documents(tx: Tx, ids: Sequence[UUID]) -> list[Filed]:
    """The documents of `ids`, in that order. Raises KeyError for an id that was never filed."""
    found = store.load(tx, ids)
    return [found[identity] for identity in ids]


def documents_since(tx: Tx, position: int, limit: int = 1000) -> list[tuple[int, Filed]]:
    """Up to `limit` documents filed after `position` (0: from the beginning), with positions."""
    return store.since(tx, position, limit)


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
    for blob in blobs:
        if isinstance(blob, Unreadable):
            outcomes.append(unreadable(blob))
            continue
        outcome = known.get(blob.sha256) or _filed(new[blob.sha256])
        outcomes.append(replace(outcome, source=blob.source, file=blob.file))
        if not outcome.repeated:
            # The same bytes again later in this batch are a repetition of these.
            again = Status.DUPLICATE if outcome.status is Status.ACCEPTED else Status.REFUSED
            known[blob.sha256] = replace(outcome, status=again, repeated=True)
    return outcomes


def _filed(read: Read) -> Outcome:
    return Outcome(
        read.blob.source,
        read.blob.file,
        read.blob.sha256,
        Status.REFUSED if read.refused else Status.ACCEPTED,
        read.connector,
        tuple(leaf.id for leaf in read.leaves),
        read.complaints,
    )
