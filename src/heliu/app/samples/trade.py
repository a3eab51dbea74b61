"""One trade as it happens: what is ordered, sent, received, invoiced and paid, and when.

A trade knows no file format. What deviates from a clean trade is said by its fields; the numbers
and dates of its documents follow from them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from heliu.app.samples.firms import Firm, Good, drawn

LAST_DAY: Final = date(2026, 8, 31)
_FEN: Final = Decimal("0.01")


class Form(StrEnum):
    """How the supplier sends the invoice."""

    UBL = "ubl"
    EINVOICE = "einvoice"  # 数电票, EInvoice dialect
    MOF = "mof"  # Chinese tags
    PINYIN = "pinyin"


class Proof(StrEnum):
    """How the buyer's side says that the goods came."""

    RECEIPT = "receipt"  # UBL ReceiptAdvice
    EPCIS = "epcis"  # receiving event
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Line:
    """One good from order to invoice: quantities, prices without tax per unit, units."""

    good: Good
    ordered: int
    price: Decimal
    despatched: int
    received: int
    invoiced: int
    invoice_price: Decimal
    invoice_unit: tuple[str, str]  # UNECE code, Chinese

    @classmethod
    def of(cls, good: Good, ordered: int, price: Decimal | None = None) -> "Line":
        """A clean line: `ordered` units sent, received and invoiced as agreed."""
        agreed = price or good.price
        unit = good.unit, good.unit_zh
        return cls(good, ordered, agreed, ordered, ordered, ordered, agreed, unit)

    @property
    def ordered_net(self) -> Decimal:
        """Ordered value without tax."""
        return fen(self.ordered * self.price)

    @property
    def net(self) -> Decimal:
        """Invoiced value without tax."""
        return fen(self.invoiced * self.invoice_price)

    @property
    def tax(self) -> Decimal:
        """Value added tax on the invoiced value."""
        return fen(self.net * self.good.rate)


@dataclass(frozen=True, slots=True)
class Payment:
    """What arrives at the bank: a share of the invoice's gross, days after its due date."""

    days_late: int = 0
    share: Decimal = Decimal(1)
    payer: Firm | None = None  # None: the buyer
    quotes_invoice: bool = True


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit note over some units of the first line, days after the invoice."""

    days: int
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Trade:
    """One order with everything that follows from it."""

    serial: int
    buyer: Firm
    supplier: Firm
    ordered_on: date
    lines: tuple[Line, ...]
    form: Form = Form.UBL
    proof: Proof = Proof.RECEIPT
    has_order: bool = True
    has_response: bool = False
    has_waybill: bool = False
    approval: str | None = "confirmed"
    due_days: int = 60
    payments: tuple[Payment, ...] = (Payment(),)
    tax_error: Decimal = Decimal(0)
    dated: date | None = None  # the invoice's date where it is not the usual day
    sent_late: int = 0  # days the invoice is sent after its usual day
    number: str | None = None  # the invoice's number where it is not the usual one
    only_invoice: bool = False  # nothing but the invoice is sent
    void: bool = False
    red_after: int | None = None  # days after the invoice a full red-letter invoice follows
    credit: Credit | None = None
    alarm: bool = False  # the cold chain broke on the way

    @property
    def order_no(self) -> str:
        """The buyer's number of the order."""
        return f"{self.buyer.code}-PO-{self._tail}"

    @property
    def despatch_no(self) -> str:
        """The supplier's number of the despatch advice."""
        return f"{self.supplier.code}-DN-{self._tail}"

    @property
    def receipt_no(self) -> str:
        """The buyer's number of the goods receipt."""
        return f"{self.buyer.code}-GR-{self._tail}"

    @property
    def invoice_no(self) -> str:
        """The supplier's number, or the 20 digits the tax bureau gives an e-invoice."""
        if self.number or self.form is Form.UBL:
            return self.number or f"{self.supplier.code}-INV-{self._tail}"
        return self.einvoice_no("blue")

    def einvoice_no(self, kind: str) -> str:
        """Year, province, channel and 15 digits (数电票 number, 20 digits)."""
        tail = drawn(self.buyer.code, self.serial, kind, below=10**15)
        return f"26{self.supplier.division[:2]}2{tail:015d}"

    @property
    def _tail(self) -> str:
        return f"{self.ordered_on:%y%m}-{self.serial:03d}"

    @property
    def despatched_on(self) -> date:
        """Goods leave four days after the order."""
        return self.ordered_on + timedelta(4)

    @property
    def received_on(self) -> date:
        """Goods arrive two days later."""
        return self.ordered_on + timedelta(6)

    @property
    def invoiced_on(self) -> date:
        """The invoice is written two days after that."""
        return self.ordered_on + timedelta(8)

    @property
    def sent_on(self) -> date:
        """The day the invoice comes in."""
        return self.invoiced_on + timedelta(self.sent_late)

    @property
    def approved_on(self) -> date:
        """The buyer's payables desk answers two days after the invoice."""
        return self.sent_on + timedelta(2)

    @property
    def invoice_date(self) -> date:
        """The date the invoice bears."""
        return self.dated or self.invoiced_on

    @property
    def due_on(self) -> date:
        """The date the invoice asks for its money."""
        return self.invoice_date + timedelta(self.due_days)

    @property
    def net(self) -> Decimal:
        """Invoice total without tax."""
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Invoice tax as stated, with its planted error."""
        return sum((line.tax for line in self.lines), self.tax_error)

    @property
    def gross(self) -> Decimal:
        """What the invoice asks for."""
        return self.net + self.tax

    def paid(self, payment: Payment) -> tuple[date, Decimal]:
        """Day and amount of `payment`."""
        return self.due_on + timedelta(payment.days_late), fen(self.gross * payment.share)


def fen(amount: Decimal) -> Decimal:
    """Rounded half up to the fen."""
    return amount.quantize(_FEN, ROUND_HALF_UP)
