"""SQL of the products desk."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from heliu.ground.db import Tx

ADD: Final = """
INSERT INTO credit.programme
  (code, version, effective_from, body, sha256, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (code, version) DO NOTHING"""
RELEASE: Final = """
INSERT INTO credit.programme_release (code, version, released_at, released_by)
VALUES (%s, %s, %s, %s)
ON CONFLICT (code, version) DO NOTHING"""
VERSIONS: Final = """
SELECT
  p.code, p.version, p.body, p.sha256, p.recorded_at, p.recorded_by,
  r.released_at, r.released_by
FROM credit.programme p
LEFT JOIN credit.programme_release r
  ON r.code = p.code AND r.version = p.version
WHERE p.code = ANY(%s)
ORDER BY p.code, p.version"""
MARKS: Final = """
SELECT p.code, p.version, p.sha256, p.recorded_by, r.released_by
FROM credit.programme p
LEFT JOIN credit.programme_release r
  ON r.code = p.code AND r.version = p.version
WHERE p.code = ANY(%s)
ORDER BY p.code, p.version"""
LATEST: Final = """
SELECT DISTINCT ON (p.code) p.body
FROM credit.programme p
JOIN credit.programme_release r
  ON r.code = p.code AND r.version = p.version
ORDER BY p.code, p.version DESC"""
IN_FORCE: Final = """
SELECT DISTINCT ON (p.code) p.body
FROM credit.programme p
JOIN credit.programme_release r
  ON r.code = p.code AND r.version = p.version
WHERE
  p.code = ANY(%s)
  AND p.effective_from <= %s
ORDER BY p.code, p.version DESC"""

Row = tuple[str, int, date, str, str, datetime, str]


class Mark(NamedTuple):
    """What a recorded version is known by, and who proposed and released it (None: nobody yet)."""

    code: str
    version: int
    sha256: str
    proposed_by: str
    released_by: str | None


def add(tx: Tx, rows: Sequence[Row]) -> None:
    """Record programme versions that are not there yet."""
    tx.many(ADD, rows)


def release(tx: Tx, rows: Sequence[tuple[str, int, datetime, str]]) -> None:
    """Record (code, version, at, by) of releases that are not there yet."""
    tx.many(RELEASE, rows)


def marks(tx: Tx, codes: Sequence[str]) -> dict[tuple[str, int], Mark]:
    """Every recorded version of `codes`, by code and version, ascending."""
    found = [Mark(*row) for row in tx.rows(MARKS, (list(codes),))]
    return {(mark.code, mark.version): mark for mark in found}


def versions(tx: Tx, code: str) -> list[tuple[object, str, datetime, str, datetime, str]]:
    """(body, sha256, proposed at, by, released at, by) of every version of `code`, ascending."""
    return [tuple(row[2:]) for row in tx.rows(VERSIONS, ([code],))]


def latest(tx: Tx) -> list[object]:
    """The body of the youngest released version of every programme."""
    return [body for (body,) in tx.rows(LATEST)]


def in_force(tx: Tx, codes: Sequence[str], on: date) -> list[object]:
    """The body of the youngest released version of each of `codes` that is effective on `on`."""
    return [body for (body,) in tx.rows(IN_FORCE, (list(codes), on))]
