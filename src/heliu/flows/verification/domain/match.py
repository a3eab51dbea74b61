"""The three-way match: each invoice line beside the order and receipt lines that support it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from heliu.flows.intake.api import Line, TradeDocument
from heliu.flows.verification.domain.case import LineKey, TradeCase
from heliu.flows.verification.domain.evidence import Usable
from heliu.flows.verification.domain.lines import Links, link_orders, link_receipts
from heliu.flows.verification.domain.prices import Taken, best_fit, value_of
from heliu.flows.verification.domain.quantities import convert, net_of, unit_of
from heliu.flows.verification.domain.sources import (
    order_sources,
    receipt_sources,
    shipment_sources,
    used_up,
)
from heliu.flows.verification.domain.supply import Demand, Rank, Share, Source, allocate, oldest
from heliu.flows.verification.domain.terms import Presence, VerificationTerms


@dataclass(frozen=True, slots=True)
class Cap:
    """The quantity one kind of evidence allows (in the invoice line's unit) and its finding."""

    code: str
    allows: Fraction
    sources: tuple[Source, ...]
    of_receipt: bool


@dataclass(frozen=True, slots=True)
class Matched:
    """One invoice line and what was found for it.

    `demand` is None if the line states no quantity. `orders` and `receipts` are None where there
    is no such evidence in the case at all, empty where none of it belongs to this line.
    `caps` apply in their order; `ordered_from` is what the line takes of the order lines before
    receipts cut it; `below_order`: less was received than the order allows.
    """

    line: Line
    demand: Demand | None
    orders: tuple[Source, ...] | None
    receipts: tuple[Source, ...] | None
    caps: tuple[Cap, ...] = ()
    ordered_from: tuple[Taken, ...] = ()
    uses: tuple[tuple[LineKey, Fraction], ...] = ()
    by_exclusion: bool = False
    incomparable: bool = False
    below_order: bool = False

    @property
    def supported(self) -> Fraction | None:
        """The quantity all caps leave, None if the line states none."""
        if self.demand is None:
            return None
        return min([self.demand.quantity, *(cap.allows for cap in self.caps)])


@dataclass(frozen=True, slots=True)
class _Axis:
    """One kind of evidence over all demands: links, and shares without and with earlier use."""

    links: Links
    gross: list[Share]
    net: list[Share]


def goods_lines(document: TradeDocument) -> tuple[Line, ...]:
    """The lines of an invoice in an order of their own; one for the whole if it has none.

    Every line gets a place of its own, so that each claim can be told from the next.
    """
    totals = document.totals
    net = totals.net if totals.net is not None else totals.line_net
    whole = Line("0", document.place, {}, net=net, tax=totals.tax)
    ordered = sorted(document.lines, key=lambda line: (line.id, line.place, repr(line)))
    places = Counter(line.place for line in ordered)
    return tuple(
        replace(line, place=f"{line.place}#{at}") if places[line.place] > 1 else line
        for at, line in enumerate(ordered)
    ) or (whole,)


def match_lines(case: TradeCase, evidence: Usable, terms: VerificationTerms) -> list[Matched]:
    """Match every line of the invoice; discount lines (negative amounts) ask for nothing."""
    invoice, aliases = case.invoice.document, terms.tolerances.unit_aliases
    lines = goods_lines(invoice)
    asking = [line for line in lines if (line.quantity or 0) > 0 and (net_of(line) or 0) >= 0]
    demands = [
        Demand(
            line,
            unit_of(line.unit, aliases),
            Fraction(line.quantity or 0),
            net_of(line) or Fraction(0),
        )
        for line in asking
    ]
    orders = order_sources(case, evidence, terms)
    ordered = _axis(case, demands, link_orders(invoice, demands, orders), best_fit)
    receipts = _received(evidence, terms)
    links = link_receipts(invoice, demands, receipts or [], ordered.links)
    received = _axis(case, demands, links, oldest) if receipts is not None else None
    at = {line.place: index for index, line in enumerate(asking)}
    blank = Matched(
        lines[0],
        demand=None,
        orders=() if evidence.ordered else None,
        receipts=() if receipts is not None else None,
    )
    return [
        _matched(at[line.place], demands, ordered if evidence.ordered else None, received, terms)
        if line.place in at
        else replace(blank, line=line)
        for line in lines
    ]


def _received(evidence: Usable, terms: VerificationTerms) -> list[Source] | None:
    """The receipt lines; where receipt is optional, shipments bound the amount in their place."""
    if evidence.receipts or evidence.received:
        return receipt_sources(evidence, terms)
    if evidence.shipments and terms.requirements.receipt is Presence.OPTIONAL:
        return shipment_sources(evidence, terms)
    return None


def _axis(case: TradeCase, demands: Sequence[Demand], links: Links, rank: Rank) -> _Axis:
    used = used_up(case, [source for sources in links.sources for source in sources])
    return _Axis(
        links,
        allocate(demands, links.sources, {}, rank),
        allocate(demands, links.sources, used, rank),
    )


def _matched(
    index: int,
    demands: Sequence[Demand],
    ordered: _Axis | None,
    received: _Axis | None,
    terms: VerificationTerms,
) -> Matched:
    demand, caps = demands[index], []
    for axis, code, none in (
        (ordered, "quantity.exceeds_order", "line.not_ordered"),
        (received, "quantity.exceeds_receipt", "line.not_received"),
    ):
        if axis is not None:
            sources, receipt = axis.links.sources[index], axis is received
            gross, net = axis.gross[index].quantity, axis.net[index].quantity
            caps.append(Cap(code if sources else none, gross, sources, of_receipt=receipt))
            caps.append(Cap("quantity.already_used", net, sources, of_receipt=receipt))
    axes = [axis for axis in (ordered, received) if axis is not None]
    supported = min([demand.quantity, *(cap.allows for cap in caps)])
    uses = [use for axis in axes for use in _trimmed(axis, index, demand, supported)]
    return Matched(
        demand.line,
        demand,
        ordered.links.sources[index] if ordered else None,
        received.links.sources[index] if received else None,
        tuple(caps),
        _ordered_from(index, demand, ordered) if ordered else (),
        tuple(uses),
        any(index in axis.links.excluded for axis in axes),
        any(index in axis.links.incomparable for axis in axes),
        _below_order(index, demand, ordered, received, terms),
    )


def _ordered_from(index: int, demand: Demand, ordered: _Axis) -> tuple[Taken, ...]:
    sources = {source.key: source for source in ordered.links.sources[index]}
    return tuple(
        Taken(
            sources[key],
            taken * sources[key].unit.factor / demand.unit.factor,
            value_of(sources[key], demand),
        )
        for key, taken in ordered.net[index].taken
    )


def _trimmed(
    axis: _Axis, index: int, demand: Demand, supported: Fraction
) -> list[tuple[LineKey, Fraction]]:
    """What the supported quantity takes of each source, in the order in which they served it."""
    units = {source.key: source.unit for source in axis.links.sources[index]}
    left, uses = supported, []
    for key, taken in axis.net[index].taken:
        in_demand_unit = convert(taken, units[key], demand.unit)
        assert in_demand_unit is not None, "links are of one dimension"
        part = min(left, in_demand_unit)
        if part:
            uses.append((key, part * demand.unit.factor / units[key].factor))
            left -= part
    return uses


def _below_order(
    index: int,
    demand: Demand,
    ordered: _Axis | None,
    received: _Axis | None,
    terms: VerificationTerms,
) -> bool:
    if ordered is None or received is None:
        return False
    asked = total(demand, ordered.links.sources[index], 1 + terms.tolerances.quantity_over)
    came = total(demand, received.links.sources[index])
    return came < asked * (1 - Fraction(terms.tolerances.quantity_under))


def total(demand: Demand, sources: Sequence[Source], over: Decimal = Decimal(1)) -> Fraction:
    """What the sources offer together in the demand's unit, the tolerance `over` taken off."""
    offers = (convert(source.offers, source.unit, demand.unit) for source in sources)
    return sum((offer or Fraction(0) for offer in offers), Fraction(0)) / Fraction(over)
