"""Trade facts of a (supplier, buyer) pair as of one day: what a decision is told about it.

Point in time: only documents issued on or before the day count. A ratio whose base is empty is
None, which a scorecard treats as a value of its own, never as zero; a rate over few trades is
shrunk to a prior (empirical Bayes, 2 % with the weight of five trades).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from heliu.flows.confluence.domain.linking import identity
from heliu.flows.confluence.domain.verified import Verified
from heliu.flows.intake.api import Filed, Kind
from heliu.flows.screening.api import RELATED, SuspicionKind
from heliu.flows.verification.api import FindingSeverity

Feature = Decimal | int | str | bool | date | None
_YEAR: Final = timedelta(days=365)
_PLACES: Final = Decimal("0.000001")
_PRIOR_RATE: Final = Decimal("0.02")
_PRIOR_TRADES: Final = 5
_CIRCLES: Final = f"screening.{SuspicionKind.CIRCULAR_TRADE}"
_DUPLICATES: Final = frozenset(f"screening.{kind}" for kind in SuspicionKind) - {_CIRCLES}


def features(
    verified: Verified, history: Sequence[Filed], *, enrolled: bool, on: date
) -> Mapping[str, Feature]:
    """All features of one receivable; `history` holds the seller's invoices and credit notes."""
    invoice = verified.invoice.document
    codes = [f.code for f in verified.screening if f.severity is FindingSeverity.BLOCKING]
    blocking = [f for f in verified.findings if f.severity is FindingSeverity.BLOCKING]
    approvals = [f.document.accepted for f in verified.case.approvals]
    eligible, invoiced = verified.eligible.minor, verified.result.invoiced.minor
    return {
        "eligible_minor": eligible,
        "invoiced_minor": invoiced,
        "match_ratio": _ratio(Decimal(eligible), Decimal(invoiced)) if invoiced > 0 else Decimal(0),
        "blocking_findings": len(blocking),
        "duplicate_findings": sum(code in _DUPLICATES for code in codes),
        "circular_findings": codes.count(_CIRCLES),
        "related_party": RELATED in codes,
        "supplier_active": _active(verified),
        "supplier_enrolled": enrolled,
        "buyer_approved": approvals[-1] if approvals else None,
        "tenor_days": (invoice.due_on - on).days if invoice.due_on else None,
        "days_since_invoice": (on - invoice.issued_on).days if invoice.issued_on else None,
        "cold_chain_alarm": any(
            filed.document.observation and filed.document.observation.sensor_alarms
            for filed in verified.case.observations
        ),
        "price_deviation": _price_deviation(verified),
        "receipt_lag_days": _receipt_lag(verified),
        "late_rate": None,
        **_history_features(verified, history, on),
    }


def _history_features(verified: Verified, history: Sequence[Filed], on: date) -> dict[str, Feature]:
    buyer = verified.buyer_tax_id
    past = [
        f.document
        for f in history
        if f.id != verified.receivable_id
        and f.document.issued_on is not None
        and on - _YEAR <= f.document.issued_on <= on
    ]
    invoices = [d for d in past if d.kind is Kind.INVOICE and not d.void]
    pair = [d for d in invoices if identity(d.buyer) == buyer]
    credited = [d for d in past if d.kind is Kind.CREDIT_NOTE and identity(d.buyer) == buyer]
    issued = sum(d.kind is Kind.INVOICE for d in past)
    gross = sum((_face(d.totals.payable) for d in invoices), Decimal(0))
    gross_pair = sum((_face(d.totals.payable) for d in pair), Decimal(0))
    red = sum((_face(d.totals.payable) for d in credited), Decimal(0))
    first = min((d.issued_on for d in pair if d.issued_on), default=None)
    return {
        "trade_count_12m": len(pair),
        "relationship_days": (on - first).days if first else 0,
        "dilution_rate": _shrunk(_ratio(red, gross_pair), len(pair)),
        "red_rate": _shrunk(_ratio(Decimal(len(credited)), Decimal(len(pair))), len(pair)),
        "void_rate": _shrunk(_ratio(Decimal(sum(d.void for d in past)), Decimal(issued)), issued),
        "buyer_share": _ratio(gross_pair, gross),
    }


def _face(amount: Decimal | None) -> Decimal:
    return abs(amount) if amount is not None else Decimal(0)


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part / whole).quantize(_PLACES) if whole else None


def _shrunk(rate: Decimal | None, n: int) -> Decimal | None:
    # A rate over few trades says little: it is drawn to the prior as if that many more were seen.
    if rate is None:
        return None
    return ((rate * n + _PRIOR_RATE * _PRIOR_TRADES) / (n + _PRIOR_TRADES)).quantize(_PLACES)


def _active(verified: Verified) -> bool:
    records = [
        f.document for f in verified.case.parties if f.document.number == verified.seller_tax_id
    ]
    latest = max(records, key=lambda d: d.issued_on or date.min, default=None)
    stopped = any(f.document.attributes.get("severity") == "stop" for f in verified.case.warnings)
    return not stopped and (latest is None or latest.attributes.get("status", "active") == "active")


def _price_deviation(verified: Verified) -> Decimal | None:
    ordered = {
        (order.document.number, line.id): line.price / line.price_base
        for order in verified.case.orders
        for line in order.document.lines
        if line.price
    }
    deviations = [
        abs(line.price / line.price_base - agreed) / agreed
        for line in verified.invoice.document.lines
        if line.price is not None
        and line.order_line is not None
        and (agreed := ordered.get((line.order_id or _only(verified), line.order_line)))
    ]
    return max(deviations).quantize(_PLACES) if deviations else None


def _only(verified: Verified) -> str:
    orders = verified.case.orders
    return orders[0].document.number if len(orders) == 1 else ""


def _receipt_lag(verified: Verified) -> int | None:
    received = [f.document.issued_on for f in verified.case.receipts if f.document.issued_on]
    ordered = [f.document.issued_on for f in verified.case.orders if f.document.issued_on]
    return (max(received) - min(ordered)).days if received and ordered else None
