"""The information flow as one JSON document: parties, approvals, prices, warnings.

One document an item, `place` its JSON pointer. A bad item is dropped with a FLAGGED complaint and
the rest is kept; only a wrong envelope refuses the whole. Every document's attributes name the
`issuer` (USCC): whether he may say this is not the connector's to judge. Of two items with one
identity in a document, the first is kept.

PARTY: seller is the party; attributes name, name_en, uscc, legal_representative, phone, address,
accounts and roles (comma-joined), shareholders and guarantors (see ties), status, registered_on.
APPROVAL: references invoice, totals.payable, accepted, due_on; attributes status, reason.
PRICE: one line; the sender does not say whose item number it is, so it stands under every scheme;
attributes valid_from, valid_until [start, end). WARNING: attributes subject, kind, severity,
text_zh, text_en.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from heliu.flows.information.master_data_rules import (
    SECTIONS,
    Fault,
    Json,
    envelope_faults,
    item_faults,
)
from heliu.flows.information.ties import Tie, write_ties
from heliu.flows.intake.api import (
    Blob,
    Complaint,
    Facts,
    Head,
    Kind,
    Line,
    PartyRef,
    Reading,
    Severity,
    Totals,
    TradeDocument,
)
from heliu.ground.clock import BANK_ZONE
from heliu.ground.text import Text

FORMAT: Final = "heliu-information"
_SCHEMES: Final = ("buyer", "seller", "standard", "name")
_IDENTITY: Final[Mapping[str, str]] = {"parties": "uscc"}
_PARTY_WORDS: Final = (
    "name",
    "name_en",
    "uscc",
    "legal_representative",
    "phone",
    "address",
    "status",
    "registered_on",
)


class MasterDataConnector:
    """Reads the house's own information flow documents."""

    name = FORMAT

    def recognises(self, head: Head) -> bool:
        """An object whose format says so."""
        return isinstance(head.json, dict) and head.json.get("format") == FORMAT

    def read(self, blob: Blob, head: Head) -> Reading:
        """A document for every sound item, a complaint for every fault."""
        del blob
        json: Any = head.json
        refused = [_complaint("", fault, Severity.REFUSED) for fault in envelope_faults(json)]
        if refused:
            return Reading(_facts(json, {}), complaints=tuple(refused))
        said_on = datetime.fromisoformat(json["issued_at"]).astimezone(BANK_ZONE).date()
        complaints: list[Complaint] = []
        documents: list[TradeDocument] = []
        kept: dict[str, list[Json]] = {section: [] for section in SECTIONS}
        for section in SECTIONS:
            seen: set[str] = set()
            for at, item in enumerate(json.get(section, ())):
                place = f"/{section}/{at}"
                faults = item_faults(section, item) or _double(section, item, seen)
                complaints.extend(_complaint(place, fault, Severity.FLAGGED) for fault in faults)
                if not faults:
                    kept[section].append(item)
                    made = _MADE[section](item, place, json["issuer"])
                    # What names no day of its own counts from the day it was said.
                    documents.append(made if made.issued_on else replace(made, issued_on=said_on))
        return Reading(_facts(json, kept), tuple(documents), tuple(complaints))


def _complaint(place: str, fault: Fault, severity: Severity) -> Complaint:
    message = Text(fault.zh, fault.en)
    return Complaint(f"information.{fault.code}", place + fault.at or "/", message, severity)


def _double(section: str, item: Json, seen: set[str]) -> list[Fault]:
    key = _IDENTITY.get(section, "id")
    if item[key] in seen:
        zh, en = f"{item[key]} 在本文件中重复", f"{item[key]} stands twice in this document"
        return [Fault("double", f"/{key}", zh, en)]
    seen.add(item[key])
    return []


def _facts(json: Any, kept: Mapping[str, list[Json]]) -> Facts:
    said = json if isinstance(json, dict) else {}
    return {
        "well_formed": True,
        "type": FORMAT,
        **{key: said[key] for key in ("version", "issuer", "issued_at") if _is_word(said, key)},
        **{section: items for section, items in kept.items() if items},
    }


def _is_word(said: Json, key: str) -> bool:
    return isinstance(said.get(key), str | int)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _party(item: Json, place: str, issuer: str) -> TradeDocument:
    accounts = [held["account"] for held in item.get("accounts", ())]
    holders = [Tie(h["name"], h["share"], h.get("uscc")) for h in item.get("shareholders", ())]
    guarantors = [Tie(g["name"], uscc=g.get("uscc")) for g in item.get("guarantors", ())]
    attributes = {key: item[key] for key in _PARTY_WORDS if key in item}
    lists = {
        "accounts": ",".join(accounts),
        "roles": ",".join(item["roles"]),
        "shareholders": write_ties(holders),
        "guarantors": write_ties(guarantors),
    }
    attributes |= {key: joined for key, joined in lists.items() if joined}
    return TradeDocument(
        Kind.PARTY,
        item["uscc"],
        place,
        None,
        seller=PartyRef(
            item["name"],
            item["uscc"],
            accounts[0] if accounts else None,
            item.get("address"),
            item.get("phone"),
        ),
        attributes={**attributes, "issuer": issuer},
    )


def _approval(item: Json, place: str, issuer: str) -> TradeDocument:
    attributes = {key: item[key] for key in ("status", "reason") if key in item}
    return TradeDocument(
        Kind.APPROVAL,
        item["id"],
        place,
        _day(item["approved_on"]),
        currency=item["currency"],
        seller=PartyRef(tax_id=item["seller"]),
        buyer=PartyRef(tax_id=item["buyer"]),
        due_on=_day(item.get("due_on")),
        accepted=item["status"] == "confirmed",
        references={"invoice": (item["invoice"],)},
        totals=Totals(payable=Decimal(item["amount"])),
        attributes={**attributes, "issuer": issuer},
    )


def _price(item: Json, place: str, issuer: str) -> TradeDocument:
    keys = {scheme: str(item["item"]) for scheme in _SCHEMES}
    line = Line("1", place, keys, unit=item["unit"], price=Decimal(item["price"]))
    period = {"valid_from": item["valid_from"], "valid_until": item["valid_until"]}
    return TradeDocument(
        Kind.PRICE,
        item["id"],
        place,
        None,
        currency=item["currency"],
        lines=(line,),
        attributes={**period, "issuer": issuer},
    )


def _warning(item: Json, place: str, issuer: str) -> TradeDocument:
    words = ("subject", "kind", "severity", "text_zh", "text_en")
    attributes = {key: item[key] for key in words}
    return TradeDocument(
        Kind.WARNING,
        item["id"],
        place,
        _day(item["raised_on"]),
        attributes={**attributes, "issuer": issuer},
    )


_MADE: Final[Mapping[str, Callable[[Json, str, str], TradeDocument]]] = {
    "parties": _party,
    "approvals": _approval,
    "prices": _price,
    "warnings": _warning,
}
