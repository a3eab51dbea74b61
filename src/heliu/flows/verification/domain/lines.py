"""Which order and receipt lines belong to an invoice line.

By order-line reference first, then by item keys, then the only remaining pair. A reference or a
pairing never overrides item keys that differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from heliu.flows.intake.api import Line, TradeDocument
from heliu.flows.verification.domain.items import other_item, same_item
from heliu.flows.verification.domain.supply import Demand, Source


@dataclass(frozen=True, slots=True)
class Links:
    """The sources of each demand, in the demands' order, and how they were found.

    `excluded` are the demands paired only because nothing else remained; `incomparable` those
    that lost a source because its unit measures something else.
    """

    sources: tuple[tuple[Source, ...], ...]
    excluded: frozenset[int]
    incomparable: frozenset[int]


def orders_named(line: Line, document: TradeDocument) -> frozenset[str]:
    """The order numbers a line rests on: its own reference, else the whole document's."""
    if line.order_id:
        return frozenset({line.order_id})
    return frozenset(document.references.get("order", ()))


def link_orders(
    invoice: TradeDocument, demands: Sequence[Demand], sources: Sequence[Source]
) -> Links:
    """Link invoice lines to order lines."""
    all_orders = frozenset(source.key.number for source in sources)

    def within(index: int, source: Source) -> bool:
        named = orders_named(demands[index].line, invoice)
        return not named or source.key.number in named

    def referred(index: int, source: Source) -> bool:
        # A bare line number is a reference only where it is clear which order is meant.
        line = demands[index].line
        named = orders_named(line, invoice) or all_orders
        return len(named) == 1 and line.order_line == source.line.id

    return _link(demands, sources, within, referred)


def link_receipts(
    invoice: TradeDocument, demands: Sequence[Demand], sources: Sequence[Source], orders: Links
) -> Links:
    """Link invoice lines to receipt (or despatch) lines, also through their order lines."""

    def order_lines(index: int) -> frozenset[str | None]:
        mine = frozenset(source.line.id for source in orders.sources[index])
        return mine or frozenset({demands[index].line.order_line}) - {None}

    def within(index: int, source: Source) -> bool:
        ordered = frozenset(source.key.number for source in orders.sources[index])
        mine = ordered or orders_named(demands[index].line, invoice)
        theirs = orders_named(source.line, source.filed.document)
        if mine and theirs and not mine & theirs:
            return False
        lines = order_lines(index)
        return not lines or source.line.order_line is None or source.line.order_line in lines

    def referred(index: int, source: Source) -> bool:
        goods = [demands[index].line, *(order.line for order in orders.sources[index])]
        return source.line.order_line in order_lines(index) or any(
            same_item(good.item_keys, source.line.item_keys) for good in goods
        )

    return _link(demands, sources, within, referred)


Test = Callable[[int, Source], bool]


def _link(
    demands: Sequence[Demand], sources: Sequence[Source], within: Test, referred: Test
) -> Links:
    found: list[list[Source]] = []
    for index, demand in enumerate(demands):
        near = [s for s in sources if within(index, s) and not _clash(demand, s)]
        by_reference = [s for s in near if referred(index, s)]
        by_item = [s for s in near if same_item(demand.line.item_keys, s.line.item_keys)]
        found.append(by_reference or by_item)
    excluded = _pair_the_remaining(demands, sources, found, within)
    fitting = [
        tuple(s for s in mine if s.unit.dimension == demand.unit.dimension)
        for demand, mine in zip(demands, found, strict=True)
    ]
    lost = frozenset(i for i, mine in enumerate(found) if len(mine) > len(fitting[i]))
    return Links(tuple(fitting), excluded, lost)


def _pair_the_remaining(
    demands: Sequence[Demand],
    sources: Sequence[Source],
    found: list[list[Source]],
    within: Test,
) -> frozenset[int]:
    """Give the only unlinked demand the only unlinked line of each document."""
    lonely = [i for i, mine in enumerate(found) if not mine]
    if len(lonely) != 1:
        return frozenset()
    index, taken = lonely[0], {s.key for mine in found for s in mine}
    free = [s for s in sources if s.key not in taken]
    for source in free:
        alone = sum(s.filed.id == source.filed.id for s in free) == 1
        if alone and within(index, source) and not _clash(demands[index], source):
            found[index].append(source)
    return frozenset(lonely) if found[index] else frozenset()


def _clash(demand: Demand, source: Source) -> bool:
    return other_item(demand.line.item_keys, source.line.item_keys)
