"""SQL of the products desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from heliu.ground.db import Tx

ADD: Final = """
INSERT INTO credit.programme
  (code, version, effective_from, body, sha256, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (code, version) DO NOTHING"""
DIGESTS: Final = """
SELECT code, version, sha256
FROM credit.programme
WHERE code = ANY(%s)"""
LATEST: Final = """
SELECT DISTINCT ON (code) body
FROM credit.programme
ORDER BY code, version DESC"""

Row = tuple[str, int, object, str, str, datetime, str]


def add(tx: Tx, rows: Sequence[Row]) -> None:
    """Record programme versions that are not there yet."""
    tx.many(ADD, rows)


def digests(tx: Tx, codes: Sequence[str]) -> dict[tuple[str, int], str]:
    """SHA-256 of every recorded version of `codes`."""
    return {(code, version): sha for code, version, sha in tx.rows(DIGESTS, (list(codes),))}


def latest(tx: Tx) -> list[object]:
    """The body of the youngest version of every programme."""
    return [body for (body,) in tx.rows(LATEST)]
