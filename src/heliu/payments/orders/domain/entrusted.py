"""Entrusted payment (受托支付): the loan goes to the supplier's own supplier, whom papers name.

The payee must be the seller of filed orders or invoices in which the borrower is the buyer; they
are not void, they cover the amount beyond what was already paid to him this way, and the account
is the one they name or the party register has under the payee's name.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.orders.domain.order import Payee


@dataclass(frozen=True, slots=True)
class EntrustedRule:
    """Whether loans of a programme must be paid to a named payee, and above which amount only.

    `required` False asks for nothing. `above` None asks for it at every amount.
    """

    required: bool
    above: Money | None = None

    def asks(self, amount: Money) -> bool:
        """Whether a payment of `amount` must be entrusted. Raises CurrencyMismatch."""
        return self.required and (self.above is None or amount > self.above)


class PaperKind(StrEnum):
    """The papers that can name a payee, and the one that takes back."""

    ORDER = "order"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Paper:
    """An order, invoice or credit note of the payee to the borrower, as filed; amount >= 0.

    `order_no` and `invoice_no` are the documents it refers to.
    """

    document_id: UUID
    kind: PaperKind
    number: str
    amount: Money
    account: str | None = field(default=None, repr=False)
    void: bool = False
    order_no: str | None = None
    invoice_no: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the bank knows of a borrower's dealings with a payee.

    `names` and `accounts` are what the party register has of the payee; `paid` is what entrusted
    payments of the borrower to him already used (orders rejected or returned not counted).
    """

    borrower_uscc: str
    papers: tuple[Paper, ...]
    names: frozenset[str] = field(default=frozenset(), repr=False)
    accounts: frozenset[str] = field(default=frozenset(), repr=False)
    paid: int = 0


def covered(papers: Sequence[Paper], currency: str) -> Money:
    """What the papers show the borrower owes the payee, in `currency`; each trade counts once.

    An order and its invoices are one trade: the larger of the order and the sum of its invoices.
    The same number filed twice is one paper: void if one of them is, else the smaller amount. A
    credit note takes its amount off the invoice it names, or else off the whole.
    """
    valid = [p for p in _distinct(papers) if p.amount.currency == currency and not p.void]
    invoiced: dict[str, int] = defaultdict(int)
    loose = 0
    notes = [paper for paper in valid if paper.kind is PaperKind.CREDIT_NOTE]
    for paper in valid:
        if paper.kind is PaperKind.INVOICE:
            credited = sum(note.amount.minor for note in notes if note.invoice_no == paper.number)
            worth = max(0, paper.amount.minor - credited)
            if paper.order_no is None:
                loose += worth
            else:
                invoiced[paper.order_no] += worth
    orders = {p.number: p.amount.minor for p in valid if p.kind is PaperKind.ORDER}
    trades = sum(max(orders.get(no, 0), invoiced[no]) for no in orders.keys() | invoiced.keys())
    numbers = {paper.number for paper in valid if paper.kind is PaperKind.INVOICE}
    unnamed = sum(note.amount.minor for note in notes if note.invoice_no not in numbers)
    return Money(max(0, loose + trades - unnamed), currency)


def entrusted_fault(
    rule: EntrustedRule, amount: Money, payee: Payee, evidence: Evidence
) -> Refusal | None:
    """Why `amount` may not be paid to `payee` under `rule`; None if it may (or need not be so)."""
    if not rule.asks(amount):
        return None
    naming = [paper for paper in evidence.papers if paper.kind is not PaperKind.CREDIT_NOTE]
    valid = [paper for paper in _distinct(naming) if not paper.void]
    left = covered(evidence.papers, amount.currency) - Money(evidence.paid, amount.currency)
    faults = (
        ("entrusted.payee_unidentified", payee.uscc is None),
        ("entrusted.payee_is_borrower", payee.uscc == evidence.borrower_uscc),
        ("entrusted.payee_not_in_evidence", not naming),
        ("entrusted.evidence_void", not valid),
        ("entrusted.account_differs", not _account_known(payee, valid, evidence)),
        ("entrusted.evidence_exceeded", left < amount),
    )
    code = next((code for code, so in faults if so), None)
    return None if code is None else Refusal(code, *_TEXTS[code], {"left": max(0, left.minor)})


def papers_used(evidence: Evidence) -> tuple[UUID, ...]:
    """The documents an entrusted payment rests on."""
    return tuple(paper.document_id for paper in evidence.papers if not paper.void)


def _account_known(payee: Payee, papers: Sequence[Paper], evidence: Evidence) -> bool:
    """The account stands in a valid paper, or in the register together with the payee's name."""
    account = plain(payee.account)
    if any(paper.account and plain(paper.account) == account for paper in papers):
        return True
    registered = account in {plain(known) for known in evidence.accounts}
    return registered and plain(payee.name) in {plain(name) for name in evidence.names}


def plain(value: str) -> str:
    """A name or account number in one way of writing: NFKC, no blanks, upper case."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


def _distinct(papers: Iterable[Paper]) -> list[Paper]:
    """One paper per kind and number: void if any copy is, else the copy of the smallest amount."""
    found: dict[tuple[PaperKind, str], Paper] = {}
    for paper in papers:
        key = paper.kind, paper.number
        known = found.get(key)
        if known is None or (not known.void and (paper.void or paper.amount < known.amount)):
            found[key] = paper
    return list(found.values())


_TEXTS: Final[Mapping[str, tuple[Text, Text]]] = {
    "entrusted.payee_unidentified": (
        Text("受托支付须写明收款人统一社会信用代码", "an entrusted payment names the payee's USCC"),
        Text("请补充收款人统一社会信用代码", "give the payee's unified social credit code"),
    ),
    "entrusted.payee_is_borrower": (
        Text("受托支付不得付给借款人自己", "an entrusted payment is not paid to the borrower"),
        Text("请付给订单或发票中的供货方", "name the seller of an order or invoice as the payee"),
    ),
    "entrusted.payee_not_in_evidence": (
        Text(
            "没有收款人为卖方、借款人为买方的订单或发票",
            "no order or invoice has the payee as seller and the borrower as buyer",
        ),
        Text("请提交与收款人的采购订单或发票", "file the purchase order or invoice of this payee"),
    ),
    "entrusted.evidence_void": (
        Text("收款人的订单或发票均已作废", "every order and invoice of this payee is void"),
        Text("请提交有效的订单或发票", "file a valid order or invoice"),
    ),
    "entrusted.account_differs": (
        Text(
            "收款账户与单据或企业登记的户名账号不符",
            "the account is not the one in the papers, nor registered under the payee's name",
        ),
        Text(
            "请使用单据所载账户, 或先登记收款人的账户",
            "use the account the papers name, or register the payee's account first",
        ),
    ),
    "entrusted.evidence_exceeded": (
        Text("付款超过单据尚未支付的金额", "the payment exceeds what the papers leave unpaid"),
        Text("请减少金额或补充单据", "lower the amount, or file more orders or invoices"),
    ),
}
