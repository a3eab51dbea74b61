"""SQL of the acquisition desk."""

from collections.abc import Iterable, Sequence
from datetime import date
from struct import Struct
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from heliu.credit.acquisition.domain.complaints import Complaint, Fault
from heliu.credit.acquisition.domain.explaining import Told
from heliu.credit.acquisition.domain.run import Result, Run
from heliu.credit.acquisition.encoding import HEADER, TRAILER
from heliu.decisions.verdicts.api import Profile
from heliu.ground.db import Tx
from heliu.ground.money import Money

ADD_RUN: Final = """
INSERT INTO credit.acquisition_run
  (id, programme, version, business_date, list_sha256, release_name, release_sha256, profile,
   take_up, suppliers, complaints, started_at, started_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING
RETURNING number"""
LOCK_RUN: Final = """
SELECT id
FROM credit.acquisition_run
WHERE id = %s
FOR UPDATE"""
RUNS: Final = """
SELECT
  r.id, r.number, r.programme, r.version, r.business_date, r.list_sha256, r.release_name,
  r.release_sha256, r.profile, r.take_up, r.suppliers, r.complaints, r.started_at, r.started_by,
  s.approved, s.refused, s.limit_minor, s.draw_minor, s.currency, s.grades, s.reasons, s.root,
  s.finished_at
FROM credit.acquisition_run r
LEFT JOIN credit.acquisition_result s ON s.run = r.number
WHERE r.id = ANY(%s)"""
LAST_UNDER: Final = """
SELECT r.id
FROM credit.acquisition_run r
WHERE r.programme = ANY(%s)
ORDER BY r.number DESC
LIMIT %s"""
UNFINISHED: Final = """
SELECT r.id
FROM credit.acquisition_run r
WHERE NOT EXISTS (SELECT 1 FROM credit.acquisition_result s WHERE s.run = r.number)
ORDER BY r.number"""
ADD_INPUTS: Final = """
COPY credit.acquisition_input (run, part, suppliers, body) FROM STDIN (FORMAT BINARY)"""
INPUTS: Final = """
SELECT body
FROM credit.acquisition_input
WHERE run = %s
ORDER BY part"""
ADD_COMPLAINTS: Final = """
COPY credit.acquisition_complaint (run, number, line, column_name, fault, other_line) FROM STDIN"""
COMPLAINTS: Final = """
SELECT line, column_name, fault, other_line
FROM credit.acquisition_complaint
WHERE run = %s
  AND number > %s
ORDER BY number
LIMIT %s"""
ADD_PRE_APPROVALS: Final = """
COPY credit.pre_approval (
  run, rank, line, uscc, limit_minor, draw_minor, score, grade,
  reason_1, reason_2, reason_3, reason_4
) FROM STDIN (FORMAT BINARY)"""
COPY_OUT: Final = """
COPY (
  SELECT
    run, rank, line, uscc, limit_minor, draw_minor, score, grade,
    reason_1, reason_2, reason_3, reason_4
  FROM credit.pre_approval
  WHERE run = %s
  ORDER BY rank
) TO STDOUT (FORMAT BINARY)"""
PRE_APPROVALS: Final = """
SELECT
  rank, line, uscc, limit_minor, draw_minor, score, grade,
  ARRAY[reason_1, reason_2, reason_3, reason_4]
FROM credit.pre_approval
WHERE run = %s
  AND rank > %s
ORDER BY rank
LIMIT %s"""
SEAL: Final = """
INSERT INTO credit.acquisition_result
  (run, approved, refused, limit_minor, draw_minor, currency, grades, reasons, root, finished_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
REGISTERED: Final = """
SELECT uscc
FROM parties.registered_view"""
STOPPED: Final = """
SELECT DISTINCT uscc
FROM flows.stop_warning_view
WHERE coalesce(raised_on, %s) <= %s
  AND uscc IS NOT NULL"""
RELEASE: Final = """
SELECT body
FROM decisions.release_view
WHERE sha256 = %s"""
_INPUT: Final = Struct(">hiiiiiii")

Row = tuple[int, int, str, int, int, int, int, list[int]]


def add_run(tx: Tx, run: Run) -> int | None:
    """Record a run; its number, or None if it is there already (its twin has ended then)."""
    values = (
        *(run.id, run.programme, run.version, run.on, run.list_sha256, run.release),
        *(run.release_sha256, run.profile.value, run.take_up, run.suppliers, run.complaints),
        *(run.started_at, run.started_by),
    )
    row = tx.row(ADD_RUN, values)
    return None if row is None else int(row[0])


def lock_run(tx: Tx, run_id: UUID) -> None:
    """Hold a run to the transaction's end: of two that judge it, the second finds the answer."""
    tx.run(LOCK_RUN, (run_id,))


def find(tx: Tx, run_id: UUID) -> Run | None:
    """The run, with its result if it has one."""
    row = tx.row(RUNS, ([run_id],))
    return _run(row) if row else None


def last_under(tx: Tx, programmes: Sequence[str], limit: int) -> list[Run]:
    """The youngest runs under these programmes (by code), the last first."""
    ids = [run_id for (run_id,) in tx.rows(LAST_UNDER, (list(programmes), limit))]
    found = {row[0]: _run(row) for row in tx.rows(RUNS, (ids,))}
    return [found[run_id] for run_id in ids]


def _run(row: TupleRow) -> Run:
    *asked, approved, refused, limit, draw, currency, grades, reasons, root, finished_at = row
    asked[8] = Profile(asked[8])
    result = None
    if approved is not None:
        totals = Money(int(limit), currency), Money(int(draw), currency)
        told = tuple(msgspec.convert(reasons, list[Told]))
        result = Result(approved, refused, *totals, tuple(grades), told, root, finished_at)
    asked.append(result)
    return Run(*asked)


def unfinished(tx: Tx) -> list[UUID]:
    """Runs that were started and have no result, oldest first."""
    return [run_id for (run_id,) in tx.rows(UNFINISHED)]


def add_inputs(tx: Tx, run: int, parts: Iterable[tuple[int, memoryview]]) -> None:
    """Append (suppliers, body) parts of a run's columns, in order."""
    with tx.cursor() as cursor, cursor.copy(ADD_INPUTS) as copy:
        copy.write(HEADER)
        for part, (suppliers, body) in enumerate(parts):
            copy.write(_INPUT.pack(4, 4, run, 4, part, 4, suppliers, len(body)))
            copy.write(body)
        copy.write(TRAILER)


def inputs(tx: Tx, run: int) -> list[bytes]:
    """The parts of a run's columns, in order."""
    with tx.connection.cursor(binary=True) as cursor:
        return [body for (body,) in cursor.execute(INPUTS, (run,))]


def add_complaints(tx: Tx, run: int, complaints: Sequence[Complaint]) -> None:
    """Append what was complained of a run's list, in order."""
    rows = [
        (run, number, c.line, c.column, c.fault.value, c.other_line)
        for number, c in enumerate(complaints, start=1)
    ]
    tx.copy(ADD_COMPLAINTS, rows)


def complaints(tx: Tx, run: int, after: int, limit: int) -> list[Complaint]:
    """Up to `limit` complaints of a run, beginning after number `after`."""
    rows = tx.rows(COMPLAINTS, (run, after, limit))
    return [Complaint(line, column, Fault(fault), other) for line, column, fault, other in rows]


def add_pre_approvals(tx: Tx, pieces: Iterable[memoryview]) -> None:
    """Append encoded rows, piece by piece."""
    with tx.cursor() as cursor, cursor.copy(ADD_PRE_APPROVALS) as copy:
        copy.write(HEADER)
        for piece in pieces:
            copy.write(piece)
        copy.write(TRAILER)


def copied_out(tx: Tx, run: int) -> bytes:
    """The rows of a run as the server writes them, in order of rank."""
    with tx.cursor() as cursor, cursor.copy(COPY_OUT, (run,)) as copy:
        return b"".join(bytes(block) for block in copy)


def pre_approvals(tx: Tx, run: int, after: int, limit: int) -> list[Row]:
    """Up to `limit` rows of a run, beginning after rank `after`."""
    rows = tx.rows(PRE_APPROVALS, (run, after, limit))
    return [tuple(row) for row in rows]


def seal(tx: Tx, run: int, result: Result) -> None:
    """Record the result that seals a run's rows."""
    reasons: Any = msgspec.json.encode(list(result.reasons)).decode()
    values = (
        *(run, result.approved, result.refused, result.limit.minor, result.draw.minor),
        *(result.limit.currency, list(result.grades), reasons, result.root, result.finished_at),
    )
    tx.run(SEAL, values)


def registered(tx: Tx) -> list[str]:
    """Every USCC in the party register."""
    return [uscc for (uscc,) in tx.rows(REGISTERED)]


def stopped(tx: Tx, on: date) -> frozenset[str]:
    """The enterprises a warning of `on` or before forbids business with."""
    return frozenset(uscc for (uscc,) in tx.rows(STOPPED, (on, on)))


def release(tx: Tx, sha256: str) -> bytes | None:
    """The recorded text of a release."""
    row = tx.row(RELEASE, (sha256,))
    return None if row is None else bytes(row[0])
