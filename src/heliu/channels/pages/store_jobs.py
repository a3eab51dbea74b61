"""SQL of the jobs of pages."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.channels.pages.job import AskedJob, Job
from heliu.ground.db import Tx
from heliu.ground.text import Text

_ADD: Final = """
INSERT INTO channels.job
  (id, kind, person_id, party_uscc, asked, title_zh, title_en, state, step, done, asked_at,
   changed_at)
VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s, 'waiting', 0, 0, %s, %s)
ON CONFLICT (id) DO NOTHING"""
_TAKE: Final = """
UPDATE channels.job
SET state = 'running', changed_at = greatest(asked_at, %s)
WHERE id = (
  SELECT j.id
  FROM channels.job j
  WHERE j.state = 'waiting'
  ORDER BY j.asked_at, j.id
  LIMIT 1
  FOR UPDATE SKIP LOCKED)
RETURNING id, kind, person_id, party_uscc, asked, title_zh, title_en"""
_TAKE_UP: Final = """
UPDATE channels.job
SET state = 'waiting', step = 0, done = 0, total = NULL,
  changed_at = greatest(asked_at, %s)
WHERE state = 'running'"""
_STEP: Final = """
UPDATE channels.job
SET step = %s, done = %s, total = %s, changed_at = greatest(asked_at, %s)
WHERE id = %s AND state = 'running'"""
_FINISH: Final = """
UPDATE channels.job
SET state = 'done', result = %s, changed_at = greatest(asked_at, %s)
WHERE id = %s"""
_FAIL: Final = """
UPDATE channels.job
SET state = 'failed', reason_zh = %s, reason_en = %s, changed_at = greatest(asked_at, %s)
WHERE id = %s"""
_FIND: Final = """
SELECT j.id, j.kind, j.person_id, j.party_uscc, j.asked, j.title_zh, j.title_en, j.state,
  j.step, j.done, j.total, j.result, j.reason_zh, j.reason_en, j.asked_at,
  j.changed_at
FROM channels.job j
WHERE j.id = %s AND j.person_id = %s"""


def add(tx: Tx, job: AskedJob, now: datetime) -> None:
    """Append a waiting job; the same id again changes nothing."""
    asked = json.dumps(dict(job.asked))
    head = (job.id, job.kind, job.person, job.party, asked, job.title.zh, job.title.en)
    tx.run(_ADD, (*head, now, now))


def take(tx: Tx, now: datetime) -> AskedJob | None:
    """The oldest waiting job, which runs from now on."""
    row = tx.row(_TAKE, (now,))
    return _asked(row) if row else None


def take_up(tx: Tx, now: datetime) -> None:
    """Every running job waits again."""
    tx.run(_TAKE_UP, (now,))


def step(tx: Tx, id_: UUID, at: tuple[int, int, int | None], now: datetime) -> None:
    """The job's step, and how much of it is done."""
    tx.run(_STEP, (*at, now, id_))


def finish(tx: Tx, id_: UUID, result: str | None, now: datetime) -> None:
    """The job is done; `result` is the path of what it made."""
    tx.run(_FINISH, (result, now, id_))


def fail(tx: Tx, id_: UUID, reason: Text, now: datetime) -> None:
    """The job ended with a reason."""
    tx.run(_FAIL, (reason.zh, reason.en, now, id_))


def find(tx: Tx, id_: UUID, person: UUID, plans: Mapping[str, tuple[Text, ...]]) -> Job | None:
    """A job of this person."""
    row = tx.row(_FIND, (id_, person))
    if row is None:
        return None
    state, step, done, total, result, reason_zh, reason_en, asked_at, changed = row[7:]
    reason = Text(reason_zh, reason_en) if reason_zh else None
    asked = _asked(row)
    plan = plans[asked.kind]
    return Job(asked, plan, state, step, done, total, result, reason, asked_at, changed)


def _asked(row: tuple[object, ...]) -> AskedJob:
    id_, kind, person, party, asked, zh, en = row[:7]
    return AskedJob(id_, kind, person, party, asked, Text(zh, en))  # type: ignore[arg-type]
