"""Who may say what: a document is believed for what it is only from whom may say it.

A connection of a party speaks for that party: it confirms no payable of another (approvals), and
no bank's money moves by its word (statements and payment statuses come from the bank's own
connections). What it may not say is refused before it is filed.
"""

from collections.abc import Sequence
from typing import Final

from heliu.channels.web.api import Caller
from heliu.flows.funds.api import CONNECTORS as FUNDS
from heliu.flows.information.api import CONNECTORS as INFORMATION
from heliu.flows.intake.api import Blob, Complaint, Kind, TradeDocument, Unreadable, read_blob
from heliu.ground.text import Text
from heliu.parties.access.api import Permission

NOT_YOURS: Final = "document.not_yours"
NOT_PERMITTED: Final = "permission.denied"
# Formats whose content carries authority; every other one is evidence, weighed by verification.
_AUTHORITATIVE: Final = (*FUNDS, *INFORMATION)
_OF_THE_BANK: Final = frozenset({Kind.BANK_ENTRY, Kind.PAYMENT_STATUS})
_ASKED: Final = {
    Kind.PARTY: Permission.PARTIES_WRITE,
    Kind.APPROVAL: Permission.APPROVALS_WRITE,
}


def checked(caller: Caller, items: Sequence[Blob | Unreadable]) -> list[Blob | Unreadable]:
    """The items in order; what the caller may not say is `Unreadable` with the reason."""
    return [_checked(caller, item) for item in items]


def _checked(caller: Caller, item: Blob | Unreadable) -> Blob | Unreadable:
    if isinstance(item, Unreadable):
        return item
    _, reading = read_blob(_AUTHORITATIVE, item)
    for document in reading.documents:
        complaint = _complaint(caller, document)
        if complaint is not None:
            return Unreadable(item.source, item.file, complaint)
    return item


def _complaint(caller: Caller, document: TradeDocument) -> Complaint | None:
    permission = _ASKED.get(document.kind)
    if permission is not None and permission not in caller.connection.permissions:
        zh, en = f"连接没有权限 {permission}", f"the connection may not {permission}"
        return Complaint(NOT_PERMITTED, document.place, Text(zh, en))
    if caller.party is None:
        return None
    if document.kind in _OF_THE_BANK:
        zh, en = "银行流水只能由银行连接提交", "only the bank's connections bring bank statements"
        return Complaint(NOT_YOURS, document.place, Text(zh, en))
    if "issuer" in document.attributes and document.attributes["issuer"] != caller.party:
        zh, en = "issuer 不是该连接的企业", "the issuer is not the party of this connection"
        return Complaint(NOT_YOURS, document.place, Text(zh, en))
    return None
