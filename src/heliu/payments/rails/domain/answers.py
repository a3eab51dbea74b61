"""What a rail says, read by the funds desk's connector and put into a few words.

pacs.002 and pain.002 report, camt.054 (and 052, 053) book, pacs.004 returns. Status codes: ISO
20022 external code set ExternalPaymentTransactionStatus1Code and ExternalPaymentGroupStatus1Code.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from heliu.flows.funds.api import CONNECTORS
from heliu.flows.intake.api import Blob, Cash, Kind, TradeDocument, read_blob


class Verdict(StrEnum):
    """What a rail's answer says of a payment, whatever message it came in."""

    ACCEPTED = "accepted"
    SETTLED = "settled"
    REJECTED = "rejected"
    NOT_RECEIVED = "not_received"
    RETURNED = "returned"


# Settled on the debtor's or the creditor's side; under way; refused. Other codes (ACWC: with
# change; PART: partly) decide nothing for a single payment, and a person looks.
_VERDICTS: Final[Mapping[str, Verdict]] = {
    **dict.fromkeys(("ACSC", "ACCC"), Verdict.SETTLED),
    **dict.fromkeys(
        ("RCVD", "PDNG", "ACTC", "ACCP", "ACFC", "ACSP", "ACWP", "PATC"), Verdict.ACCEPTED
    ),
    **dict.fromkeys(("RJCT", "CANC"), Verdict.REJECTED),
}
# "No original transaction received": the answer to a status query about what never arrived.
NEVER_RECEIVED: Final = "NOOR"
_NOT_PROVIDED: Final = frozenset({"NOTPROVIDED", "NOT PROVIDED", "UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What one place of a message says of one payment.

    `reference` is the original end-to-end, transaction, payment or message id. `amount` is in
    major units, None where the message does not repeat it. `verdict` None: it decides nothing.
    """

    place: str
    reference: str
    verdict: Verdict | None
    status: str | None
    reason: str | None
    amount: Decimal | None
    currency: str | None
    final: bool = True  # False: announced only, not booked


def sha256_of(body: bytes) -> str:
    """The fingerprint of a message, hex."""
    return hashlib.sha256(body).hexdigest()


def read_answers(body: bytes) -> tuple[Answer, ...]:
    """Everything a message says of payments; empty if it is no such message or cannot be read.

    Never raises on what a stranger sent.
    """
    _, reading = read_blob(CONNECTORS, Blob("rail", "", sha256_of(body), body))
    answers = (_answer(document) for document in reading.documents)
    return tuple(answer for answer in answers if answer is not None)


def _answer(document: TradeDocument) -> Answer | None:
    cash = document.cash
    if cash is None:
        return None
    match document.kind:
        case Kind.PAYMENT_STATUS:
            verdict = _VERDICTS.get(cash.status or "")
            if verdict is Verdict.REJECTED and cash.reason == NEVER_RECEIVED:
                verdict = Verdict.NOT_RECEIVED
            stated = cash.amount if document.currency is not None else None
        case Kind.BANK_ENTRY:
            verdict, stated = _entry(cash), cash.amount
        case Kind.PAYMENT_ORDER if cash.reversal:
            verdict, stated = Verdict.RETURNED, cash.amount
        case _:
            return None
    return Answer(
        document.place,
        _reference(document, cash),
        verdict,
        cash.status,
        cash.reason,
        stated,
        document.currency,
        final=document.kind is not Kind.BANK_ENTRY or cash.booked,
    )


def _entry(cash: Cash) -> Verdict | None:
    """Money out under our id is our payment, money in under it is a return."""
    if cash.credit:
        return Verdict.RETURNED
    return None if cash.reversal else Verdict.SETTLED


def _reference(document: TradeDocument, cash: Cash) -> str:
    """The id of the original payment; of a status that names none, its original message."""
    given = cash.end_to_end_id or document.number
    if given not in _NOT_PROVIDED:
        return given
    return document.attributes.get("original_message", given)
