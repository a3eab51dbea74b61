"""What the other documents say about order, receipt and goods: presence, damage, oddities."""

from collections.abc import Iterator
from fractions import Fraction

from heliu.flows.intake.api import Filed, Kind
from heliu.flows.verification.domain.case import TradeCase
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.claims import Bin, CheckedClaim, Claim, failed, passed
from heliu.flows.verification.domain.evidence import Usable
from heliu.flows.verification.domain.findings import Finding, cite, cite_all
from heliu.flows.verification.domain.line_match import Missing
from heliu.flows.verification.domain.match import Matched, total
from heliu.flows.verification.domain.quantities import floor
from heliu.flows.verification.domain.terms import Presence, VerificationTerms
from heliu.ground.money import Money


def missing_evidence(case: TradeCase, evidence: Usable, terms: VerificationTerms) -> Missing:
    """Which required evidence the case lacks."""
    here, asked = (cite(case.invoice),), terms.requirements
    no_order = asked.order is Presence.REQUIRED and not evidence.orders
    no_receipt = asked.receipt is Presence.REQUIRED and not evidence.receipts
    return Missing(
        finding("order.missing", here) if no_order else None,
        finding("receipt.missing", here) if no_receipt else None,
    )


def check_presence(case: TradeCase, evidence: Usable, missing: Missing) -> Iterator[CheckedClaim]:
    """Order and receipt: there, lacking though required, or not asked for."""
    place = case.invoice.document.place
    for claim, lacking, documents in (
        (Claim.ORDER, missing.order, evidence.orders),
        (Claim.RECEIPT, missing.receipt, (*evidence.receipts, *evidence.events)),
    ):
        if lacking:
            yield failed(claim, place, lacking, into=Bin.UNVERIFIABLE_REQUIRED)
        elif documents:
            yield passed(claim, place, cite_all(documents))
        else:
            yield passed(claim, place, into=Bin.OPTIONAL)


def check_condition(case: TradeCase, evidence: Usable) -> Iterator[CheckedClaim | Finding]:
    """Sensor alarms block until the buyer has accepted the goods on or after the day of the alarm.

    Alarms of events that their sender declared to be in error (void) are not heard.
    """
    place = case.invoice.document.place
    seen = [e for e in case.observations if e.document.observation and not e.document.void]
    alarmed = [e for e in seen if e.document.observation and e.document.observation.sensor_alarms]
    if not alarmed:
        into = Bin.VERIFIED if seen else Bin.OPTIONAL
        yield passed(Claim.GOODS_CONDITION, place, cite_all(seen), into=into)
        return
    last = max(str(e.document.issued_on) for e in alarmed)
    advices = [r for r in evidence.receipts if r.document.kind is Kind.RECEIPT_ADVICE]
    accepted = [r for r in advices if str(r.document.issued_on) >= last]
    facts = {"alarms": ", ".join(sorted(_alarms(alarmed)))}
    if accepted:
        yield passed(Claim.GOODS_CONDITION, place, cite_all([*alarmed, *accepted]))
        yield finding("goods.sensor_alarm_accepted", cite_all([*alarmed, *accepted]), facts)
    else:
        alarm = finding("goods.sensor_alarm", cite_all(alarmed), facts)
        yield failed(Claim.GOODS_CONDITION, place, alarm)


def _alarms(events: list[Filed]) -> set[str]:
    seen = (event.document.observation for event in events)
    return {alarm for one in seen if one for alarm in one.sensor_alarms}


def remarks_on_goods(evidence: Usable, matched: list[Matched], currency: str) -> Iterator[Finding]:
    """Oddities of order and receipt that explain an amount without changing it."""
    for order in evidence.orders:
        totals, lines = order.document.totals, order.document.lines
        net, taxed = totals.payable, any(line.tax for line in lines)
        if net is not None and taxed and net == sum(line.net or 0 for line in lines):
            stated = Money.rounded(net, currency)
            yield finding("order.payable_without_tax", (cite(order),), {"stated": stated})
    advices = [r for r in evidence.receipts if r.document.kind is Kind.RECEIPT_ADVICE]
    for advice in advices:
        yield from _remarks_on_receipt(advice)
    yield from _received_beyond_despatch(evidence, matched)


def _remarks_on_receipt(advice: Filed) -> Iterator[Finding]:
    number, lines = advice.document.number, advice.document.lines
    for line in lines:
        here = (cite(advice, line.place),)
        if line.order_line is None:
            yield finding("receipt.line_without_order_line", here, {"number": number})
        if line.short or line.rejected:
            facts = {"short": line.short or 0, "rejected": line.rejected or 0}
            yield finding("receipt.short_or_rejected", here, {"number": number, **facts})


def _received_beyond_despatch(evidence: Usable, matched: list[Matched]) -> Iterator[Finding]:
    if not evidence.despatches:
        return
    received = sum(
        (total(m.demand, m.receipts) for m in matched if m.demand and m.receipts), Fraction(0)
    )
    despatched = sum(
        (
            Fraction(line.quantity or 0)
            for despatch in evidence.despatches
            for line in despatch.document.lines
        ),
        Fraction(0),
    )
    if received > despatched:
        facts = {"received": floor(received), "despatched": floor(despatched)}
        yield finding("receipt.exceeds_despatch", cite_all(evidence.despatches), facts)
