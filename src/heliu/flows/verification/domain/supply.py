"""Supply: how scarce ordered or received quantities are shared out to the lines that ask for them.

The cheapest line is served first. That makes the answer independent of the order in which
documents and lines arrive, and the least favourable one: where evidence does not say which line a
delivery was for, it supports the smaller amount. Less supply never gives any line more (each
source's remainder is monotone in every capacity).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from heliu.flows.intake.api import Filed, Line
from heliu.flows.verification.domain.case import LineKey
from heliu.flows.verification.domain.quantities import Unit, convert


@dataclass(frozen=True, slots=True)
class Source:
    """A line that supports: what it offers in its own unit before anything was used up (>= 0)."""

    key: LineKey
    filed: Filed
    line: Line
    unit: Unit
    offers: Fraction


@dataclass(frozen=True, slots=True)
class Demand:
    """An invoice line that asks: quantity (> 0) and unit; its `net` gives its turn."""

    line: Line
    unit: Unit
    quantity: Fraction
    net: Fraction

    @property
    def turn(self) -> tuple[Fraction, str, str]:
        """When the line is served: by net per base unit, then by its own identity."""
        base = self.quantity * self.unit.factor
        return (self.net / base if base else Fraction(0)), self.line.id, self.line.place


Rank = Callable[[Demand, Source], Any]  # anything that sorts: the ranks of one demand are alike


@dataclass(frozen=True, slots=True)
class Share:
    """What one demand got: in its own unit, and what it took of each source in that one's unit."""

    quantity: Fraction
    taken: tuple[tuple[LineKey, Fraction], ...]


def allocate(
    demands: Sequence[Demand],
    links: Sequence[Sequence[Source]],
    used: Mapping[LineKey, Fraction],
    rank: Rank,
) -> list[Share]:
    """Share the linked sources out; `links[i]` are those of `demands[i]`, all of its dimension.

    `rank` says in which order a demand turns to its sources.

    No source gives more than it offers less what is `used`; no demand gets more than it asks for.
    """
    left: dict[LineKey, Fraction] = {}
    for source in (source for sources in links for source in sources):
        offer = max(Fraction(0), source.offers - used.get(source.key, Fraction(0)))
        # Two lines under one id are one pool, and the lesser of them: fail closed.
        left[source.key] = min(offer, left.get(source.key, offer))
    shares: dict[int, Share] = {}
    for index in sorted(range(len(demands)), key=lambda i: demands[i].turn):
        shares[index] = _serve(
            demands[index], sorted(links[index], key=partial(rank, demands[index])), left
        )
    return [shares[index] for index in range(len(demands))]


def _serve(demand: Demand, sources: Sequence[Source], left: dict[LineKey, Fraction]) -> Share:
    wanted, taken = demand.quantity, []
    for source in sources:
        available = convert(left[source.key], source.unit, demand.unit)
        assert available is not None, "links are of one dimension"
        part = min(wanted, available)
        if part:
            in_source_unit = part * demand.unit.factor / source.unit.factor
            left[source.key] -= in_source_unit
            wanted -= part
            taken.append((source.key, in_source_unit))
    return Share(demand.quantity - wanted, tuple(taken))


def oldest(demand: Demand, source: Source) -> tuple[str, LineKey]:
    """The rank of receipts: the earliest document first."""
    del demand
    return str(source.filed.document.issued_on), source.key
