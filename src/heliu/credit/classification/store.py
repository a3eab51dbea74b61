"""SQL of the classification desk."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.credit.classification.domain.judgement import Judge, Judgement
from heliu.credit.classification.domain.tiers import Tier
from heliu.ground.db import Tx

ADD_JUDGEMENT: Final = """
INSERT INTO credit.classification_judgement
  (id, loan_id, tier, reason, judged_from, judged_until, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
JUDGEMENTS: Final = """
SELECT id, loan_id, tier, reason, judged_from, judged_until, recorded_by
FROM credit.classification_judgement
WHERE id = ANY(%s)"""
ADD_RELEASE: Final = """
INSERT INTO credit.classification_release (judgement_id, released_at, released_by)
VALUES (%s, %s, %s)
ON CONFLICT (judgement_id) DO NOTHING"""
# As it was known at an instant, so that a day that is run again finds what it found.
HOLDING: Final = """
SELECT DISTINCT ON (j.loan_id) j.loan_id, j.tier, r.judgement_id IS NOT NULL
FROM credit.classification_judgement j
LEFT JOIN credit.classification_release r
  ON r.judgement_id = j.id AND r.released_at <= %(known)s
WHERE j.judged_from <= %(on)s AND j.judged_until > %(on)s AND j.recorded_at <= %(known)s
ORDER BY j.loan_id, j.recorded_at DESC, j.id DESC"""


def add_judgements(tx: Tx, judgements: Sequence[Judge], by: str, now: datetime) -> None:
    """Append judgements."""
    rows = [(j.key, j.loan_id, j.tier, j.reason, j.start, j.until, now, by) for j in judgements]
    tx.many(ADD_JUDGEMENT, rows)


def judgements(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, tuple[Judge, str]]:
    """The judgements of these ids that exist, and who made each."""
    return {
        row[0]: (Judge(row[0], row[1], Tier(row[2]), *row[3:6]), row[6])
        for row in tx.rows(JUDGEMENTS, (list(ids),))
    }


def add_releases(tx: Tx, ids: Sequence[UUID], by: str, now: datetime) -> None:
    """Append releases; one that stands stays as it is."""
    tx.many(ADD_RELEASE, [(i, now, by) for i in ids])


def holding(tx: Tx, on: date, known: datetime) -> list[Judgement]:
    """The judgements that hold on a business date, as they were known at an instant."""
    return [
        Judgement(loan, Tier(tier), released)
        for loan, tier, released in tx.rows(HOLDING, {"on": on, "known": known})
    ]
