"""Circular trade: value that runs A -> B -> C -> A in similar amounts within a season.

A directed graph with an edge per invoice, seller to buyer. Rows outside every cycle are trimmed
away first; then paths grow edge by edge in bulk, from the earliest edge of each cycle, over edges
of similar amount only. A hub's fan-out is capped to the edges nearest in amount.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.flows.screening.domain.invoices import Floats, Ints, Invoices, group
from heliu.flows.screening.domain.suspicion import Hit, Options, SuspicionKind
from heliu.ground.text import Text

_PATHS: Final = 400_000  # kept per length, the most even ones first
_TWO_WAY_SPREAD: Final = 0.15  # reciprocal trade is common: amounts must be close to be a loop
_SEASON: Final = 45  # days


@dataclass(frozen=True, slots=True)
class Edges:
    """Distinct invoices as edges, sorted by day: columns of shape (k,), `fen` their totals."""

    seller: Ints
    buyer: Ints
    fen: Ints
    day: Ints
    told: list[Ints]  # rows that tell this edge (the seller's, the buyer's)


def circular_trades(invoices: Invoices, options: Options) -> list[Hit]:
    """Cycles of two to `cycle_length` parties, the most even ones first, edges used once."""
    edges = _edges(invoices)
    found: list[tuple[Floats, Ints]] = []
    paths = np.arange(len(edges.day), dtype=np.int64)[:, None]
    for _ in range(options.cycle_length - 1):
        if not len(paths):
            break
        paths, closed = _grown(edges, paths, options)
        found.append((_scores(edges, closed), closed))
    ranked = sorted(
        (
            (float(s), c)
            for score, cycles in found
            for s, c in zip(score, cycles.tolist(), strict=True)
        ),
        key=lambda cycle: (-cycle[0], len(cycle[1]), cycle[1]),
    )
    used: set[int] = set()
    hits: list[Hit] = []
    for score, cycle in ranked:
        if score >= options.floor and 2 * len(used.intersection(cycle)) < len(cycle):
            used.update(cycle)
            hits.append(_hit(invoices, edges, cycle, score))
    return hits


def _edges(invoices: Invoices) -> Edges:
    at = np.flatnonzero(invoices.live & (invoices.total > 0) & (invoices.seller != invoices.buyer))
    while len(at):
        buys = np.isin(invoices.seller[at], invoices.buyer[at])
        sells = np.isin(invoices.buyer[at], invoices.seller[at])
        if (buys & sells).all():
            break
        at = at[buys & sells]
    columns = (invoices.seller, invoices.buyer, invoices.day, invoices.total, invoices.skeleton)
    same = group(*(c[at] for c in columns)) if len(at) else at
    order = np.argsort(same, kind="stable")
    told = np.split(at[order], np.flatnonzero(np.diff(same[order])) + 1) if len(at) else []
    told.sort(key=lambda rows: (int(invoices.day[rows[0]]), int(rows[0])))
    first = np.array([rows[0] for rows in told], dtype=np.int64)
    return Edges(
        invoices.seller[first],
        invoices.buyer[first],
        invoices.total[first],
        invoices.day[first],
        told,
    )


def _grown(edges: Edges, paths: Ints, options: Options) -> tuple[Ints, Ints]:
    """Paths one edge longer, and the cycles that this edge closes (each from its first edge)."""
    order = np.lexsort((edges.fen, edges.seller))
    amounts = np.unique(edges.fen)
    width = len(amounts) + 1
    keys = edges.seller[order] * width + np.searchsorted(amounts, edges.fen[order])
    first, last = paths[:, 0], paths[:, -1]
    node = edges.buyer[last] * width
    least = edges.fen[first] * (1 - options.cycle_spread)
    most = edges.fen[first] / (1 - options.cycle_spread)
    low = np.searchsorted(keys, node + np.searchsorted(amounts, least))
    high = np.searchsorted(keys, node + np.searchsorted(amounts, most, side="right"))
    near = np.searchsorted(keys, node + np.searchsorted(amounts, edges.fen[last]))
    start = np.clip(near - options.fan_out // 2, low, np.maximum(high - options.fan_out, low))
    count = np.minimum(high - start, options.fan_out)
    path = np.repeat(np.arange(len(paths)), count)
    step = np.arange(len(path)) - np.repeat(np.cumsum(count) - count, count)
    edge = order[start[path] + step]
    days = edges.day[edge] - edges.day[first[path]]
    fits = (edge > first[path]) & (days <= options.cycle_days)
    path, edge = path[fits], edge[fits]
    longer = np.concatenate((paths[path], edge[:, None]), axis=1)
    home = edges.buyer[edge] == edges.seller[longer[:, 0]]
    visited = (edges.seller[longer[:, 1:]] == edges.buyer[edge][:, None]).any(axis=1)
    open_paths = longer[~home & ~visited]
    if len(open_paths) > _PATHS:
        open_paths = open_paths[np.argsort(_spread(edges, open_paths), kind="stable")[:_PATHS]]
    return open_paths, longer[home]


def _spread(edges: Edges, paths: Ints) -> Floats:
    fen = edges.fen[paths]
    return np.asarray(1 - fen.min(axis=1) / fen.max(axis=1), dtype=np.float64)


def _scores(edges: Edges, cycles: Ints) -> Floats:
    spread = _spread(edges, cycles)
    span = edges.day[cycles].max(axis=1) - edges.day[cycles].min(axis=1)
    route = np.bincount(hops := group(edges.seller, edges.buyer))[hops] if len(edges.day) else hops
    busy = route[cycles].max(axis=1) - 1
    if cycles.shape[1] == 2:  # noqa: PLR2004
        even = np.where(spread <= _TWO_WAY_SPREAD, 0.85 * (1 - 4 * spread), 0.0)
    else:
        even = 0.97 * (1 - 0.9 * spread)
    score = even * np.where(span <= _SEASON, 1.0, 0.9) / (1 + spread * busy)
    return np.asarray(score, dtype=np.float64)


def _hit(invoices: Invoices, edges: Edges, cycle: list[int], score: float) -> Hit:
    rows = tuple(int(row) for edge in cycle for row in edges.told[edge])
    names = [invoices.name_of(int(edges.seller[edge])) for edge in cycle]
    route = " -> ".join([*names, names[0]])
    days = int(edges.day[cycle].max() - edges.day[cycle].min())
    reason = Text(
        f"{days} 天内金额相近的货款循环：{route}",
        f"similar amounts run in a circle within {days} days: {route}",
    )
    return Hit(SuspicionKind.CIRCULAR_TRADE, rows, score, reason)
