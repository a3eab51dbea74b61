"""SQL of the intake desk: contents, outcomes, deliveries and canonical documents."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import psycopg

from heliu.flows.intake.domain.codec import decode_complaints, decode_document
from heliu.flows.intake.domain.filing import Outcome, Read, Status
from heliu.flows.intake.domain.reading import Blob
from heliu.flows.intake.domain.trade import Filed
from heliu.flows.intake.store_rows import blob_rows, delivery_rows, document_rows, outcome_rows
from heliu.ground.db import Tx

SEEN: Final = """
SELECT o.sha256, o.status, o.connector, o.complaints,
  ARRAY(SELECT d.id FROM flows.document d WHERE d.sha256 = o.sha256 ORDER BY d.position)
FROM flows.outcome o
WHERE o.sha256 = ANY(%s)"""
# Rows in order of sha256, so that two batches that share contents never wait in a circle.
KEEP: Final = """
COPY flows.blob (sha256, size, bytes, received_at)
FROM STDIN (FORMAT BINARY)"""
CLAIM: Final = """
INSERT INTO flows.blob (sha256, size, bytes, received_at)
SELECT b.sha256, length(b.bytes), b.bytes, %s
FROM unnest(%s::text[], %s::bytea[]) AS b (sha256, bytes)
ORDER BY b.sha256
ON CONFLICT (sha256) DO NOTHING
RETURNING sha256"""
# The ways of new contents are new, too.
DELIVER: Final = """
COPY flows.delivery (sha256, source, file, received_at, received_by)
FROM STDIN (FORMAT BINARY)"""
DELIVER_AGAIN: Final = """
INSERT INTO flows.delivery (sha256, source, file, received_at, received_by)
SELECT d.sha256, d.source, d.file, %s, %s
FROM unnest(%s::text[], %s::text[], %s::text[]) AS d (sha256, source, file)
ORDER BY d.sha256, d.source, d.file
ON CONFLICT (sha256, source, file) DO NOTHING"""
OUTCOMES: Final = """
COPY flows.outcome
  (sha256, status, connector, facts, complaints, documents, business_date, recorded_at)
FROM STDIN (FORMAT BINARY)"""
DOCUMENTS: Final = """
COPY flows.document
  (id, sha256, place, file, source, kind, flow, number, code, issued_on, seller_tax_id,
   buyer_tax_id, void, body, business_date, received_at)
FROM STDIN (FORMAT BINARY)"""
LOAD: Final = """
SELECT id, sha256, file, body::text
FROM flows.document
WHERE id = ANY(%s)"""
SINCE: Final = """
SELECT position, id, sha256, file, body::text
FROM flows.document
WHERE position > %s
ORDER BY position
LIMIT %s"""
FACTS: Final = """
SELECT o.sha256, o.facts::text
FROM flows.outcome o
WHERE o.sha256 = ANY(%s)"""
BYTES: Final = """
SELECT b.bytes
FROM flows.blob b
WHERE b.sha256 = %s"""

PAPERS: Final = """
SELECT id, sha256, file, body::text, source, received_at
FROM flows.document
WHERE buyer_tax_id = %(party)s
ORDER BY position DESC
OFFSET %(skip)s
LIMIT %(limit)s"""
# A file may tell of several parties: its bytes are given only to one whom all of it concerns.
CONTENT_FOR: Final = """
SELECT b.bytes
FROM flows.blob b
WHERE b.sha256 = %(sha256)s
  AND NOT EXISTS (
    SELECT 1
    FROM flows.document d
    WHERE d.sha256 = b.sha256
      AND d.buyer_tax_id IS DISTINCT FROM %(party)s
      AND d.seller_tax_id IS DISTINCT FROM %(party)s
  )"""


def seen(tx: Tx, shas: Sequence[str]) -> dict[str, Outcome]:
    """The outcome of each content that was filed before, without source and file."""
    if not shas:
        return {}
    return {
        sha256: Outcome(
            "",
            "",
            sha256,
            Status.DUPLICATE if status == Status.ACCEPTED else Status.REFUSED,
            connector,
            tuple(documents),
            decode_complaints(complaints),
            repeated=True,
        )
        for sha256, status, connector, complaints, documents in tx.rows(SEEN, (list(shas),))
    }


def claim(tx: Tx, blobs: Sequence[Blob], now: datetime) -> set[str]:
    """Keep the bytes of `blobs` (distinct); returns which contents were new.

    Waits for a twin that files one of them at the same time, and leaves that one to it.
    """
    ordered = sorted(blobs, key=lambda blob: blob.sha256)
    # Plain savepoints: connection.transaction() would commit when it is the first to speak.
    tx.run("SAVEPOINT claim")
    try:
        tx.copy_bytes(KEEP, blob_rows(ordered, now))
    except psycopg.errors.UniqueViolation:
        tx.run("ROLLBACK TO SAVEPOINT claim")
        shas, contents = [b.sha256 for b in ordered], [b.data for b in ordered]
        return {sha256 for (sha256,) in tx.rows(CLAIM, (now, shas, contents))}
    tx.run("RELEASE SAVEPOINT claim")
    return {blob.sha256 for blob in ordered}


def deliver(tx: Tx, blobs: Sequence[Blob], new: Collection[str], now: datetime, by: str) -> None:
    """Record by which way and under which name each content came, once each.

    `new` are the contents that this transaction claimed.
    """
    ways = dict.fromkeys((b.sha256, b.source, b.file) for b in blobs)
    first = [way for way in ways if way[0] in new]
    again = [way for way in ways if way[0] not in new]
    if first:
        tx.copy_bytes(DELIVER, delivery_rows(first, now, by))
    if again:
        columns = [list(column) for column in zip(*again, strict=True)]
        tx.run(DELIVER_AGAIN, (now, by, *columns))


def add_outcomes(tx: Tx, reads: Sequence[Read], on: date, now: datetime) -> None:
    """Append what was understood of new contents, and their documents, in the order given."""
    if reads:
        tx.copy_bytes(OUTCOMES, outcome_rows(reads, on, now))
        tx.copy_bytes(DOCUMENTS, document_rows(reads, on, now))


def load(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Filed]:
    """The documents of `ids` that exist."""
    return {row[0]: _filed(*row) for row in tx.rows(LOAD, (list(ids),))}


def since(tx: Tx, position: int, limit: int) -> list[tuple[int, Filed]]:
    """Up to `limit` documents filed after `position`, in order of filing, with their positions."""
    return [(row[0], _filed(*row[1:])) for row in tx.rows(SINCE, (position, limit))]


def facts(tx: Tx, shas: Sequence[str]) -> dict[str, str]:
    """The facts of each content, as JSON."""
    return dict(tx.rows(FACTS, (list(shas),)))


def content(tx: Tx, sha256: str) -> bytes | None:
    """The bytes of a content, or None if it never came."""
    row = tx.row(BYTES, (sha256,))
    return None if row is None else bytes(row[0])


def _filed(identity: UUID, sha256: str, file: str, body: str) -> Filed:
    return Filed(identity, sha256, file, decode_document(body))


def papers(tx: Tx, party: str, skip: int, limit: int) -> list[tuple[Filed, str, datetime]]:
    """Documents addressed to `party`, youngest first, each with its way in and when it came."""
    asked = {"party": party, "skip": skip, "limit": limit}
    return [(_filed(*row[:4]), row[4], row[5]) for row in tx.rows(PAPERS, asked)]


def content_for(tx: Tx, sha256: str, party: str) -> bytes | None:
    """The bytes of a file that tells of nobody but `party` and his partners; else None."""
    row = tx.row(CONTENT_FOR, {"sha256": sha256, "party": party})
    return bytes(row[0]) if row else None
