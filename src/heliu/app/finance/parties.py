"""From party documents to the party desk's commands."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from heliu.flows.information.api import Tie, read_ties
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
        relations=(
            *(_relation(RelationKind.SHAREHOLDER, t) for t in read_ties(said.get("shareholders"))),
            *(_relation(RelationKind.GUARANTOR, t) for t in read_ties(said.get("guarantors"))),
        ),
    )


def _relation(kind: RelationKind, tie: Tie) -> Relation:
    share = None if tie.share is None else Decimal(tie.share)
    return Relation(kind, tie.name, tie.uscc, share)


def _listed(text: str | None) -> list[str]:
    return [part for part in (text or "").split(",") if part]
