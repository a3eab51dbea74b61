"""Which documents of a case may support the invoice, and why the others were set aside.

Setting aside is fail-closed: a document that is void, undated, dated in the future, between other
parties, in another currency or at odds with its own second version supports nothing. Documents
that take away (credit notes, rejections) are never set aside here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Final

from heliu.flows.intake.api import Filed, Line, PartyRef, Totals, TradeDocument
from heliu.flows.verification.domain.case import TradeCase
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.findings import Finding, cite, cite_all
from heliu.flows.verification.domain.quantities import net_of
from heliu.flows.verification.domain.terms import VerificationTerms

LARGEST: Final = Decimal(10) ** 12
_FINEST: Final = -12
_ELSEWHERE: Final = frozenset(
    {"evidence.void", "evidence.future_dated", "evidence.other_parties", "evidence.other_invoice"}
)
_RECEIVING: Final = frozenset({"receiving", "accepting"})
_BAD_DISPOSITIONS: Final = frozenset(
    {"damaged", "destroyed", "expired", "non_sellable_other", "recalled", "returned", "stolen"}
)


@dataclass(frozen=True, slots=True)
class Usable:
    """The supporting documents of a case, each number once, in an order of their own.

    `receipts` are what proves receipt: receipt advices, and despatch advices that receiving
    `events` confirm. `shipments` are despatches or waybills that nothing confirms. `ordered` and
    `received` say whether orders and receipt advices speak of this trade at all, even if every one
    was set aside: evidence that may not be used is not the same as none.
    """

    orders: tuple[Filed, ...]
    receipts: tuple[Filed, ...]
    shipments: tuple[Filed, ...]
    despatches: tuple[Filed, ...]
    events: tuple[Filed, ...]
    approvals: tuple[Filed, ...]
    ordered: bool
    received: bool
    findings: tuple[Finding, ...]


def usable(case: TradeCase, terms: VerificationTerms) -> Usable:
    """Sort the case's documents into what supports and what was set aside."""
    found: list[Finding] = []

    def keep(documents: Sequence[Filed]) -> tuple[Filed, ...]:
        kept, complaints = _once(documents, case, terms)
        found.extend(complaints)
        return kept

    orders, approvals = keep(case.orders), keep(case.approvals)
    advices, despatches, waybills = (
        keep(case.receipts),
        keep(case.despatches),
        keep(case.waybills),
    )
    events = tuple(event for event in keep(case.observations) if _receives(event.document))
    events, late_events = _on_time(events, case, terms)
    advices, late = _on_time(advices, case, terms)
    orders, hindsight = _before_invoice(orders, case)
    confirmed = tuple(d for d in despatches if _confirmed(d, despatches, events, advices))
    shipped = despatches or waybills
    return Usable(
        orders,
        (*advices, *confirmed),
        tuple(d for d in shipped if d not in confirmed),
        despatches,
        events,
        approvals,
        any(_speaks(order, case, terms) for order in case.orders),
        any(_speaks(advice, case, terms) for advice in case.receipts),
        (*found, *late, *late_events, *hindsight),
    )


def implausible(document: TradeDocument) -> bool:
    """Whether a figure is not finite, beyond 10^12, finer than 10^-12, or no tax rate.

    No sum may meet such a figure: it would not fit the books.
    """
    figures = list(_figures(document))
    if any(not f.is_finite() or abs(f) > LARGEST or _exponent(f) < _FINEST for f in figures):
        return True
    nets = [abs(net_of(line) or Fraction(0)) for line in document.lines]
    rates = [line.tax_rate for line in document.lines if line.tax_rate is not None]
    return sum(nets, Fraction(0)) > Fraction(LARGEST) or not all(0 <= rate <= 1 for rate in rates)


def same_tax_id(one: str | None, other: str | None) -> bool:
    """Whether two tax ids are written alike, spaces and case aside; never true of a missing one."""
    return bool(one) and tax_id(one) == tax_id(other)


def tax_id(written: str | None) -> str:
    """A tax id without spaces, upper case; empty if there is none."""
    return "".join((written or "").split()).upper()


def _figures(document: TradeDocument) -> Iterator[Decimal]:
    holders: Iterable[Line | Totals] = (document.totals, *document.lines)
    for holder in holders:
        for name in holder.__slots__:
            value = getattr(holder, name)
            if isinstance(value, Decimal):
                yield value


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "finite values only"
    return exponent


def _once(
    documents: Sequence[Filed], case: TradeCase, terms: VerificationTerms
) -> tuple[tuple[Filed, ...], list[Finding]]:
    """Each number once; versions that differ cancel each other."""
    kept: list[Filed] = []
    found: list[Finding] = []
    for filed in sorted(documents, key=_by_number):
        fault = _fault(filed.document, case.invoice.document, terms)
        if fault is None:
            kept.append(filed)
        else:
            found.append(finding(fault, (cite(filed),), {"number": filed.document.number}))
    once: list[Filed] = []
    for number, group in groupby(kept, key=lambda filed: filed.document.number):
        versions = list(group)
        if len({_content(version.document) for version in versions}) == 1:
            once.append(versions[0])
        else:
            found.append(
                finding("evidence.versions_differ", cite_all(versions), {"number": number})
            )
    return tuple(once), found


def _by_number(filed: Filed) -> tuple[str, str]:
    return filed.document.number, str(filed.id)


def _content(document: TradeDocument) -> str:
    """What a document says, wherever in a file, in whatever order, copy or not."""
    lines = tuple(sorted((replace(line, place="") for line in document.lines), key=repr))
    return repr(replace(document, place="", lines=lines, attributes={}))


def _fault(document: TradeDocument, invoice: TradeDocument, terms: VerificationTerms) -> str | None:
    """Why a document supports nothing, as a finding's code; None if it may support."""
    named = document.references.get("invoice", ())
    checks = (
        ("evidence.void", document.void),
        ("evidence.implausible", implausible(document)),
        ("evidence.undated", document.issued_on is None),
        ("evidence.future_dated", document.issued_on and document.issued_on > terms.as_of),
        ("evidence.other_parties", _other_parties(document, invoice)),
        (
            "evidence.other_currency",
            document.currency and document.currency != invoice.currency,
        ),
        ("evidence.other_invoice", named and invoice.number not in named),
    )
    return next((code for code, wrong in checks if wrong), None)


def _speaks(filed: Filed, case: TradeCase, terms: VerificationTerms) -> bool:
    """Whether a document is about this trade and time, fit to support it or not."""
    return _fault(filed.document, case.invoice.document, terms) not in _ELSEWHERE


def _other_parties(document: TradeDocument, invoice: TradeDocument) -> bool:
    def differ(theirs: PartyRef, ours: PartyRef) -> bool:
        both = theirs.tax_id and ours.tax_id
        return bool(both) and not same_tax_id(theirs.tax_id, ours.tax_id)

    return differ(document.seller, invoice.seller) or differ(document.buyer, invoice.buyer)


def _receives(document: TradeDocument) -> bool:
    seen = document.observation
    return (
        seen is not None
        and seen.biz_step in _RECEIVING
        and seen.action != "DELETE"
        and seen.disposition not in _BAD_DISPOSITIONS
    )


def _confirmed(
    despatch: Filed, despatches: Sequence[Filed], events: Sequence[Filed], advices: Sequence[Filed]
) -> bool:
    """Whether a receiving event, and no receipt advice, speaks for this despatch.

    A receipt advice that names no despatch may mean any of them: then no event adds to it.
    """
    covered = [advice.document.references.get("despatch", ()) for advice in advices]
    if any(not named or despatch.document.number in named for named in covered):
        return False
    return bool(events_of(despatch, despatches, events))


def events_of(
    despatch: Filed, despatches: Sequence[Filed], events: Sequence[Filed]
) -> tuple[Filed, ...]:
    """The receiving events that speak of this despatch alone.

    They name it and no other, or name no despatch but its order while it is the only one: what an
    event counted is never counted for two despatches.
    """
    document = despatch.document
    orders = {*document.references.get("order", ()), *(line.order_id for line in document.lines)}

    def speaks(event: TradeDocument) -> bool:
        named = set(event.references.get("despatch", ()))
        ordered = set(event.references.get("order", ()))
        return named == {document.number} or (
            not named and len(despatches) == 1 and bool(ordered & orders)
        )

    return tuple(event for event in events if speaks(event.document))


def _on_time(
    receipts: Sequence[Filed], case: TradeCase, terms: VerificationTerms
) -> tuple[tuple[Filed, ...], list[Finding]]:
    """Drop receipts that came too long after the invoice: it ran ahead of the goods."""
    days = terms.tolerances.invoice_before_receipt_days
    issued = case.invoice.document.issued_on
    if issued is None:
        return tuple(receipts), []
    late = [r for r in receipts if (r.document.issued_on or issued) > issued + timedelta(days)]
    return tuple(r for r in receipts if r not in late), [
        finding("receipt.after_invoice", (cite(r),), {"number": r.document.number, "days": days})
        for r in late
    ]


def _before_invoice(
    orders: Sequence[Filed], case: TradeCase
) -> tuple[tuple[Filed, ...], list[Finding]]:
    """Drop orders written after the invoice they should have led to."""
    issued = case.invoice.document.issued_on
    late = [o for o in orders if issued and (o.document.issued_on or issued) > issued]
    return tuple(o for o in orders if o not in late), [
        finding("order.after_invoice", (cite(o),), {"number": o.document.number}) for o in late
    ]
