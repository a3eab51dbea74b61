"""From filed documents to events: what of them is O, R, I and P, and what is no event at all.

An order is O; a receipt advice R; an invoice I; a credit note (a red-letter invoice too) a red I;
booked money in that names a known invoice P. An approval, a despatch, a payment order or status
happens too, but no feature of a pair counts it. A document without both parties, number or date,
an amount without currency, and figures beyond all trade (10^15 minor units) are no events.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from heliu.decisions.features.domain.log import Event, EventKind, LineQuantity
from heliu.flows.confluence.api import identity
from heliu.flows.intake.api import Filed, Kind, Line, PartyRef, TradeDocument
from heliu.ground.ids import derived_id
from heliu.ground.money import exponent

_KINDS: Final = {
    Kind.ORDER: EventKind.ORDER,
    Kind.RECEIPT_ADVICE: EventKind.RECEIPT,
    Kind.INVOICE: EventKind.INVOICE,
    Kind.CREDIT_NOTE: EventKind.CREDIT,
}
_MOST_DIGITS: Final = 15
_LONGEST_NAME: Final = 160
_MOST_WORDS: Final = 200
_MICRO: Final = 6
_WORDS: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]*")
_DIGIT: Final = re.compile(r"[0-9]")
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Cash:
    """Booked money in, and the words of its message that may be invoice numbers.

    `id` names the money: a notification and the later statement tell of the same.
    """

    id: UUID
    document_id: UUID
    day: int
    known_at: datetime
    currency: str
    amount: int
    words: tuple[str, ...]
    debtor_tax_id: str | None
    debtor_name: str | None


def event_of(filed: Filed, known_at: datetime) -> Event | None:
    """The event an order, receipt, invoice or credit note is; None if it is none."""
    document = filed.document
    kind, on = _KINDS.get(document.kind), document.issued_on
    supplier, buyer, number = (
        _party(document.seller),
        _party(document.buyer),
        _plain(document.number),
    )
    if kind is None or on is None or not (supplier and buyer and number):
        return None
    invoiced = kind in (EventKind.INVOICE, EventKind.CREDIT)
    amount = _face(document) if invoiced else 0
    if amount is None:
        return None
    lines = tuple(_lines(document, kind, number))
    print_, goods = _prints(document, number, amount, lines) if kind is EventKind.INVOICE else _NO
    return Event(
        id=filed.id,
        document_id=filed.id,
        kind=kind,
        supplier=supplier,
        buyer=buyer,
        number=number,
        day=on.toordinal(),
        known_at=known_at,
        currency=document.currency,
        amount=amount,
        due=document.due_on.toordinal() if document.due_on else None,
        void=document.void,
        refs=_numbers(document.references.get("invoice", ())),
        lines=lines,
        buyer_name=folded(document.buyer.name) or "",
        print=print_,
        goods=goods,
    )


def cash_of(filed: Filed, known_at: datetime) -> Cash | None:
    """The money a bank entry tells of; None if it moved out, is not booked or names nothing."""
    document, cash = filed.document, filed.document.cash
    if document.kind is not Kind.BANK_ENTRY or cash is None or not document.currency:
        return None
    on = document.issued_on or cash.value_on
    amount = _minor(cash.amount, document.currency)
    if not (cash.credit and cash.booked and on and amount) or cash.reversal:
        return None
    text = " ".join(filter(None, (cash.remittance, cash.end_to_end_id)))
    words = (word.strip("./-") for word in _WORDS.findall(text))
    named = _numbers((*document.references.get("invoice", ()), *filter(_DIGIT.search, words)))
    if not named:
        return None
    return Cash(
        id=_identity(filed),
        document_id=filed.id,
        day=on.toordinal(),
        known_at=known_at,
        currency=document.currency,
        amount=amount,
        words=named[:_MOST_WORDS],
        debtor_tax_id=_plain(cash.debtor.tax_id or "") or None,
        debtor_name=folded(cash.debtor.name),
    )


def folded(name: str | None) -> str | None:
    """A name without case and spaces, as parties without tax ids are told apart."""
    return _SPACES.sub("", name).casefold().replace("\0", "")[:_LONGEST_NAME] if name else None


_NO: Final = (None, None)


def _party(party: PartyRef) -> str | None:
    name = identity(party)
    return name if name and len(name) <= _LONGEST_NAME and "\0" not in name else None


def _plain(number: str) -> str:
    plain = " ".join(number.split()).upper()
    return plain if len(plain) <= _LONGEST_NAME and "\0" not in plain else ""


def _numbers(written: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for one in written if (number := _plain(one))))


def _face(document: TradeDocument) -> int | None:
    totals = document.totals
    said = totals.payable if totals.payable is not None else totals.gross
    if said is None or not document.currency:
        return None
    return _minor(abs(said), document.currency)


def _minor(amount: Decimal, currency: str) -> int | None:
    """Minor units, half up; None beyond 10^15 of them."""
    if not amount.is_finite() or amount.adjusted() + exponent(currency) >= _MOST_DIGITS:
        return None
    scaled = amount.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_UP)
    return int(scaled)


def _lines(document: TradeDocument, kind: EventKind, number: str) -> Iterable[LineQuantity]:
    """Lines that belong to a line of an order: its own, or one they name."""
    orders = document.references.get("order", ())
    only = orders[0] if len(orders) == 1 else ""
    for line in document.lines:
        ordered = kind is EventKind.ORDER
        order = number if ordered else _plain(line.order_id or only)
        name = _plain((line.id if ordered else line.order_line) or "")
        quantity = _quantity(line)
        if not (order and name and quantity) or kind is EventKind.CREDIT:
            continue
        net = _net(line, document.currency) if kind is EventKind.INVOICE else 0
        if net is not None:
            yield LineQuantity(order, name, quantity, net)


def _quantity(line: Line) -> int:
    said = line.quantity
    if said is None or not said.is_finite() or said <= 0 or said.adjusted() >= _MOST_DIGITS:
        return 0
    return int(said.scaleb(_MICRO).to_integral_value(ROUND_DOWN))


def _net(line: Line, currency: str | None) -> int | None:
    if line.net is None or line.net <= 0 or not currency:
        return None
    return _minor(line.net, currency)


def _prints(
    document: TradeDocument, number: str, amount: int, lines: Iterable[LineQuantity]
) -> tuple[int | None, int | None]:
    """What betrays the same invoice under other parties, the same goods under other numbers."""
    if document.void or not amount:
        return _NO
    issued = document.issued_on.isoformat() if document.issued_on else ""
    same = _print(number, document.code or "", str(amount), issued)
    deliveries = [
        f"{kind}:{cited}"
        for kind in ("despatch", "receipt")
        for cited in sorted(document.references.get(kind, ()))
    ]
    goods = [f"{x.order}/{x.line}={x.quantity}" for x in sorted(lines)]
    return same, _print(*deliveries, "of", *goods) if deliveries and goods else None


def _print(*parts: str) -> int:
    digest = hashlib.sha256("\x1f".join(parts).encode(errors="replace")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _identity(filed: Filed) -> UUID:
    cash = filed.document.cash
    assert cash is not None, "a bank entry has cash"
    if cash.bank_reference and cash.account:
        parts = (cash.account, cash.bank_reference, str(cash.amount), cash.end_to_end_id or "")
        return derived_id("cash", *parts)
    return derived_id("cash", str(filed.id))
