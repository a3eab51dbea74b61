"""SQL of loan products."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from heliu.ground.db import Tx

ADD: Final = """
INSERT INTO credit.loan_product
  (code, version, effective_from, body, sha256, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (code, version) DO NOTHING"""
RELEASE: Final = """
INSERT INTO credit.loan_product_release (product_no, released_at, released_by)
VALUES (%s, %s, %s)
ON CONFLICT (product_no) DO NOTHING"""
MARKS: Final = """
SELECT p.no, p.version, p.sha256, p.recorded_by, r.released_by
FROM credit.loan_product p
LEFT JOIN credit.loan_product_release r ON r.product_no = p.no
WHERE p.code = %s
ORDER BY p.version"""
VERSIONS: Final = """
SELECT p.no, p.body, p.sha256, p.recorded_at, p.recorded_by, r.released_at, r.released_by
FROM credit.loan_product p
LEFT JOIN credit.loan_product_release r ON r.product_no = p.no
WHERE p.code = coalesce(%s, p.code)
ORDER BY p.code, p.version"""
BY_NO: Final = """
SELECT p.no, p.body, p.sha256, p.recorded_at, p.recorded_by, r.released_at, r.released_by
FROM credit.loan_product p
LEFT JOIN credit.loan_product_release r ON r.product_no = p.no
WHERE p.no = ANY(%s)
ORDER BY p.no"""
IN_FORCE: Final = """
SELECT DISTINCT ON (p.code)
  p.no, p.body, p.sha256, p.recorded_at, p.recorded_by, r.released_at, r.released_by
FROM credit.loan_product p
JOIN credit.loan_product_release r ON r.product_no = p.no
WHERE
  p.code = ANY(%s)
  AND p.effective_from <= %s
ORDER BY p.code, p.version DESC"""

New = tuple[str, int, date, str, str, datetime, str]


class Mark(NamedTuple):
    """What a recorded version is known by, and who proposed and released it (None: nobody yet)."""

    no: int
    version: int
    sha256: str
    proposed_by: str
    released_by: str | None


class Row(NamedTuple):
    """A recorded version as it stands in the table."""

    no: int
    body: dict[str, Any]
    sha256: str
    proposed_at: datetime
    proposed_by: str
    released_at: datetime | None
    released_by: str | None


def add(tx: Tx, row: New) -> None:
    """Record a product version if it is not there yet."""
    tx.run(ADD, row)


def release(tx: Tx, no: int, by: str, now: datetime) -> None:
    """Record a release if it is not there yet."""
    tx.run(RELEASE, (no, now, by))


def marks(tx: Tx, code: str) -> list[Mark]:
    """Every recorded version of `code`, ascending."""
    return [Mark(*row) for row in tx.rows(MARKS, (code,))]


def versions(tx: Tx, code: str | None) -> list[Row]:
    """Every version of `code`, or of all products, by code and version."""
    return [Row(*row) for row in tx.rows(VERSIONS, (code,))]


def by_no(tx: Tx, numbers: Sequence[int]) -> list[Row]:
    """Versions by their number."""
    return [Row(*row) for row in tx.rows(BY_NO, (list(set(numbers)),))]


def in_force(tx: Tx, codes: Sequence[str], on: date) -> list[Row]:
    """The youngest released version of each of `codes` that is effective on `on`."""
    return [Row(*row) for row in tx.rows(IN_FORCE, (list(codes), on))]
