"""What order, receipt and despatch lines offer, before it is shared out to invoice lines."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from heliu.flows.intake.api import Filed, Kind, Line
from heliu.flows.verification.domain.case import LineKey, TradeCase
from heliu.flows.verification.domain.evidence import Usable, events_of
from heliu.flows.verification.domain.items import other_item, same_item
from heliu.flows.verification.domain.quantities import PIECE, convert, unit_of
from heliu.flows.verification.domain.supply import Source
from heliu.flows.verification.domain.terms import VerificationTerms

Aliases = Mapping[str, tuple[str, ...]]


def order_sources(case: TradeCase, evidence: Usable, terms: VerificationTerms) -> list[Source]:
    """Every order line with what may be invoiced on it: its quantity and the tolerance over it.

    A response that confirms less than was ordered lowers the quantity.
    """
    over = 1 + Fraction(terms.tolerances.quantity_over)
    aliases = terms.tolerances.unit_aliases
    found = []
    for filed, line in _lines(evidence.orders):
        unit = unit_of(line.unit, aliases)
        asked = [_positive(line)]
        for response in _responses(case, filed):
            asked.extend(
                convert(_positive(answer), unit_of(answer.unit, aliases), unit) or Fraction(0)
                for answer in response.document.lines
                if answer.quantity is not None and line.id in {answer.order_line, answer.id}
            )
        found.append(Source(_key(filed, line), filed, line, unit, min(asked) * over))
    return found


def receipt_sources(evidence: Usable, terms: VerificationTerms) -> list[Source]:
    """Every line that proves receipt, with its good quantity.

    A despatch line counts with no more than the receiving events on it have seen.
    """
    aliases = terms.tolerances.unit_aliases
    found = []
    for filed, line in _lines(evidence.receipts):
        unit = unit_of(line.unit, aliases)
        good = _positive(line)
        if filed.document.kind is Kind.DESPATCH_ADVICE:
            good = min(good, _seen(filed, line, evidence, aliases))
        found.append(Source(_key(filed, line), filed, line, unit, good))
    return found


def shipment_sources(evidence: Usable, terms: VerificationTerms) -> list[Source]:
    """Every line that was sent off without proof of receipt."""
    aliases = terms.tolerances.unit_aliases
    return [
        Source(_key(filed, line), filed, line, unit_of(line.unit, aliases), _positive(line))
        for filed, line in _lines(evidence.shipments)
    ]


def used_up(case: TradeCase, sources: Sequence[Source]) -> dict[LineKey, Fraction]:
    """What earlier invoices used of each source.

    A receipt whose despatch was already used (when only an event confirmed it) is used whole: the
    same goods came once, under two documents.
    """
    despatches = {key.number for key in case.consumed if key.kind is Kind.DESPATCH_ADVICE}
    used = {}
    for source in sources:
        named = source.filed.document.references.get("despatch", ())
        whole = source.key.kind is Kind.RECEIPT_ADVICE and bool(despatches & set(named))
        spent = Fraction(case.consumed.get(source.key, 0))
        used[source.key] = source.offers if whole else max(Fraction(0), spent)
    return used


def _lines(documents: Sequence[Filed]) -> Iterator[tuple[Filed, Line]]:
    yield from ((filed, line) for filed in documents for line in filed.document.lines)


def _key(filed: Filed, line: Line) -> LineKey:
    return LineKey(filed.document.kind, filed.document.number, line.id)


def _positive(line: Line) -> Fraction:
    return max(Fraction(0), Fraction(line.quantity or 0))


def _responses(case: TradeCase, order: Filed) -> list[Filed]:
    return [
        response
        for response in case.responses
        if not response.document.void
        and order.document.number in response.document.references.get("order", ())
    ]


def _seen(despatch: Filed, line: Line, evidence: Usable, aliases: Aliases) -> Fraction:
    """What receiving events counted of a despatch line, in its unit.

    Events that count nothing confirm the whole despatch. A count without a unit is of pieces
    (EPCIS 2.0, 7.3.3.3).
    """
    events = events_of(despatch, evidence.despatches, evidence.events)
    counted = [
        seen for event in events for seen in event.document.lines if seen.quantity is not None
    ]
    if not counted:
        return _positive(line)
    same = [seen for seen in counted if same_item(line.item_keys, seen.item_keys)]
    if not same and _only_pair(despatch, line, counted):
        same = counted
    total = Fraction(0)
    for seen in same:
        in_unit = unit_of(seen.unit, aliases) if seen.unit else PIECE
        in_line_unit = convert(_positive(seen), in_unit, unit_of(line.unit, aliases))
        total += in_line_unit or Fraction(0)
    return total


def _only_pair(despatch: Filed, line: Line, counted: Sequence[Line]) -> bool:
    """Whether one despatch line and one counted item remain, and their keys do not differ."""
    items = {repr(sorted(seen.item_keys.items())) for seen in counted}
    alone = len(despatch.document.lines) == len(items) == 1
    return alone and not other_item(line.item_keys, counted[0].item_keys)
