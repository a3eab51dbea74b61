"""Facts of one receivable's trade as of one day: what a decision is told about it.

What is not known is None, which a scorecard treats as a value of its own, never as zero.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.flows.confluence.domain.verified import Verified
from heliu.flows.screening.api import RELATED, SuspicionKind
from heliu.flows.verification.api import FindingSeverity

Feature = Decimal | int | str | bool | date | None
_PLACES: Final = Decimal("0.000001")
_CIRCLES: Final = f"screening.{SuspicionKind.CIRCULAR_TRADE}"
_DUPLICATES: Final = frozenset(f"screening.{kind}" for kind in SuspicionKind) - {_CIRCLES}


def features(verified: Verified, *, on: date) -> Mapping[str, Feature]:
    """The features of one receivable's own trade as of `on`.

    What the (supplier, buyer) pair has done before is known to the features desk of the decisions.
    """
    invoice = verified.invoice.document
    codes = [f.code for f in verified.screening if f.severity is FindingSeverity.BLOCKING]
    blocking = [f for f in verified.findings if f.severity is FindingSeverity.BLOCKING]
    approvals = [f.document.accepted for f in verified.case.approvals]
    eligible, invoiced = verified.eligible.minor, verified.result.invoiced.minor
    return {
        "eligible_minor": eligible,
        "invoiced_minor": invoiced,
        "match_ratio": _share(eligible, invoiced),
        "blocking_findings": len(blocking),
        "duplicate_findings": sum(code in _DUPLICATES for code in codes),
        "circular_findings": codes.count(_CIRCLES),
        "related_party": RELATED in codes,
        "supplier_active": _active(verified),
        "buyer_approved": approvals[-1] if approvals else None,
        "tenor_days": (invoice.due_on - on).days if invoice.due_on else None,
        "days_since_invoice": (on - invoice.issued_on).days if invoice.issued_on else None,
        "cold_chain_alarm": any(
            filed.document.observation and filed.document.observation.sensor_alarms
            for filed in verified.case.observations
        ),
        "price_deviation": _price_deviation(verified),
        "receipt_lag_days": _receipt_lag(verified),
    }


def _share(eligible: int, invoiced: int) -> Decimal:
    return (Decimal(eligible) / invoiced).quantize(_PLACES) if invoiced > 0 else Decimal(0)


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
