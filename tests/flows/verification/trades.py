"""One small trade, and the ways to spoil it: 100 boxes ordered, received and invoiced at 10.00.

With 13 % tax the invoice is payable at CNY 1,130.00. All names and codes are invented.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from heliu.flows.intake.api import Filed, Kind, Line, Observation, PartyRef, Totals, TradeDocument
from heliu.flows.verification.api import (
    Presence,
    Requirements,
    Tolerances,
    TradeCase,
    VerificationTerms,
)

SELLER, BUYER, OTHER = "91110000SELLER0001", "91110000BUYER00002", "91110000OTHER00003"
ORDERED, DELIVERED, INVOICED = date(2026, 5, 4), date(2026, 5, 20), date(2026, 5, 21)
TODAY, DUE = date(2026, 6, 1), date(2026, 8, 19)
REQUIRED, OPTIONAL = Presence.REQUIRED, Presence.OPTIONAL
D = Decimal

TERMS = VerificationTerms(
    Tolerances(D("0.02"), D(1), D("0.01"), 5, 3, {"KGM": ("斤两千克",)}),
    Requirements(REQUIRED, REQUIRED, OPTIONAL),
    "CNY",
    TODAY,
    BUYER,
    frozenset({SELLER}),
    180,
)
FRIDGE = {"buyer": "B-1", "seller": "S-1", "name": "冰箱"}


def terms(
    order: Presence = REQUIRED,
    receipt: Presence = REQUIRED,
    approval: Presence = OPTIONAL,
    **tolerances: Any,
) -> VerificationTerms:
    """The usual terms with other requirements or tolerances."""
    return replace(
        TERMS,
        requirements=Requirements(order, receipt, approval),
        tolerances=replace(TERMS.tolerances, **tolerances),
    )


def filed(document: TradeDocument) -> Filed:
    """A document as intake keeps it: its identity is its content."""
    sha256 = hashlib.sha256(repr(document).encode()).hexdigest()
    return Filed(uuid5(NAMESPACE_URL, sha256), sha256, f"{document.number}.xml", document)


def line(quantity: str | int | None = 100, price: str | None = "10", **said: Any) -> Line:
    """Line 1 of the trade: fridges in boxes, taxed at 13 % where it has a price."""
    count = None if quantity is None else D(quantity)
    unit_price = None if price is None else D(price)
    net = None if count is None or unit_price is None else count * unit_price
    usual = Line("1", "/line/1", FRIDGE, "BX", count, price=unit_price, net=net, order_line="1")
    taxed = {} if net is None else {"tax": net * D("0.13"), "tax_rate": D("0.13")}
    return replace(usual, **(taxed | said))


def goods(quantity: str | int | None = 100, **said: Any) -> Line:
    """A line that moves goods and names no price."""
    return line(quantity, None, **said)


def document(kind: Kind, usual_number: str, has: Sequence[Line] = (), /, **said: Any) -> Filed:
    """A document of the trade between its seller and buyer."""
    usual = TradeDocument(
        kind,
        usual_number,
        "/",
        ORDERED,
        seller=PartyRef("海河冰箱厂", SELLER),
        buyer=PartyRef("津门家电", BUYER),
        lines=tuple(has),
    )
    return filed(replace(usual, **said))


def totals(lines: Sequence[Line], **said: Any) -> Totals:
    """The totals that lines add up to."""
    net = sum((one.net or D(0) for one in lines), D(0))
    tax = sum((one.tax or D(0) for one in lines), D(0))
    usual = Totals(net=net, line_net=net, tax=tax, gross=net + tax, payable=net + tax)
    return replace(usual, **said)


def invoice(*lines: Line, sums: dict[str, Any] | None = None, **said: Any) -> Filed:
    """The invoice, of one usual line unless told otherwise."""
    mine = lines or (line(),)
    usual = {
        "issued_on": INVOICED,
        "currency": "CNY",
        "due_on": DUE,
        "references": {"order": ("PO-1",)},
        "totals": totals(mine, **(sums or {})),
    }
    return document(Kind.INVOICE, "INV-1", mine, **(usual | said))


def order(*lines: Line, number: str = "PO-1", **said: Any) -> Filed:
    """The order, of one usual line unless told otherwise."""
    mine = lines or (line(order_line=None),)
    return document(Kind.ORDER, number, mine, **({"currency": "CNY"} | said))


def receipt(*lines: Line, number: str = "GR-1", **said: Any) -> Filed:
    """The receipt advice, all 100 unless told otherwise."""
    usual = {"issued_on": DELIVERED, "references": {"order": ("PO-1",)}}
    return document(Kind.RECEIPT_ADVICE, number, lines or (goods(),), **(usual | said))


def despatch(*lines: Line, number: str = "DA-1", **said: Any) -> Filed:
    """The despatch advice."""
    usual = {"issued_on": DELIVERED, "references": {"order": ("PO-1",)}}
    return document(Kind.DESPATCH_ADVICE, number, lines or (goods(),), **(usual | said))


def event(
    *lines: Line, step: str = "receiving", alarms: tuple[str, ...] = (), **said: Any
) -> Filed:
    """An EPCIS event at the buyer's gate that names the despatch."""
    seen = Observation(
        datetime(2026, 5, 20, 8, tzinfo=UTC),
        "ObjectEvent",
        "OBSERVE",
        step,
        None,
        None,
        None,
        alarms,
    )
    usual: dict[str, Any] = {
        "issued_on": DELIVERED,
        "seller": PartyRef(),
        "buyer": PartyRef(),
        "references": {"despatch": ("DA-1",)},
        "observation": seen,
    }
    return document(Kind.LOGISTICS_EVENT, "EV-1", lines, **(usual | said))


def approval(amount: str | None = "1130.00", *, accepted: bool | None = True, **said: Any) -> Filed:
    """The core enterprise's word on the payable."""
    usual: dict[str, Any] = {
        "issued_on": INVOICED,
        "currency": "CNY",
        "accepted": accepted,
        "references": {"invoice": ("INV-1",)},
        "totals": Totals(payable=None if amount is None else D(amount)),
    }
    return document(Kind.APPROVAL, "AP-1", **(usual | said))


def response(*, accepted: bool, **said: Any) -> Filed:
    """The seller's answer to the order."""
    usual = {"accepted": accepted, "references": {"order": ("PO-1",)}}
    return document(Kind.ORDER_RESPONSE, "OR-1", **(usual | said))


def credit_note(payable: str | None, *lines: Line, number: str = "CN-1", **said: Any) -> Filed:
    """A credit note on the invoice."""
    usual = {
        "issued_on": TODAY,
        "currency": "CNY",
        "references": {"invoice": ("INV-1",)},
        "totals": Totals(payable=None if payable is None else D(payable)),
    }
    return document(Kind.CREDIT_NOTE, number, lines, **(usual | said))


def party(code: str, **attributes: str) -> Filed:
    """Master data of one enterprise."""
    return document(Kind.PARTY, code, seller=PartyRef(tax_id=code), attributes=attributes)


def warning(severity: str) -> Filed:
    """A warning from the information flow."""
    said = {"severity": severity, "text_zh": "停产", "text_en": "the plant stopped"}
    return document(Kind.WARNING, "W-1", attributes=said)


def remittance(**said: Any) -> Filed:
    """The buyer's announcement that he pays."""
    usual = {"issued_on": INVOICED, "currency": "CNY", "totals": Totals(payable=D("1130.00"))}
    return document(Kind.REMITTANCE_ADVICE, "RA-1", **(usual | said))


def trade(**changes: Any) -> TradeCase:
    """The whole trade in good order: ordered, received, invoiced."""
    usual: dict[str, Any] = {"invoice": invoice(), "orders": (order(),), "receipts": (receipt(),)}
    return TradeCase(**(usual | changes))
