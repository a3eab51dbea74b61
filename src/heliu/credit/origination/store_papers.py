"""SQL of the origination desk: contracts, documents, consents, signing keys."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from heliu.credit.origination.domain.consent import Consent, Scope, SigningKey
from heliu.ground.db import Tx

ADD_CONTRACT: Final = """
INSERT INTO credit.loan_contract
  (application, template, template_sha256, body, sha256, made_at)
VALUES (%s, %s, %s, %s, %s, %s)"""
CONTRACT: Final = """
SELECT body
FROM credit.loan_contract
WHERE application = %s"""
ADD_DOCUMENT: Final = """
INSERT INTO credit.loan_document (sha256, bytes, received_at, received_by)
VALUES (%s, %s, %s, %s)
ON CONFLICT (sha256) DO NOTHING"""
ADD_CONSENT: Final = """
INSERT INTO credit.consent
  (id, digest, subject, scope, text_sha256, valid_from, valid_to, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
WITHDRAW: Final = """
INSERT INTO credit.consent_withdrawal (consent, withdrawn_on, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s)
ON CONFLICT (consent) DO NOTHING"""
DIGESTS: Final = """
SELECT id, digest
FROM credit.consent
WHERE id = ANY(%s)"""
CONSENTS: Final = """
SELECT c.id, c.subject, c.scope, c.text_sha256, c.valid_from, c.valid_to, w.withdrawn_on
FROM credit.consent c
LEFT JOIN credit.consent_withdrawal w ON w.consent = c.id
WHERE c.id = ANY(%s)
ORDER BY c.id"""
CONSENTS_OF: Final = """
SELECT c.id, c.subject, c.scope, c.text_sha256, c.valid_from, c.valid_to, w.withdrawn_on
FROM credit.consent c
LEFT JOIN credit.consent_withdrawal w ON w.consent = c.id
WHERE
  c.subject = ANY(%s)
  AND c.scope = %s
ORDER BY c.id"""
ADD_KEY: Final = """
INSERT INTO credit.signing_key (id, party, public_key, valid_from, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (party, public_key) DO NOTHING"""
END_KEY: Final = """
INSERT INTO credit.signing_key_end (signing_key, ended_on, recorded_at, recorded_by)
SELECT k.id, %s, %s, %s
FROM credit.signing_key k
WHERE k.id = %s
ON CONFLICT (signing_key) DO NOTHING"""
KEYS: Final = """
SELECT k.id, k.party, k.public_key, k.valid_from, e.ended_on
FROM credit.signing_key k
LEFT JOIN credit.signing_key_end e ON e.signing_key = k.id
WHERE k.id = ANY(%s)
ORDER BY k.id"""
STOPPED: Final = """
SELECT DISTINCT uscc
FROM flows.stop_warning_view
WHERE
  uscc = ANY(%s)
  AND coalesce(raised_on, %s) <= %s"""


def add_contracts(tx: Tx, rows: Sequence[tuple[UUID, str, str, str, str, datetime]]) -> None:
    """Keep (application, template, its digest, text, its digest, at)."""
    tx.many(ADD_CONTRACT, rows)


def contract(tx: Tx, application_id: UUID) -> str | None:
    """The text of an application's contract, if one was made."""
    row = tx.row(CONTRACT, (application_id,))
    return None if row is None else str(row[0])


def add_documents(tx: Tx, rows: Sequence[tuple[str, bytes, datetime, str]]) -> None:
    """Keep (digest, bytes, at, by) of papers that are not there yet."""
    tx.many(ADD_DOCUMENT, rows)


def add_consents(tx: Tx, rows: Sequence[Sequence[Any]]) -> None:
    """Record consents that are not there yet."""
    tx.many(ADD_CONSENT, rows)


def withdraw(tx: Tx, rows: Sequence[tuple[UUID, date, datetime, str]]) -> None:
    """Record withdrawals (consent, on, at, by); the first one counts."""
    tx.many(WITHDRAW, rows)


def digests(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What the consents of `ids` were recorded as."""
    return {found: digest for found, digest in tx.rows(DIGESTS, (list(ids),))}  # noqa: C416 - rows are not pairs to mypy


def consents(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Consent]:
    """The consents of `ids`, by id."""
    return {row[0]: _consent(row) for row in tx.rows(CONSENTS, (list(ids),))}


def consents_of(tx: Tx, subjects: Sequence[str], scope: Scope) -> list[Consent]:
    """Every consent those subjects ever gave for `scope`."""
    return [_consent(row) for row in tx.rows(CONSENTS_OF, (list(subjects), scope.value))]


def _consent(row: Sequence[Any]) -> Consent:
    return Consent(row[0], row[1], Scope(row[2]), *row[3:])


def add_keys(tx: Tx, rows: Sequence[tuple[UUID, str, bytes, date, datetime, str]]) -> None:
    """Record signing keys that are not there yet."""
    tx.many(ADD_KEY, rows)


def end_keys(tx: Tx, rows: Sequence[tuple[date, datetime, str, UUID]]) -> None:
    """End signing keys: (on, at, by, key); the first end counts."""
    tx.many(END_KEY, rows)


def keys(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, SigningKey]:
    """The signing keys of `ids`, by id."""
    return {row[0]: SigningKey(*row) for row in tx.rows(KEYS, (list(ids),))}


def stopped(tx: Tx, usccs: Sequence[str], on: date) -> set[str]:
    """Those of `usccs` with whom a warning forbids business on `on`."""
    return {uscc for (uscc,) in tx.rows(STOPPED, (list(usccs), on, on))}
