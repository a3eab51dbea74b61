"""SQL of the applications desk."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from heliu.credit.applications.domain import Application, Receivable
from heliu.flows.screening.api import Receivable as Claimed
from heliu.ground.db import Query, Tx, columns
from heliu.ground.money import Money

ADD: Final = """
INSERT INTO credit.application
  (id, receivable_id, verification_id, verdict_id, programme, programme_version, supplier_uscc,
   currency, requested, approved, annual_rate, decided_on, recorded_at)
SELECT a.id, a.receivable_id, a.verification_id, a.verdict_id, a.programme, a.programme_version,
  a.supplier_uscc, a.currency, a.requested, a.approved, a.annual_rate::numeric,
  a.decided_on, %b::timestamptz
FROM unnest(
  %b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::integer[], %b::text[],
  %b::text[], %b::bigint[], %b::bigint[], %b::text[], %b::date[]
) AS a (
  id, receivable_id, verification_id, verdict_id, programme, programme_version, supplier_uscc,
  currency, requested, approved, annual_rate, decided_on
)
ON CONFLICT (id) DO NOTHING"""
LATEST: Final = """
SELECT DISTINCT ON (receivable_id)
  id, receivable_id, verification_id, verdict_id, programme, programme_version, supplier_uscc,
  currency, requested, approved, annual_rate, decided_on
FROM credit.application
WHERE receivable_id = ANY(%s)
ORDER BY receivable_id, recorded_at DESC, decided_on DESC"""
FIND: Final = """
SELECT
  id, receivable_id, verification_id, verdict_id, programme, programme_version, supplier_uscc,
  currency, requested, approved, annual_rate, decided_on
FROM credit.application
WHERE id = ANY(%s)"""
KEEP: Final = """
INSERT INTO credit.receivable
  (id, verification_id, programme, supplier, buyer, invoice_no, currency, eligible, issued_on,
   due_on, body, verified_on, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET
  verification_id = EXCLUDED.verification_id,
  programme = EXCLUDED.programme,
  eligible = EXCLUDED.eligible,
  body = EXCLUDED.body,
  verified_on = EXCLUDED.verified_on,
  recorded_at = EXCLUDED.recorded_at"""
RECEIVABLES: Final = """
SELECT id, verification_id, programme, supplier, buyer, invoice_no, currency, eligible, issued_on,
  due_on, body::text, verified_on
FROM credit.receivable
WHERE id = ANY(%b::uuid[])"""
RECEIVABLES_OF: Final = """
SELECT id, verification_id, programme, supplier, buyer, invoice_no, currency, eligible, issued_on,
  due_on, body::text, verified_on
FROM credit.receivable
WHERE (%(party)s::text IS NULL OR supplier = %(party)s OR buyer = %(party)s)
  AND (%(after)s::uuid IS NULL OR id > %(after)s)
ORDER BY id
LIMIT %(limit)s"""

PAYABLES_OF: Final = """
SELECT id, verification_id, programme, supplier, buyer, invoice_no, currency, eligible, issued_on,
  due_on, body::text, verified_on
FROM credit.receivable
WHERE buyer = %s
ORDER BY due_on DESC NULLS FIRST, id
LIMIT %s"""


class _Claim(msgspec.Struct, frozen=True):
    seller: str
    buyer: str
    code: str
    number: str
    issued_on: date
    amount: int


class _Body(msgspec.Struct, frozen=True):
    """What of a receivable is read with it and never searched for."""

    claimed: _Claim | None
    features: dict[str, Any]
    evidence: tuple[str, ...]


_BODY: Final = msgspec.json.Decoder(_Body)


def add(tx: Tx, applications: Sequence[Application], now: datetime) -> None:
    """Record applications that are not there yet."""
    if not applications:
        return
    rows = [
        (
            *(a.id, a.receivable_id, a.verification_id, a.verdict_id, a.programme),
            *(a.programme_version, a.supplier_uscc, a.requested.currency, a.requested.minor),
            *(a.approved.minor, a.annual_rate and str(a.annual_rate), a.decided_on),
        )
        for a in applications
    ]
    tx.later(ADD, (now, *columns(rows)))


def latest(tx: Tx, receivables: Sequence[UUID]) -> dict[UUID, Application]:
    """The youngest application of each receivable that has one."""
    rows = tx.rows(LATEST, (list(receivables),))
    return {row[1]: _application(row) for row in rows}


def applications(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Application]:
    """The applications of these ids that exist."""
    return {row[0]: _application(row) for row in tx.rows(FIND, (list(ids),))}


def keep(tx: Tx, receivables: Sequence[Receivable], now: datetime) -> None:
    """Keep receivables; a younger one replaces the older one of its id."""
    tx.many(
        KEEP,
        [
            (
                *(r.id, r.verification_id, r.programme, r.supplier, r.buyer, r.invoice_no),
                *(r.eligible.currency, r.eligible.minor, r.issued_on, r.due_on),
                *(msgspec.json.encode(_body(r)).decode(), r.verified_on, now),
            )
            for r in receivables
        ],
    )


def receivables_query(ids: Sequence[UUID]) -> Query:
    """What `find_receivables` will ask."""
    return RECEIVABLES, (ids,)


def find_receivables(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Receivable]:
    """The receivables of these ids that are kept."""
    return {row[0]: read_receivable(row) for row in tx.reads(receivables_query(ids))[0]}


def receivables_of(tx: Tx, party: str | None, after: UUID | None, limit: int) -> list[Receivable]:
    """Up to `limit` receivables that a party (USCC; None: anybody) is owed or owes, in order of id.

    `after` is the last id of the page before.
    """
    asked = {"party": party, "after": after, "limit": limit}
    return [read_receivable(row) for row in tx.rows(RECEIVABLES_OF, asked)]


def payables_of(tx: Tx, buyer: str, limit: int) -> list[Receivable]:
    """Up to `limit` receivables that `buyer` (USCC) owes, what is due last first."""
    return [read_receivable(row) for row in tx.rows(PAYABLES_OF, (buyer, limit))]


def _body(receivable: Receivable) -> _Body:
    said = receivable.claimed
    claimed = None
    if said is not None:
        parties_and_number = (said.seller, said.buyer, said.code, said.number)
        claimed = _Claim(*parties_and_number, said.issued_on, said.amount.minor)
    return _Body(claimed, dict(receivable.features), receivable.evidence)


def read_receivable(row: TupleRow) -> Receivable:
    """A receivable from the columns of `RECEIVABLES`."""
    body, currency = _BODY.decode(row[10]), row[6]
    claimed = None
    if (said := body.claimed) is not None:
        parties_and_number = (said.seller, said.buyer, said.code, said.number)
        amount = Money(said.amount, currency)
        claimed = Claimed(*parties_and_number, said.issued_on, amount, row[0])
    trade = (Money(row[7], currency), row[8], row[9])
    return Receivable(*(*row[:6], *trade, claimed, body.features, body.evidence, row[11]))


def _application(row: TupleRow) -> Application:
    fields = (*row[:7], Money(row[8], row[7]), Money(row[9], row[7]), *row[10:])
    return Application(*fields)
