"""Information flow JSON (信息流): parties, approvals of payables, agreed prices, warnings."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from heliu.app.samples.firms import Firm, Good
from heliu.app.samples.trade import Trade
from heliu.ground.text import Text

Item = dict[str, Any]


def information(issuer: Firm, issued_on: date, **lists: Sequence[Item]) -> bytes:
    """One message; `lists` are parties, approvals, prices or warnings."""
    whole = {
        "format": "heliu-information",
        "version": 1,
        "issuer": issuer.uscc,
        "issued_at": f"{issued_on}T08:00:00+08:00",
        **{name: list(items) for name, items in lists.items()},
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def party(firm: Firm, status: str = "active") -> Item:
    """The master record of a firm."""
    return {
        "uscc": firm.uscc,
        "name": firm.zh,
        "name_en": firm.en,
        "legal_representative": firm.legal_representative,
        "phone": firm.phone,
        "address": firm.address,
        "accounts": [{"account": firm.account, "bank": firm.bank}],
        "roles": [firm.role],
        "registered_on": firm.registered_on,
        "status": status,
        "shareholders": [{"name": firm.legal_representative, "share": "0.60"}],
    }


def approval(trade: Trade) -> Item:
    """The core enterprise's answer about one payable."""
    answer = {
        "id": f"{trade.buyer.code}-AP-{trade.ordered_on:%y%m}-{trade.serial:03d}",
        "invoice": trade.invoice_no,
        "seller": trade.supplier.uscc,
        "buyer": trade.buyer.uscc,
        "amount": f"{trade.gross:.2f}",
        "currency": "CNY",
        "approved_on": trade.approved_on.isoformat(),
        "due_on": trade.due_on.isoformat(),
        "status": trade.approval,
    }
    if trade.approval == "rejected":
        answer["reason"] = "质量争议, 暂不确认"
    return answer


def price(buyer: Firm, good: Good, valid_from: date, valid_until: date) -> Item:
    """An agreed price."""
    return {
        "id": f"{buyer.code}-PR-{good.code}",
        "item": f"{buyer.code}-{good.code}",
        "unit": good.unit,
        "price": f"{good.price:.2f}",
        "currency": "CNY",
        "valid_from": valid_from.isoformat(),
        "valid_until": valid_until.isoformat(),
    }


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning about an enterprise."""

    id: str
    subject: Firm
    kind: str
    severity: str
    text: Text
    raised_on: date


def warning(warned: Warned) -> Item:
    """The warning as an item of the message."""
    return {
        "id": warned.id,
        "subject": warned.subject.uscc,
        "kind": warned.kind,
        "severity": warned.severity,
        "text_zh": warned.text.zh,
        "text_en": warned.text.en,
        "raised_on": warned.raised_on.isoformat(),
    }
