"""SQL of the features desk on the hot path: the folds of many pairs by one query."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from heliu.decisions.features.domain.pair import Pair
from heliu.decisions.features.domain.windows import Whole
from heliu.decisions.features.store import MarginalKey, binary_rows
from heliu.ground.db import Tx

# Pairs and the marginals of their currency in one answer; a marginal comes once for all its pairs.
READ: Final = """
WITH p AS MATERIALIZED (
  SELECT p.buyer, p.supplier, p.currency, p.version, p.horizon, p.first_day, p.last_day, p.traded,
    p.days, p.paid, p.dues, p.lags, p.digits
  FROM unnest(%s::text[], %s::text[]) AS k (buyer, supplier)
  JOIN decisions.pair_state p ON p.buyer = k.buyer AND p.supplier = k.supplier
)
SELECT 'pair', p.buyer, p.supplier, p.currency, p.version, p.horizon, p.days, p.dues, p.paid,
  p.lags, p.digits, p.first_day, p.last_day, p.traded
FROM p
UNION ALL
SELECT m.side, m.party, NULL, m.currency, m.version, m.horizon, m.trade, m.terms, m.shares,
  NULL, NULL, NULL, NULL, NULL
FROM (
  SELECT 'buyer' AS side, p.buyer AS party, p.currency
  FROM p
  UNION
  SELECT 'supplier', p.supplier, p.currency
  FROM p
) AS k
JOIN decisions.marginal_state m
  ON m.party = k.party AND m.side = k.side AND m.currency = k.currency"""


class PairRow(NamedTuple):
    """A pair's fold as stored, for reading."""

    currency: str | None
    version: int
    first: int
    last: int
    traded: int
    tables: tuple[bytes, bytes, bytes, bytes, bytes]


class MarginalRow(NamedTuple):
    """A marginal's fold as stored, for reading."""

    version: int
    horizon: int
    tables: Whole


def read(
    tx: Tx, pairs: Sequence[Pair]
) -> tuple[dict[Pair, PairRow], dict[MarginalKey, MarginalRow]]:
    """The folds of these pairs and of their suppliers and buyers, packed, by one query."""
    found: dict[Pair, PairRow] = {}
    wholes: dict[MarginalKey, MarginalRow] = {}
    columns = ([pair.buyer for pair in pairs], [pair.supplier for pair in pairs])
    for row in binary_rows(tx, READ, columns):
        side, party, supplier, currency, version, horizon, days, dues, third = row[:9]
        if side == "pair":
            lags, digits, first, last, traded = row[9:]
            tables = (days, third, dues, lags, digits)
            found[Pair(supplier, party)] = PairRow(currency, version, first, last, traded, tables)
        else:
            key = MarginalKey(party, side, currency)
            wholes[key] = MarginalRow(version, horizon, Whole(days, dues, third))
    return found, wholes
