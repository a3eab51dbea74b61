"""The application file: what a clerk hands in at once, YAML, validated at the wall.

Amounts and rates are quoted strings in major units. Papers are named by their files, beside it.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
import yaml
from msgspec import Meta

from heliu.credit.origination import errors
from heliu.credit.origination.domain.filing import BorrowerKind, Filing, Payee, Property
from heliu.credit.origination.domain.kyb import BankAccount, Identity, KybEvidence, Licence, Owner
from heliu.credit.origination.service import MAX_DOCUMENT
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text

_MOST_BYTES: Final = 2**20

Number = Annotated[str, Meta(pattern=r"^[0-9]{1,13}(\.[0-9]{1,8})?$")]
Words = Annotated[str, Meta(min_length=1, max_length=200)]


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    pass


class _Product(_Strict):
    code: Words
    version: Annotated[int, Meta(ge=1)]


class _Borrower(_Strict):
    kind: BorrowerKind
    code: Words


class _Payee(_Strict):
    name: Words
    account: Words


class _Property(_Strict):
    value: Number
    debtor: Words
    reference: Words
    due_on: date | None = None


class _Paper(_Strict):
    kind: Words
    file: Words


class _Licence(_Strict):
    code: Words
    name: Words
    legal_representative: Words
    valid_until: date | None = None


class _Owner(_Strict):
    name: Words
    share: Number


class _Account(_Strict):
    number: Words
    holder: Words


class _Identity(_Strict):
    name: Words
    channel: Words


class _Kyb(_Strict):
    licence: _Licence | None = None
    owners: list[_Owner] = []
    account: _Account | None = None
    identity: _Identity | None = None


class _Consent(_Strict):
    text: Words
    valid_from: date
    valid_to: date


class _File(_Strict):
    product: _Product
    borrower: _Borrower
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    amount: Number
    base_rate: Number
    tenor_days: int
    purpose: Words
    turnover: Number
    payee: _Payee | None = None
    property: _Property | None = None
    inputs: dict[Words, bool | int | str] = {}
    papers: list[_Paper] = []
    kyb: _Kyb | None = None
    consent: _Consent | None = None


class Consented(NamedTuple):
    """The text of a consent, byte for byte, and when it holds: [valid_from, valid_to)."""

    text: bytes
    valid_from: date
    valid_to: date


class HandedIn(NamedTuple):
    """An application with its papers (kind, bytes), checklist and consent."""

    filing: Filing
    papers: tuple[tuple[str, bytes], ...]
    kyb: KybEvidence | None
    consent: Consented | None


def read_application(path: Path) -> HandedIn:
    """The application in that file. Raises Refusal `origination.file` naming what is wrong."""
    try:
        said = msgspec.convert(yaml.safe_load(_bytes(path, _MOST_BYTES)), _File)
        filing, kyb = _filing(said), _kyb(said.kyb) if said.kyb else None
    except (yaml.YAMLError, msgspec.ValidationError, ValueError) as error:  # no such day, no fen
        raise _wrong(path, " ".join(str(error).split())) from error
    papers = tuple((p.kind, _bytes(path.parent / p.file, MAX_DOCUMENT)) for p in said.papers)
    consent = None
    if said.consent is not None:
        text = _bytes(path.parent / said.consent.text, _MOST_BYTES)
        consent = Consented(text, said.consent.valid_from, said.consent.valid_to)
    return HandedIn(filing, papers, kyb, consent)


def _filing(said: _File) -> Filing:
    held, payee = said.property, said.payee
    return Filing(
        borrower_kind=said.borrower.kind,
        borrower=said.borrower.code,
        product_code=said.product.code,
        product_version=said.product.version,
        amount=Money.of(said.amount, said.currency),
        base_rate=Decimal(said.base_rate),
        tenor_days=said.tenor_days,
        purpose=said.purpose,
        turnover=Money.of(said.turnover, said.currency),
        property=_property(held, said.currency) if held else None,
        payee=Payee(payee.name, payee.account) if payee else None,
        inputs=said.inputs,
    )


def _property(held: _Property, currency: str) -> Property:
    return Property(Money.of(held.value, currency), held.debtor, held.reference, held.due_on)


def _kyb(said: _Kyb) -> KybEvidence:
    shown, account, identity = said.licence, said.account, said.identity
    return KybEvidence(
        licence=_licence(shown) if shown else None,
        owners=tuple(Owner(owner.name, Decimal(owner.share)) for owner in said.owners),
        account=BankAccount(account.number, account.holder) if account else None,
        identity=Identity(identity.name, identity.channel) if identity else None,
    )


def _licence(shown: _Licence) -> Licence:
    return Licence(shown.code, shown.name, shown.legal_representative, shown.valid_until)


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            read = file.read(most + 1)
    except OSError as error:
        raise _wrong(path, error.strerror or "unreadable") from error
    if len(read) > most:
        raise errors.document_size(len(read), most)
    return read


def _wrong(path: Path, words: str) -> Refusal:
    return Refusal(
        "origination.file",
        Text(f"申请文件 {path.name} 有误: {words}", f"application file {path.name}: {words}"),
        Text("改正后重试", "correct it and run again"),
        {"file": path.name},
    )
