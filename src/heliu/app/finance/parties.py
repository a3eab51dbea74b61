"""From party documents to the party desk's commands."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from heliu.flows.intake.api import Filed, Kind
from heliu.parties.party.api import (
    Account,
    Profile,
    RecordParty,
    Relation,
    RelationKind,
    Role,
    Status,
)


def party_commands(
    documents: Iterable[Filed], on: date, now: datetime
) -> list[tuple[Filed, RecordParty]]:
    """One command per party document, effective on `on`."""
    return [
        (filed, RecordParty(_profile(filed), effective_on=on, recorded_at=now))
        for filed in documents
        if filed.document.kind is Kind.PARTY
    ]


def _profile(filed: Filed) -> Profile:
    said = filed.document.attributes
    registered = said.get("registered_on")
    return Profile(
        uscc=filed.document.number,
        name_zh=said.get("name", ""),
        name_en=said.get("name_en"),
        status=Status(said.get("status", "active")),
        roles=frozenset(Role(role) for role in _listed(said.get("roles"))),
        legal_representative=said.get("legal_representative"),
        phone=said.get("phone"),
        address=said.get("address"),
        registered_on=date.fromisoformat(registered) if registered else None,
        accounts=tuple(Account(number) for number in _listed(said.get("accounts"))),
        relations=tuple(map(_shareholder, _listed(said.get("shareholders")))),
    )


def _shareholder(text: str) -> Relation:
    name, share = text.rsplit("=", 1)
    return Relation(RelationKind.SHAREHOLDER, name, share=Decimal(share))


def _listed(text: str | None) -> list[str]:
    return [part for part in (text or "").split(",") if part]
