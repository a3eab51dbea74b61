"""Answering for pairs: from the folds where they reach, from the log where they do not.

The fold of a pair answers for every day from its latest event on; an earlier day, or an earlier
knowledge, is answered from the log. Marginals count every document known, windows cut by the day.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from heliu.decisions.features import store
from heliu.decisions.features.domain.pair import Pair, PairFeatures
from heliu.decisions.features.domain.state import (
    MARGINAL_DAYS,
    WINDOW,
    fold,
    marginal_of,
    stated_currency,
)
from heliu.decisions.features.domain.tally import Table
from heliu.decisions.features.domain.windows import Asked, Whole, vectors
from heliu.decisions.features.store import MarginalKey, Numbered
from heliu.decisions.features.store_read import MarginalRow, PairRow, read
from heliu.ground.db import Tx

_NO_PAIR = PairRow(None, 0, 0, 0, 0, (b"",) * 5)
_NO_MARGINAL = MarginalRow(0, 0, Whole(b"", b"", b""))
_REACH = MARGINAL_DAYS - WINDOW


def answer(
    tx: Tx, pairs: Sequence[Pair], on: int, known_at: datetime | None
) -> dict[Pair, PairFeatures]:
    """The features of distinct `pairs` as of the end of day `on`, known by `known_at` if given."""
    if known_at is None:
        rows, wholes = read(tx, pairs)
        early = [pair for pair, row in rows.items() if row.last > on]
        rows |= _pairs(store.of_pairs(tx, early), on)
        short = [key for key, row in wholes.items() if row.horizon - _REACH > on]
        wholes |= _wholes(tx, short, on, None)
    else:
        rows = _pairs(_known(store.of_pairs(tx, pairs), known_at), on)
        keys = dict.fromkeys(key for pair, row in rows.items() for key in _keys(pair, row))
        wholes = _wholes(tx, list(keys), on, known_at)
    return _answers(pairs, rows, wholes, on)


def _known(
    log: dict[Pair, list[Numbered]], known_at: datetime | None
) -> dict[Pair, list[Numbered]]:
    if known_at is None:
        return log
    return {
        pair: [one for one in events if one.event.known_at <= known_at]
        for pair, events in log.items()
    }


def _pairs(log: dict[Pair, list[Numbered]], on: int) -> dict[Pair, PairRow]:
    """The folds of these pairs from what happened up to `on`."""
    found = {}
    for pair, events in log.items():
        currency = stated_currency(None, (event for event, _ in events))
        past = [one for one in events if one.event.day <= on]
        state = fold([event for event, _ in past], _version(past), currency)
        scalars = (currency, state.version, state.first, state.last, state.traded)
        tables = state.tables
        read_ = (tables[Table.DAYS], tables[Table.PAID], tables[Table.DUES], tables[Table.LAGS])
        found[pair] = PairRow(*scalars, (*read_, tables[Table.DIGITS]))
    return found


def _wholes(
    tx: Tx, keys: Sequence[MarginalKey], on: int, known_at: datetime | None
) -> dict[MarginalKey, MarginalRow]:
    """These marginals from the log, whole as far as the windows of `on` reach."""
    if not keys:
        return {}
    log = store.of_parties(
        tx,
        [key.party for key in keys if key.side == "supplier"],
        [key.party for key in keys if key.side == "buyer"],
    )
    seen = _known(log, known_at)
    found = {}
    for key in keys:
        of_key = [
            events
            for pair, events in seen.items()
            if (pair.supplier if key.side == "supplier" else pair.buyer) == key.party
        ]
        logs = [([event for event, _ in events], _version(events)) for events in of_key]
        whole = marginal_of(logs, key.currency, on, key.side)
        tables = Whole(whole.tables[Table.TRADE], whole.tables.get(Table.TERMS, b""), whole.shares)
        found[key] = MarginalRow(whole.version, whole.horizon, tables)
    return found


def _version(events: Iterable[Numbered]) -> int:
    return max((no for _, no in events), default=0)


def _keys(pair: Pair, row: PairRow) -> tuple[MarginalKey, MarginalKey]:
    # A pair none of whose documents states a currency has no marginals: none is called "".
    currency = row.currency or ""
    return (
        MarginalKey(pair.supplier, "supplier", currency),
        MarginalKey(pair.buyer, "buyer", currency),
    )


def _answers(
    pairs: Sequence[Pair],
    rows: dict[Pair, PairRow],
    wholes: dict[MarginalKey, MarginalRow],
    on: int,
) -> dict[Pair, PairFeatures]:
    place = {key: at for at, key in enumerate(wholes, start=1)}
    asked, versions = [], []
    for pair in pairs:
        row, (supplier, buyer) = rows.get(pair, _NO_PAIR), _keys(pair, rows.get(pair, _NO_PAIR))
        at = place.get(supplier, 0), place.get(buyer, 0)
        asked.append(Asked(row.first, row.traded, row.tables, *at))
        told = [wholes[key].version for key in (supplier, buyer) if key in wholes]
        versions.append(max((row.version, *told)) if row.version else 0)
    tables = [_NO_MARGINAL.tables, *(whole.tables for whole in wholes.values())]
    return {
        pair: PairFeatures(values, version)
        for pair, values, version in zip(pairs, vectors(asked, tables, on), versions, strict=True)
    }
