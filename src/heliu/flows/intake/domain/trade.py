"""The canonical trade documents: what the four flows say, in one set of types.

Quantities and prices are exact Decimals as written. Money totals are Decimals too: a foreign
document may carry more places than its currency has minor units; rounding is verification's
decision, never a connector's. `None` means the document does not say, which is not zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Flow(StrEnum):
    """The four flows (四流): 商流, 物流, 资金流, 信息流."""

    COMMERCIAL = "commercial"
    LOGISTICS = "logistics"
    FUNDS = "funds"
    INFORMATION = "information"


class Kind(StrEnum):
    """What a trade document is, whatever format it came in."""

    ORDER = "order"
    ORDER_RESPONSE = "order_response"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"  # also a red-letter (红字) invoice
    REMITTANCE_ADVICE = "remittance_advice"
    DESPATCH_ADVICE = "despatch_advice"
    RECEIPT_ADVICE = "receipt_advice"
    WAYBILL = "waybill"
    LOGISTICS_EVENT = "logistics_event"
    BANK_ENTRY = "bank_entry"  # camt: money that moved on an account
    PAYMENT_ORDER = "payment_order"  # pain.001, pacs.008: money asked to move
    PAYMENT_STATUS = "payment_status"  # pain.002, pacs.002
    PARTY = "party"
    APPROVAL = "approval"  # the core enterprise confirms a payable
    PRICE = "price"
    WARNING = "warning"
    OTHER = "other"  # understood and kept, but it carries no claim (quotation, statement, ...)


FLOW_OF = {
    Kind.ORDER: Flow.COMMERCIAL,
    Kind.ORDER_RESPONSE: Flow.COMMERCIAL,
    Kind.INVOICE: Flow.COMMERCIAL,
    Kind.CREDIT_NOTE: Flow.COMMERCIAL,
    Kind.REMITTANCE_ADVICE: Flow.COMMERCIAL,
    Kind.DESPATCH_ADVICE: Flow.LOGISTICS,
    Kind.RECEIPT_ADVICE: Flow.LOGISTICS,
    Kind.WAYBILL: Flow.LOGISTICS,
    Kind.LOGISTICS_EVENT: Flow.LOGISTICS,
    Kind.BANK_ENTRY: Flow.FUNDS,
    Kind.PAYMENT_ORDER: Flow.FUNDS,
    Kind.PAYMENT_STATUS: Flow.FUNDS,
    Kind.PARTY: Flow.INFORMATION,
    Kind.APPROVAL: Flow.INFORMATION,
    Kind.PRICE: Flow.INFORMATION,
    Kind.WARNING: Flow.INFORMATION,
    Kind.OTHER: Flow.INFORMATION,
}


@dataclass(frozen=True, slots=True)
class PartyRef:
    """A party as a document names it. `tax_id` is the USCC / VAT number, spaces removed."""

    name: str | None = None
    tax_id: str | None = None
    account: str | None = None
    address: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Quantities by role; money without tax in `net`, tax in `tax` (major units).

    `price` is per `price_base` units. `item_keys` are the identifiers of the good by scheme:
    "buyer", "seller", "standard" (GTIN/EPC class), "name".
    """

    id: str
    place: str
    item_keys: Mapping[str, str]
    unit: str | None = None
    quantity: Decimal | None = None  # ordered, invoiced, credited, delivered or received (good)
    short: Decimal | None = None
    rejected: Decimal | None = None
    oversupplied: Decimal | None = None
    price: Decimal | None = None
    price_base: Decimal = Decimal(1)
    net: Decimal | None = None
    tax: Decimal | None = None
    tax_rate: Decimal | None = None  # 0.13 for 13 %
    order_id: str | None = None
    order_line: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Document totals in major units of the document's currency, as stated."""

    net: Decimal | None = None  # tax exclusive, after document allowances and charges
    line_net: Decimal | None = None  # sum of line extension amounts
    allowances: Decimal | None = None
    charges: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None  # tax inclusive
    payable: Decimal | None = None
    prepaid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cash:
    """A bank entry, payment order or payment status, one transaction each (amount > 0)."""

    amount: Decimal
    credit: bool  # money in on `account` for a bank entry; always True for an order
    booked: bool  # False: pending or information only
    reversal: bool = False
    account: str | None = None  # the account the message is about
    debtor: PartyRef = PartyRef()
    creditor: PartyRef = PartyRef()
    end_to_end_id: str | None = None
    bank_reference: str | None = None
    remittance: str | None = None  # unstructured text and structured references, space-joined
    value_on: date | None = None
    status: str | None = None  # ACSC, RJCT, ... for payment statuses
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """An EPCIS event: what happened to goods, when and where (GS1 EPCIS 2.0, CBV 2.0)."""

    event_at: datetime
    event_type: str
    action: str | None
    biz_step: str | None
    disposition: str | None
    read_point: str | None
    location: str | None
    sensor_alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TradeDocument:
    """One canonical document. `number` is the issuer's; `place` says where in the file it stands.

    `references` name other documents by kind ("order", "despatch", "receipt", "invoice",
    "contract"). `attributes` hold what only this kind has (documented by its connector).
    A void document stays visible: `void` is True.
    """

    kind: Kind
    number: str
    place: str
    issued_on: date | None
    currency: str | None = None
    seller: PartyRef = PartyRef()
    buyer: PartyRef = PartyRef()
    due_on: date | None = None
    void: bool = False
    accepted: bool | None = None  # order responses and approvals
    code: str | None = None  # Chinese invoice code (发票代码) where the number alone is not unique
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    totals: Totals = Totals()
    cash: Cash | None = None
    observation: Observation | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filed:
    """A trade document with where it is kept: the identity every finding and verdict cites.

    `id` is derived from the file's SHA-256 and the place inside it, so the same bytes are the
    same document for ever; `sha256` is the hex digest of the whole file.
    """

    id: UUID
    sha256: str
    file: str
    document: TradeDocument
