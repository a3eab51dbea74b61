"""A proposal: what the maker would say of payables, and the message the checker's word makes. Pure.

The message is a document of the house's information flow: whoever confirms by machine sends the
same. Its issuer is the enterprise, whose two people stand behind it.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from heliu.channels.pages.api import yuan
from heliu.channels.portal.payables import Payable
from heliu.flows.information.api import FORMAT
from heliu.ground.clock import BANK_ZONE
from heliu.ground.money import Money
from heliu.ground.text import Text

KIND: Final = "enterprise.payables"
MAX_REASON: Final = 400
_NAMED: Final = 3


class Act(StrEnum):
    """What is said of payables."""

    CONFIRM = "confirm"
    DISPUTE = "dispute"


class Outcome(StrEnum):
    """How the second person ruled: it was said to the bank, or given back to the maker."""

    SAID = "said"
    RETURNED = "returned"


ACT_TEXT: Final[Mapping[Act, Text]] = {
    Act.CONFIRM: Text("确认应付", "Confirm payables"),
    Act.DISPUTE: Text("提出争议", "Dispute payables"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One payable of a proposal; `amount` is what would be confirmed (> 0)."""

    receivable: UUID
    supplier: str
    invoice_no: str
    amount: Money
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What became of a proposal; `message` is what was filed, if it was said."""

    outcome: Outcome
    reason: str
    message: bytes | None
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody of `party` proposes to say of its payables; `reason` is for disputes."""

    id: UUID
    party: str
    act: Act
    reason: str
    items: tuple[Item, ...]
    by: UUID
    at: datetime
    ruling: Ruling | None = None

    @property
    def total(self) -> Money:
        """What its items come to."""
        currency = self.items[0].amount.currency
        return Money(sum(item.amount.minor for item in self.items), currency)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all it says: the sentence that is signed names it."""
        said = [(i.invoice_no, i.supplier, i.amount.minor, i.amount.currency) for i in self.items]
        whole = (self.party, self.act, self.reason, said)
        return hashlib.sha256(msgspec.json.encode(whole)).hexdigest()


def items_of(
    payables: Sequence[Payable], amounts: Mapping[UUID, Money] | None = None
) -> tuple[Item, ...]:
    """Payables as the items of a proposal, whole or with the amount said of them (never above).

    What has no amount is nothing to confirm.
    """
    said = amounts or {}
    shares = [(one, min(said.get(one.id, one.invoiced), one.invoiced)) for one in payables]
    return tuple(
        Item(one.id, one.receivable.supplier, one.receivable.invoice_no, amount, one.due_on)
        for one, amount in shares
        if amount.minor > 0
    )


def order_text(proposal: Proposal, names: Mapping[str, Text]) -> Text:
    """The sentence that the checker signs."""
    count, total = len(proposal.items), yuan(proposal.total.minor)
    owed = Counter(item.supplier for item in proposal.items)
    listed = [(names.get(uscc, Text(uscc, uscc)), n) for uscc, n in owed.most_common(_NAMED)]
    more = len(owed) - len(listed)
    zh = "、".join(f"{name.zh} {n} 笔" for name, n in listed) + (
        f" 等 {more + _NAMED} 家" * (more > 0)
    )
    en = ", ".join(f"{name.en} ({n})" for name, n in listed) + (f" and {more} more" * (more > 0))
    mark = proposal.digest[:16]
    if proposal.act is Act.CONFIRM:
        return Text(
            f"确认 {count} 笔应付账款，合计 {total}：{zh}。到期无条件付款。清单摘要 {mark}。",
            f"Confirm {count} payables, {total} in all: {en}. They will be paid when due. "
            f"List {mark}.",
        )
    return Text(
        f"对 {count} 笔应付账款提出争议，合计 {total}：{zh}。"
        f"原因：{proposal.reason}。清单摘要 {mark}。",
        f"Dispute {count} payables, {total} in all: {en}. Reason: {proposal.reason}. List {mark}.",
    )


def message_of(proposal: Proposal, on: date, at: datetime) -> bytes:
    """The approvals document that says it, on business day `on`, issued at the instant `at`."""
    said = {
        "format": FORMAT,
        "version": 1,
        "issuer": proposal.party,
        "issued_at": at.astimezone(BANK_ZONE).isoformat(timespec="seconds"),
        "approvals": [_approval(proposal, number, on) for number in range(len(proposal.items))],
    }
    return msgspec.json.encode(said)


def _approval(proposal: Proposal, number: int, on: date) -> dict[str, str]:
    item = proposal.items[number]
    said = {
        "id": f"P-{proposal.id.hex[:12]}-{number + 1}",
        "invoice": item.invoice_no,
        "seller": item.supplier,
        "buyer": proposal.party,
        "amount": str(item.amount.amount),
        "currency": item.amount.currency,
        "approved_on": on.isoformat(),
        "status": "confirmed" if proposal.act is Act.CONFIRM else "rejected",
    }
    if item.due_on is not None:
        said["due_on"] = item.due_on.isoformat()
    if proposal.reason:
        said["reason"] = proposal.reason
    return said
