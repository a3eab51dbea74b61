"""What the acts are asked with: the bodies of the hot routes, one struct per act.

Every member is a text, so that a key written twice shows in the number of quotation marks.
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, field

from heliu.channels.web.api import Invalid, check_quotes, no, parse_strictly, place_in_body
from heliu.credit.instants.api import ActKind, Ask, Payee

MAX_BULK: Final = 1000


def _text(pattern: str, description: str) -> Meta:
    # Python's "$" also matches before a last line feed; "^$" of ECMA-262 stand in the document.
    return Meta(pattern=rf"\A{pattern}\Z", description=description)


Amount = Annotated[
    str,
    _text(
        r"(?!0(\.0+)?$)(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?",
        "More than zero, in major units of the receivable's currency. Left out: all there is.",
    ),
]
Name = Annotated[
    str,
    _text(
        r"[^\s\u0000-\u001f\u007f][^\u0000-\u001f\u007f]{0,139}", "As the account's bank has it."
    ),
]
Account = Annotated[str, _text(r"[^\s,\u0000-\u001f\u007f]{1,40}", "Account number or IBAN.")]
Uscc = Annotated[
    str, _text(r"[0-9A-HJ-NPQRTUWXY]{18}", "Unified social credit code (GB 32100-2015).")
]
Key = Annotated[str, _text(r"[\x21-\x7e]{1,200}", "Names the act; the same key when you retry.")]


class PayeeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a payment goes to."""

    name: Name
    account: Account
    uscc: Uscc | None = None


class Act(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is acted on (this member's name differs by act), and how much of it."""

    subject: UUID
    amount: Amount | None = None


class Paying(Act, frozen=True, kw_only=True):
    """An act that pays: to the supplier's own account, or to the payee if one is named."""

    payee: PayeeBody | None = None


class CreditDecision(Act, frozen=True, kw_only=True):
    """Decide what may be drawn on a receivable, at which price, and why."""

    subject: UUID = field(name="receivable")


class Drawdown(Act, frozen=True, kw_only=True):
    """Draw on a credit decision: claim, limit, loan and journal at once."""

    subject: UUID = field(name="credit_decision")


class Payment(Paying, frozen=True, kw_only=True):
    """Pay what was drawn."""

    subject: UUID = field(name="drawdown")


class Financing(Paying, frozen=True, kw_only=True):
    """All three acts on one receivable: decide, draw and pay, or nothing."""

    subject: UUID = field(name="receivable")


class BulkFinancing(Financing, frozen=True, kw_only=True):
    """One financing of many, with its own key."""

    idempotency_key: Key


BODIES: Final[Mapping[ActKind, type[Act]]] = {
    ActKind.CREDIT_DECISION: CreditDecision,
    ActKind.DRAWDOWN: Drawdown,
    ActKind.PAYMENT: Payment,
    ActKind.FINANCING: Financing,
}
Body = TypeVar("Body")


def read(decoder: msgspec.json.Decoder[Body], body: bytes) -> Body:
    """The body as its struct says. Raises Refusal `json.*` or `request.invalid` with the places."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        parse_strictly(body)
        raise Invalid([place_in_body(str(error))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        parse_strictly(body)
        raise no("json.malformed", reason=str(error)) from None
    except RecursionError:
        raise no("json.too_deep") from None


def ask(kind: ActKind, act: Act, key: UUID, party: str | None) -> Ask:
    """The act as the bank is asked for it. Its digest is of what is said, not of how it is spelt.

    So a key may be sent again by another client library, alone or among many.
    """
    payee = _payee(act)
    said = msgspec.json.encode((kind, act.subject, act.amount, payee))
    digest = hashlib.sha256(said).digest()
    return Ask(key, kind, digest, party, act.subject, act.amount, payee)


def check_once(act: Act, body: bytes) -> None:
    """Raise Refusal `json.duplicate_key` if a key stands twice in `body`, which reads as `act`."""
    quotes = 4 if act.amount is None else 8
    if isinstance(act, Paying):
        if act.payee is not None:
            quotes += 10 if act.payee.uscc is None else 14
        if isinstance(act, BulkFinancing):
            quotes += 4
    check_quotes(body, quotes)


def _payee(act: Act) -> Payee | None:
    if isinstance(act, Paying) and (payee := act.payee) is not None:
        return Payee(payee.name, payee.account, payee.uscc)
    return None
