"""Who may say what: a document is believed for what it is only from whom may say it.

Who speaks for a party speaks for that party alone: he confirms no payable of another (approvals),
and no bank's money moves by his word (statements and payment statuses come from the bank's own
connections). What may not be said is refused before it is filed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from heliu.flows.funds.api import CONNECTORS as FUNDS
from heliu.flows.information.api import CONNECTORS as INFORMATION
from heliu.flows.intake.api import Blob, Complaint, Kind, TradeDocument, Unreadable, read_blob
from heliu.ground.text import Text

NOT_YOURS: Final = "document.not_yours"
NOT_PERMITTED: Final = "permission.denied"
# Formats whose content carries authority; every other one is evidence, weighed by verification.
_AUTHORITATIVE: Final = (*FUNDS, *INFORMATION)
_OF_THE_BANK: Final = frozenset({Kind.BANK_ENTRY, Kind.PAYMENT_STATUS})
_ASKED: Final = {Kind.PARTY: "parties:write", Kind.APPROVAL: "approvals:write"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who sends documents: for which party (USCC; None: the bank), with which permissions."""

    party: str | None
    permissions: frozenset[str]


def checked(speaker: Speaker, items: Sequence[Blob | Unreadable]) -> list[Blob | Unreadable]:
    """The items in order; what the speaker may not say is `Unreadable` with the reason."""
    return [_checked(speaker, item) for item in items]


def _checked(speaker: Speaker, item: Blob | Unreadable) -> Blob | Unreadable:
    if isinstance(item, Unreadable):
        return item
    _, reading = read_blob(_AUTHORITATIVE, item)
    for document in reading.documents:
        complaint = _complaint(speaker, document)
        if complaint is not None:
            return Unreadable(item.source, item.file, complaint)
    return item


def _complaint(speaker: Speaker, document: TradeDocument) -> Complaint | None:
    permission = _ASKED.get(document.kind)
    if permission is not None and permission not in speaker.permissions:
        zh, en = f"没有权限 {permission}", f"{permission} was not granted"
        return Complaint(NOT_PERMITTED, document.place, Text(zh, en))
    if speaker.party is None:
        return None
    if document.kind in _OF_THE_BANK:
        zh, en = "银行流水只能由银行连接提交", "only the bank's connections bring bank statements"
        return Complaint(NOT_YOURS, document.place, Text(zh, en))
    if "issuer" in document.attributes and document.attributes["issuer"] != speaker.party:
        zh, en = "issuer 不是提交者的企业", "the issuer is not the party that sends this"
        return Complaint(NOT_YOURS, document.place, Text(zh, en))
    return None
