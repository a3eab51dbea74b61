"""The directed value graph as it grows: which circles of trade does a new invoice close?

An edge is an invoice, seller to buyer. When one arrives, paths are searched from its buyer back to
its seller: at most `length` parties, all edges within `days` of each other and with amounts within
`spread` of the largest. Depth-first with those three bounds and a capped fan-out, so one edge costs
at most fan_out ** (length - 1) steps, and in practice a handful.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from heliu.flows.screening.domain.suspicion import Options


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One invoice: `fen` (> 0) owed by `buyer` to `seller`; `id` tells it from its equals."""

    day: date
    id: str
    seller: str
    buyer: str
    fen: int


Cycle = tuple[Edge, ...]


class TradeGraph:
    """Edges so far, by seller and day. Adding the same id twice is the caller's mistake."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._sales: dict[str, list[Edge]] = defaultdict(list)
        self._buys: dict[str, int] = defaultdict(int)

    def add(self, edge: Edge) -> list[Cycle]:
        """Put `edge` in; the circles it closes, each from `edge` on, every party once."""
        closed = [] if edge.seller == edge.buyer else list(self._closed_by(edge))
        self.keep(edge)
        return closed

    def keep(self, edge: Edge) -> None:
        """Put `edge` in as history: the circles it may have closed are not asked for."""
        insort(self._sales[edge.seller], edge)
        self._buys[edge.buyer] += 1

    def _closed_by(self, edge: Edge) -> Iterator[Cycle]:
        if self._buys.get(edge.seller):  # who never bought is in no circle
            yield from self._paths((edge,), frozenset((edge.seller, edge.buyer)))

    def _paths(self, path: Cycle, visited: frozenset[str]) -> Iterator[Cycle]:
        home = path[0].seller
        for edge in self._onward(path):
            if edge.buyer == home:
                yield (*path, edge)
            elif len(path) + 1 < self._options.cycle_length and edge.buyer not in visited:
                yield from self._paths((*path, edge), visited | {edge.buyer})

    def _onward(self, path: Cycle) -> list[Edge]:
        window = timedelta(self._options.cycle_days)
        first, last = max(e.day for e in path) - window, min(e.day for e in path) + window
        least, most = min(e.fen for e in path), max(e.fen for e in path)
        kept = 1 - self._options.cycle_spread
        sales = self._sales.get(path[-1].buyer, [])
        at = bisect_left(sales, first, key=lambda e: e.day)
        near = []
        for edge in sales[at:]:
            if edge.day > last:
                break
            if min(edge.fen, least) >= kept * max(edge.fen, most):
                near.append(edge)
        near.sort(key=lambda e: (abs(e.fen - path[-1].fen), e))
        return near[: self._options.fan_out]
