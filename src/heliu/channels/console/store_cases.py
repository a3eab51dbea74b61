"""SQL of the console desk: words on cases, and how each ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx, columns
from heliu.ground.errors import Refusal
from heliu.ground.text import Text


class Queue(StrEnum):
    """Where a case waits, by the desk it belongs to."""

    FINDINGS = "findings"
    CASH = "cash"
    WARNINGS = "warnings"
    COLLECTION = "collection"
    PAYMENTS = "payments"


class CaseAct(StrEnum):
    """What is said of a case: I work on it; or I am done with it, and why."""

    TAKE = "take"
    CLOSE = "close"


class How(StrEnum):
    """How a word ended; WAITING until its time has come."""

    WAITING = "waiting"
    SENT = "sent"
    TAKEN_BACK = "taken_back"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a person on one case; sent at `sends_at` (wall clock) unless taken back."""

    id: UUID
    batch: UUID
    queue: Queue
    case_id: UUID
    act: CaseAct
    reason: str
    person: UUID
    said_at: datetime
    sends_at: datetime
    how: How = How.WAITING
    why: Text | None = None


_ADD: Final = """
INSERT INTO channels.case_word
  (id, batch, queue, case_id, act, reason, person_id, said_at, sends_at)
SELECT *
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::uuid[],
  %s::timestamptz[], %s::timestamptz[])
ON CONFLICT (id) DO NOTHING"""
_WORDS: Final = """
SELECT w.id, w.batch, w.queue, w.case_id, w.act, w.reason, w.person_id, w.said_at, w.sends_at,
  e.how, e.reason_zh, e.reason_en
FROM channels.case_word w
LEFT JOIN channels.case_word_end e ON e.word_id = w.id
"""
_OF_QUEUE: Final = (
    _WORDS + "WHERE w.queue = %s AND w.case_id = ANY(%s::uuid[]) ORDER BY w.said_at, w.id"
)
_OF_BATCH: Final = _WORDS + "WHERE w.batch = %s ORDER BY w.id"
_DUE: Final = (
    _WORDS + "WHERE e.word_id IS NULL AND w.sends_at <= %s ORDER BY w.sends_at, w.id LIMIT %s"
)
_END: Final = """
INSERT INTO channels.case_word_end (word_id, how, reason_zh, reason_en, at)
SELECT w.id, %s, %s, %s, %s
FROM channels.case_word w
WHERE w.id = ANY(%s::uuid[])
ON CONFLICT (word_id) DO NOTHING
RETURNING word_id"""


def add(tx: Tx, words: Sequence[Word]) -> None:
    """Keep words that wait; the same id again changes nothing."""
    rows = [
        (w.id, w.batch, w.queue, w.case_id, w.act, w.reason, w.person, w.said_at, w.sends_at)
        for w in words
    ]
    if rows:
        tx.run(_ADD, columns(rows))


def words_of(tx: Tx, queue: Queue, cases: Sequence[UUID]) -> list[Word]:
    """Every word on these cases, oldest first."""
    return [_word(row) for row in tx.rows(_OF_QUEUE, (queue, list(cases)))]


def batch(tx: Tx, id_: UUID) -> list[Word]:
    """The words that were said at once."""
    return [_word(row) for row in tx.rows(_OF_BATCH, (id_,))]


def due(tx: Tx, now: datetime, most: int) -> list[Word]:
    """Up to `most` words whose time has come and that have not ended, oldest first."""
    return [_word(row) for row in tx.rows(_DUE, (now, most))]


def end(tx: Tx, words: Sequence[UUID], how: How, now: datetime) -> set[UUID]:
    """Let these words end as `how`; those that had ended already are left out of the answer."""
    return {row[0] for row in tx.rows(_END, (how, None, None, now, list(words)))}


def refuse(tx: Tx, word: UUID, refusal: Refusal, now: datetime) -> bool:
    """Let a word end as refused by its desk; whether it had not ended before."""
    reason = refusal.reason
    return bool(tx.rows(_END, (How.REFUSED, reason.zh, reason.en, now, [word])))


def _word(row: tuple[object, ...]) -> Word:
    *head, how, zh, en = row
    id_, said_in, queue, case, act, *rest = head
    why = Text(str(zh), str(en)) if zh is not None else None
    stood = How(str(how)) if how else How.WAITING
    fields = (id_, said_in, Queue(str(queue)), case, CaseAct(str(act)), *rest, stood, why)
    return Word(*fields)  # type: ignore[arg-type]  # the columns are typed by the table
