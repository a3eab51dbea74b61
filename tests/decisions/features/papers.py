"""Filed documents of a small trade: one supplier, one buyer, as few words as the tests need."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from heliu.flows.intake.api import Cash, Filed, Kind, Line, PartyRef, Totals, TradeDocument

MAY = date(2026, 5, 4)
SELLER = PartyRef(name="青岛海川注塑有限公司", tax_id="91370214MAYYMXBL1W")
BUYER = PartyRef(name="海河家电股份有限公司", tax_id="91370212MAKE9CHE0K")
_ids = count(1)


def known(day: int) -> datetime:
    """Noon in Beijing, `day` days after the fourth of May."""
    return datetime(2026, 5, 4, 4, tzinfo=UTC) + timedelta(days=day)


def filed(kind: Kind, number: str, day: int | None, **rest: Any) -> Filed:
    """A document of `kind`, dated `day` days after the fourth of May."""
    fields: dict[str, Any] = {"seller": SELLER, "buyer": BUYER, "currency": "CNY"} | rest
    issued_on = None if day is None else MAY + timedelta(days=day)
    document = TradeDocument(kind=kind, number=number, place="/", issued_on=issued_on, **fields)
    return Filed(UUID(int=next(_ids) << 32), "0" * 64, "paper", document)


def invoice(number: str, day: int, yuan: str = "1000", due: int = 60, **rest: Any) -> Filed:
    """An invoice over `yuan`, due `due` days after its date."""
    due_on = MAY + timedelta(days=day + due)
    return filed(
        Kind.INVOICE, number, day, due_on=due_on, totals=Totals(payable=Decimal(yuan)), **rest
    )


def credit_note(number: str, day: int, yuan: str, of: str, **rest: Any) -> Filed:
    """A credit note over `yuan` on the invoice `of`."""
    return filed(
        *(Kind.CREDIT_NOTE, number, day),
        references={"invoice": (of,)},
        totals=Totals(payable=Decimal(yuan)),
        **rest,
    )


def line(quantity: str, net: str | None = None, order: str | None = None) -> Line:
    """Line 1 of an order, or a line that names line 1 of `order`."""
    return Line(
        id="1",
        place="/",
        item_keys={},
        quantity=Decimal(quantity),
        net=None if net is None else Decimal(net),
        order_id=order,
        order_line="1" if order else None,
    )


def payment(day: int, yuan: str, text: str, **rest: Any) -> Filed:
    """Booked money in from the buyer, by its name, for what `text` names."""
    fields: dict[str, Any] = {
        "amount": Decimal(yuan),
        "credit": True,
        "booked": True,
        "debtor": PartyRef(name=BUYER.name),
        "remittance": text,
    } | rest
    cash = Cash(**fields)
    return filed(Kind.BANK_ENTRY, "N", day, seller=PartyRef(), buyer=PartyRef(), cash=cash)
