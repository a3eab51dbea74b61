"""SQL of the ledger's laws: each statement answers with what breaks one law, in words."""

from typing import Final

from heliu.ground.db import Tx

# Postings of both sides of what moved money, for every transfer of the journal.
UNEQUAL: Final = """
SELECT b.currency || ': debits ' || sum(b.debits) || ', credits ' || sum(b.credits)
FROM books.balance_view b
GROUP BY b.currency
HAVING sum(b.debits) <> sum(b.credits)
ORDER BY b.currency"""
MIXED: Final = """
SELECT 'seq ' || j.seq || ': debit ' || coalesce(d.currency, 'unknown account')
  || ', credit ' || coalesce(c.currency, 'unknown account')
FROM books.journal j
LEFT JOIN books.account d ON d.id = j.debit
LEFT JOIN books.account c ON c.id = j.credit
WHERE d.currency IS DISTINCT FROM c.currency OR d.currency IS NULL OR j.amount <= 0
ORDER BY j.seq
LIMIT 20"""
NOT_FOLDED: Final = """
WITH mark AS (
  SELECT c.upto_seq
  FROM books.checkpoint c
), moved AS (
  SELECT m.upto_seq, v.account, sum(v.debits) AS debits, sum(v.credits) AS credits
  FROM books.journal j
  CROSS JOIN LATERAL (VALUES (j.debit, j.amount, 0), (j.credit, 0, j.amount))
    AS v (account, debits, credits)
  JOIN mark m ON j.seq <= m.upto_seq
  WHERE j.phase IN (0, 2)
  GROUP BY m.upto_seq, v.account
)
SELECT 'account ' || coalesce(f.account, k.account) || ' at seq '
  || coalesce(f.upto_seq, k.upto_seq)
  || ': journal ' || coalesce(f.debits, 0) || '/' || coalesce(f.credits, 0)
  || ', checkpoint ' || coalesce(k.debits, 0) || '/' || coalesce(k.credits, 0)
FROM moved f
FULL JOIN books.checkpoint_balance k ON k.upto_seq = f.upto_seq AND k.account = f.account
WHERE (coalesce(f.debits, 0), coalesce(f.credits, 0))
  <> (coalesce(k.debits, 0), coalesce(k.credits, 0))
ORDER BY 1
LIMIT 20"""
BELOW_FLOOR: Final = """
WITH held AS (
  SELECT v.account, sum(v.amount) AS amount
  FROM books.pending p
  JOIN books.journal j ON j.seq = p.seq
  LEFT JOIN books.resolution r ON r.pending_seq = p.seq
  CROSS JOIN LATERAL (VALUES (j.debit, 'credit', j.amount), (j.credit, 'debit', j.amount))
    AS v (account, lessens, amount)
  JOIN books.account a ON a.id = v.account
  JOIN books.account_type y ON y.code = a.type AND y.normal_side = v.lessens
  WHERE r.pending_seq IS NULL
  GROUP BY v.account
)
SELECT 'account ' || b.account || ': available '
  || b.balance - coalesce(h.amount, 0) || ', floor ' || a.floor
FROM books.balance_view b
JOIN books.account a ON a.id = b.account
LEFT JOIN held h ON h.account = b.account
WHERE b.balance - coalesce(h.amount, 0) < a.floor
ORDER BY b.account
LIMIT 20"""
KEYS_REPEATED: Final = """
SELECT 'key ' || j.key || ': seqs ' || string_agg(j.seq::text, ', ' ORDER BY j.seq)
FROM books.journal j
GROUP BY j.key
HAVING count(*) > 1
ORDER BY min(j.seq)
LIMIT 20"""
KEYS_UNGUARDED: Final = """
SELECT 'seq ' || coalesce(j.seq, k.seq) || CASE
    WHEN k.seq IS NULL THEN ': its key is not guarded'
    ELSE ': the guard has a key that the journal lacks'
  END
FROM books.journal j
FULL JOIN books.transfer_key k ON k.key = j.key AND k.seq = j.seq
WHERE j.seq IS NULL OR k.seq IS NULL
ORDER BY 1
LIMIT 20"""
BATCH_GAPS: Final = """
SELECT 'batch ' || b.no || ' does not follow the batch before'
FROM (
  SELECT x.no, x.first_seq, x.recorded_at, x.epoch,
    lag(x.no) OVER w AS last_no,
    lag(x.first_seq + x.n) OVER w AS next_seq,
    lag(x.recorded_at) OVER w AS last_at,
    lag(x.epoch) OVER w AS last_epoch
  FROM books.batch x
  WINDOW w AS (ORDER BY x.no)
) b
WHERE b.no > 0 AND (b.last_no IS DISTINCT FROM b.no - 1 OR b.next_seq <> b.first_seq
  OR b.last_at > b.recorded_at OR b.last_epoch > b.epoch)
ORDER BY b.no
LIMIT 20"""
SEQ_GAPS: Final = """
SELECT 'seqs after ' || coalesce(x.last_seq, 0) || ' to ' || x.seq
  || CASE WHEN x.seq = x.last_seq THEN ': booked twice' ELSE ': rows are missing' END
FROM (
  SELECT j.seq, lag(j.seq) OVER (ORDER BY j.seq) AS last_seq
  FROM books.journal j
  UNION ALL
  SELECT b.upto_seq + 1, (SELECT max(m.seq) FROM books.journal m)
  FROM books.prefix_view b
) x
WHERE x.seq <> coalesce(x.last_seq, 0) + 1
ORDER BY x.seq
LIMIT 20"""
PENDING_WRONG: Final = """
WITH resolved AS (
  SELECT r.pending_seq, r.seq, p.phase AS pending_phase, t.phase,
    (p.debit, p.credit) = (t.debit, t.credit) AND t.amount <= p.amount AS fits,
    count(*) OVER (PARTITION BY r.pending_seq) AS times
  FROM books.resolution r
  LEFT JOIN books.journal p ON p.seq = r.pending_seq
  LEFT JOIN books.journal t ON t.seq = r.seq
)
SELECT 'pending seq ' || x.pending_seq || ', resolved by seq ' || x.seq || CASE
    WHEN x.times > 1 THEN ': resolved more than once'
    ELSE ': they do not fit'
  END
FROM resolved x
WHERE x.times > 1 OR x.pending_phase IS DISTINCT FROM 1 OR x.fits IS NOT TRUE
  OR x.phase NOT IN (2, 3, 4)
UNION ALL
SELECT 'seq ' || j.seq || ': its resolution is not recorded'
FROM books.journal j
LEFT JOIN books.resolution r ON r.seq = j.seq
WHERE j.phase IN (2, 3, 4) AND r.seq IS NULL
UNION ALL
SELECT 'seq ' || j.seq || ': its hold is not recorded'
FROM books.journal j
LEFT JOIN books.pending p ON p.seq = j.seq
WHERE j.phase = 1 AND p.seq IS NULL
ORDER BY 1
LIMIT 20"""

LAWS: Final = (
    ("debits equal credits", UNEQUAL),
    ("currencies never mix", MIXED),
    ("balances are folds of the journal", NOT_FOLDED),
    ("floors hold", BELOW_FLOOR),
    ("a key is booked once", KEYS_REPEATED),
    ("a key is booked once", KEYS_UNGUARDED),
    ("batches are contiguous", BATCH_GAPS),
    ("seqs are contiguous", SEQ_GAPS),
    ("a pending transfer is resolved at most once", PENDING_WRONG),
)


def broken_laws(tx: Tx) -> list[tuple[str, str]]:
    """Law and detail of everything that is broken, at most twenty details a statement."""
    return [(law, detail) for law, sql in LAWS for (detail,) in tx.rows(sql)]
