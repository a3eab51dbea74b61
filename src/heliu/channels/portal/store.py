"""SQL of the portal: proposals and rulings, drafts and mappings of tables, secrets shown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.channels.portal.payables import Said
from heliu.channels.portal.proposals import Act, Item, Outcome, Proposal, Ruling
from heliu.ground.db import Tx
from heliu.ground.money import Money

_TURN: Final = "SELECT pg_advisory_xact_lock(726339, hashtext(%s))"
_ADD: Final = """
INSERT INTO channels.payable_proposal (id, party_uscc, act, reason, proposed_by, proposed_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
_ADD_ITEM: Final = """
INSERT INTO channels.payable_proposal_item
  (proposal_id, receivable_id, supplier_uscc, invoice_no, currency, amount, due_on)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (proposal_id, receivable_id) DO NOTHING"""
_FIND: Final = """
SELECT p.id, p.party_uscc, p.act, p.reason, p.proposed_by, p.proposed_at,
  r.outcome, r.reason, r.message, r.ruled_by, r.ruled_at
FROM channels.payable_proposal p
LEFT JOIN channels.payable_ruling r ON r.proposal_id = p.id
WHERE p.party_uscc = %(party)s
  AND (%(id)s::uuid IS NULL OR p.id = %(id)s)
ORDER BY p.proposed_at DESC, p.id
LIMIT %(limit)s"""
_ITEMS: Final = """
SELECT proposal_id, receivable_id, supplier_uscc, invoice_no, currency, amount, due_on
FROM channels.payable_proposal_item
WHERE proposal_id = ANY(%s)
ORDER BY proposal_id, due_on, invoice_no, receivable_id"""
_SAID: Final = """
SELECT DISTINCT ON (i.receivable_id) i.receivable_id, p.id, p.act, r.outcome IS NOT NULL
FROM channels.payable_proposal_item i
JOIN channels.payable_proposal p ON p.id = i.proposal_id
LEFT JOIN channels.payable_ruling r ON r.proposal_id = p.id
WHERE i.receivable_id = ANY(%s)
  AND p.party_uscc = %s
  AND r.outcome IS DISTINCT FROM 'returned'
ORDER BY i.receivable_id, p.proposed_at DESC, p.id"""
_RULE: Final = """
INSERT INTO channels.payable_ruling (proposal_id, outcome, reason, message, ruled_by, ruled_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (proposal_id) DO NOTHING
RETURNING proposal_id"""
_DRAFT: Final = """
INSERT INTO channels.table_draft (id, party_uscc, file, body, until)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
_SWEEP: Final = "DELETE FROM channels.table_draft WHERE until < %s"
_FIND_DRAFT: Final = """
SELECT file, body, until
FROM channels.table_draft
WHERE id = %s AND party_uscc = %s"""
_SAVE: Final = """
INSERT INTO channels.table_mapping (party_uscc, columns, saved_by, saved_at)
VALUES (%s, %s, %s, %s)"""
_SAVED: Final = """
SELECT columns
FROM channels.table_mapping
WHERE party_uscc = %s
ORDER BY no DESC
LIMIT 1"""
_SHOW: Final = """
INSERT INTO channels.secret_shown (connection_id, generation, form_key, person_id, at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (connection_id, generation) DO NOTHING"""
_SHOWN: Final = """
SELECT form_key, person_id
FROM channels.secret_shown
WHERE connection_id = %s AND generation = %s"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A table somebody brought, as it is kept until an instant."""

    file: str
    body: bytes
    until: datetime


def take_turn(tx: Tx, party: str) -> None:
    """Proposals and rulings of one enterprise are made one after another, until the commit."""
    tx.run(_TURN, (party,))


def add(tx: Tx, proposal: Proposal) -> None:
    """Keep a proposal; the same again changes nothing."""
    said = (proposal.party, proposal.act, proposal.reason, proposal.by, proposal.at)
    tx.run(_ADD, (proposal.id, *said))
    tx.many(
        _ADD_ITEM,
        [
            (
                *(proposal.id, i.receivable, i.supplier, i.invoice_no),
                *(i.amount.currency, i.amount.minor, i.due_on),
            )
            for i in proposal.items
        ],
    )


def find(tx: Tx, party: str, id_: UUID) -> Proposal | None:
    """The proposal of that id, if it is this enterprise's."""
    return next(iter(_found(tx, {"party": party, "id": id_, "limit": 1})), None)


def listed(tx: Tx, party: str, limit: int) -> list[Proposal]:
    """The enterprise's youngest proposals."""
    return _found(tx, {"party": party, "id": None, "limit": limit})


def said_of(tx: Tx, party: str, receivables: Sequence[UUID]) -> dict[UUID, Said]:
    """What stands proposed or ruled of these payables, what was returned aside."""
    rows = tx.rows(_SAID, (list(receivables), party))
    return {row[0]: Said(*row[1:]) for row in rows}


def rule(tx: Tx, proposal: UUID, ruling: Ruling) -> bool:
    """Keep a ruling; False if there is one already."""
    said = (ruling.outcome, ruling.reason, ruling.message, ruling.by, ruling.at)
    return tx.row(_RULE, (proposal, *said)) is not None


def keep_draft(tx: Tx, id_: UUID, party: str, draft: Draft, now: datetime) -> None:
    """Keep a table for its time; those whose time is over go."""
    tx.run(_SWEEP, (now,))
    tx.run(_DRAFT, (id_, party, draft.file, draft.body, draft.until))


def find_draft(tx: Tx, id_: UUID, party: str) -> Draft | None:
    """The table, if it is this enterprise's; its time may be over."""
    row = tx.row(_FIND_DRAFT, (id_, party))
    return Draft(row[0], bytes(row[1]), row[2]) if row else None


def save_mapping(tx: Tx, party: str, columns: Mapping[str, str], by: UUID, now: datetime) -> None:
    """Keep which header means which field."""
    tx.run(_SAVE, (party, json.dumps(dict(columns), ensure_ascii=False), by, now))


def saved_mapping(tx: Tx, party: str) -> dict[str, str]:
    """What was saved last; empty if nothing was."""
    row = tx.row(_SAVED, (party,))
    return dict(row[0]) if row else {}


def show_secret(
    tx: Tx, secret: tuple[str, int], form_key: UUID, person: UUID, now: datetime
) -> bool:
    """Whether the secret (of a connection, of a generation) may be shown for this form."""
    tx.run(_SHOW, (*secret, form_key, person, now))
    return tx.row(_SHOWN, secret) == (form_key, person)


def secret_shown(tx: Tx, secret: tuple[str, int]) -> bool:
    """Whether it was shown."""
    return tx.row(_SHOWN, secret) is not None


def _found(tx: Tx, asked: dict[str, Any]) -> list[Proposal]:
    rows = tx.rows(_FIND, asked)
    items: dict[UUID, list[Item]] = {row[0]: [] for row in rows}
    for row in tx.rows(_ITEMS, (list(items),)) if items else ():
        items[row[0]].append(Item(row[1], row[2], row[3], Money(row[5], row[4]), row[6]))
    return [_proposal(row, tuple(items[row[0]])) for row in rows]


def _proposal(row: TupleRow, items: tuple[Item, ...]) -> Proposal:
    ruling = None
    if row[6] is not None:
        message = bytes(row[8]) if row[8] is not None else None
        ruling = Ruling(Outcome(row[6]), row[7], message, row[9], row[10])
    return Proposal(row[0], row[1], Act(row[2]), row[3], items, row[4], row[5], ruling)
