"""What one invoice line is worth: its share of the payable, cut by quantity and by price."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from heliu.flows.intake.api import Filed, Line
from heliu.flows.verification.domain.case import LineMatch
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.claims import Bin, CheckedClaim, Claim, failed, passed
from heliu.flows.verification.domain.findings import (
    Evidence,
    Finding,
    FindingSeverity,
    cite,
)
from heliu.flows.verification.domain.match import Matched, total
from heliu.flows.verification.domain.prices import borne, in_unit, paid_price, stated_price
from heliu.flows.verification.domain.quantities import ceiling, floor, net_of
from heliu.flows.verification.domain.supply import Source
from heliu.flows.verification.domain.terms import VerificationTerms
from heliu.ground.money import Money, exponent


@dataclass(frozen=True, slots=True)
class Missing:
    """Required evidence that the case lacks: the finding that says so, None where nothing lacks."""

    order: Finding | None
    receipt: Finding | None


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """A line's match, its claims and findings; `shortage` is what the receipts took off it."""

    match: LineMatch
    claims: tuple[CheckedClaim, ...]
    findings: tuple[Finding, ...]
    shortage: Money


@dataclass(slots=True)
class _Worth:
    """A line's amount as it is cut: exact inside, whole minor units outside, rounded down."""

    exact: Fraction
    money: Money
    short: Money

    def keep(self, part: Fraction, *, of_receipt: bool = False) -> Money | None:
        """Keep `part` (0 to 1) of what is left; what that took off, None if it was nothing.

        `of_receipt`: it is goods that are short, not a price or an order.
        """
        self.exact *= part
        lost = self.money - Money(self.exact.__floor__(), self.money.currency)
        self.money -= lost
        self.short += lost if of_receipt else Money(0, lost.currency)
        return lost if lost.minor else None


def judge_line(
    invoice: Filed,
    matched: Matched,
    share: Money,
    terms: VerificationTerms,
    *,
    missing: Missing,
    amount_approved: bool,
) -> LineVerdict:
    """Cut a line's `share` to what order and receipt support.

    `amount_approved`: the core enterprise confirmed an amount, so that an order without prices
    leaves the price to the approval. Receipts cut last: what they take off is the shortage that a
    credit note may settle.
    """
    line, worth = matched.line, _Worth(Fraction(share.minor), share, Money(0, share.currency))
    by_price = list(_cut_by_price(invoice, matched, worth, terms, approved=amount_approved))
    by_quantity = list(_cut_by_quantity(invoice, matched, worth))
    notices = [*_notices(invoice, matched, terms, share.currency), *by_quantity, *by_price]
    claims = (
        _item_claim(invoice, matched, missing, by_quantity),
        _quantity_claim(invoice, matched, missing, by_quantity),
        _price_claim(invoice, matched, by_price),
        _net_claim(invoice, line),
    )
    over = 1 + terms.tolerances.quantity_over
    match = _match(matched, share, worth.money, over)
    return LineVerdict(match, claims, tuple(notices), worth.short)


def _match(matched: Matched, share: Money, eligible: Money, over: Decimal) -> LineMatch:
    demand, line = matched.demand, matched.line
    supported = matched.supported

    def offered(sources: Sequence[Source] | None, over: Decimal = Decimal(1)) -> Fraction | None:
        return None if sources is None or demand is None else total(demand, sources, over)

    ordered, received = offered(matched.orders, over), offered(matched.receipts)
    return LineMatch(
        line.id,
        line.place,
        line.unit,
        line.quantity,
        None if ordered is None else floor(ordered),
        None if received is None else floor(received),
        None if supported is None else floor(supported),
        share,
        eligible,
        tuple((key, ceiling(quantity)) for key, quantity in matched.uses),
    )


def _cut_by_quantity(invoice: Filed, matched: Matched, worth: _Worth) -> Iterator[Finding]:
    line, demand = matched.line, matched.demand
    here = cite(invoice, line.place)
    if demand is None:
        if (matched.orders is not None or matched.receipts is not None) and worth.money.minor:
            lost = worth.keep(Fraction(0))
            yield finding("quantity.missing", (here,), {"line": line.id}, effect=lost)
        return
    left = demand.quantity
    for cap in matched.caps:
        if cap.allows < left:
            lost = worth.keep(cap.allows / left, of_receipt=cap.of_receipt)
            left = cap.allows
            facts = {
                "line": line.id,
                "invoiced": floor(demand.quantity),
                "supported": floor(left),
            }
            yield finding(cap.code, (here, *_cited(cap.sources)), facts, effect=lost)
    if matched.below_order:
        sources = (*(matched.orders or ()), *(matched.receipts or ()))
        yield finding("delivery.below_order", (here, *_cited(sources)))


def _cut_by_price(
    invoice: Filed, matched: Matched, worth: _Worth, terms: VerificationTerms, *, approved: bool
) -> Iterator[Finding]:
    """Amount by quantity against the order's; the stated unit price only where that is silent."""
    line, demand, net = matched.line, matched.demand, net_of(matched.line)
    if demand is None or not net or net < 0:
        return
    here, orders = cite(invoice, line.place), matched.orders
    paid, over, stated = (
        paid_price(demand),
        1 + Fraction(terms.tolerances.price),
        stated_price(line),
    )
    if orders is None:
        if stated is not None and stated >= 0 and paid > stated * over:
            lost = worth.keep(stated / paid)
            yield finding("net.exceeds_price", (here,), {"line": line.id}, effect=lost)
        return
    evidence = (here, *_cited(orders))
    values = [part.value for part in matched.ordered_from if part.value is not None]
    if len(values) < len(matched.ordered_from):
        if not approved:
            lost = worth.keep(Fraction(0))
            yield finding("price.unverifiable", evidence, {"line": line.id}, effect=lost)
        return
    part = borne(matched.ordered_from, paid, over)
    facts = {"line": line.id, "invoiced": floor(paid), "ordered": floor(min(values, default=paid))}
    if part < 1:
        yield finding("price.exceeds_order", evidence, facts, effect=worth.keep(part))
    elif values and paid * over < min(values):
        yield finding("price.below_order", evidence, facts)
    else:
        yield from _stated_differently(matched, stated or paid, over, evidence)


def _stated_differently(
    matched: Matched, mine: Fraction, over: Fraction, evidence: tuple[Evidence, ...]
) -> Iterator[Finding]:
    """Amount and quantity agree; do the stated unit prices?"""
    assert matched.demand is not None, "prices are compared per unit"
    asked = (
        in_unit(stated_price(part.source.line), part.source, matched.demand)
        for part in matched.ordered_from
    )
    listed = [price for price in asked if price is not None]
    if listed and not min(listed) / over <= mine <= max(listed) * over:
        facts = {"invoiced": floor(mine), "ordered": floor(min(listed))}
        yield finding("price.stated_differs", evidence, {"line": matched.line.id, **facts})


def _notices(
    invoice: Filed, matched: Matched, terms: VerificationTerms, currency: str
) -> Iterator[Finding]:
    line = matched.line
    here = cite(invoice, line.place)
    if matched.by_exclusion:
        sources = (*(matched.orders or ()), *(matched.receipts or ()))
        yield finding("line.linked_by_exclusion", (here, *_cited(sources)), {"line": line.id})
    if matched.incomparable:
        yield finding("unit.not_comparable", (here,), {"line": line.id, "unit": line.unit or "-"})
    net = net_of(line)
    tolerance = Fraction(terms.tolerances.amount_minor, 10 ** exponent(currency))
    if net is not None and line.tax is not None and line.tax_rate is not None:
        rated = net * Fraction(line.tax_rate)
        if abs(rated - Fraction(line.tax)) > tolerance:
            yield finding("tax.line_differs", (here,), {"line": line.id})


def _cited(sources: Sequence[Source]) -> tuple[Evidence, ...]:
    places = {(s.filed.id, s.line.place): cite(s.filed, s.line.place) for s in sources}
    return tuple(places[key] for key in sorted(places))


def _item_claim(
    invoice: Filed, matched: Matched, missing: Missing, cuts: Sequence[Finding]
) -> CheckedClaim:
    place = matched.line.place
    unlinked = [f for f in cuts if f.code in {"line.not_ordered", "line.not_received"}]
    sources = (*(matched.orders or ()), *(matched.receipts or ()))
    if unlinked:
        return failed(Claim.LINE_ITEM, place, unlinked[0])
    if sources:
        evidence = (cite(invoice, place), *_cited(sources))
        return passed(Claim.LINE_ITEM, place, evidence)
    return _without_evidence(Claim.LINE_ITEM, place, missing)


def _quantity_claim(
    invoice: Filed, matched: Matched, missing: Missing, cuts: Sequence[Finding]
) -> CheckedClaim:
    place = matched.line.place
    if cuts:
        return failed(Claim.LINE_QUANTITY, place, cuts[0])
    if matched.caps and not (missing.order or missing.receipt):
        sources = (*(matched.orders or ()), *(matched.receipts or ()))
        evidence = (cite(invoice, place), *_cited(sources))
        return passed(Claim.LINE_QUANTITY, place, evidence)
    return _without_evidence(Claim.LINE_QUANTITY, place, missing)


def _without_evidence(claim: Claim, place: str, missing: Missing) -> CheckedClaim:
    lacking = missing.order or missing.receipt
    if lacking:
        return failed(claim, place, lacking, into=Bin.UNVERIFIABLE_REQUIRED)
    return passed(claim, place, into=Bin.OPTIONAL)


def _price_claim(invoice: Filed, matched: Matched, cuts: Sequence[Finding]) -> CheckedClaim:
    place = matched.line.place
    if cuts and cuts[0].severity is not FindingSeverity.NOTICE:
        return failed(Claim.LINE_PRICE, place, cuts[0])
    if matched.orders:
        evidence = (cite(invoice, place), *_cited(matched.orders))
        return passed(Claim.LINE_PRICE, place, evidence)
    return passed(Claim.LINE_PRICE, place, into=Bin.OPTIONAL)


def _net_claim(invoice: Filed, line: Line) -> CheckedClaim:
    here = (cite(invoice, line.place),)
    if net_of(line) is None:
        lacking = finding("line.amount_missing", here, {"line": line.id})
        return failed(Claim.LINE_NET, line.place, lacking, into=Bin.UNVERIFIABLE_REQUIRED)
    return passed(Claim.LINE_NET, line.place, here)
