"""What the voucher commands read: the YAML of an issue, papers by file or digest, amounts."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from heliu.books.vouchers.api import Backing, Issue, TenorRule
from heliu.ground.errors import Refusal
from heliu.ground.money import Inexact, Money
from heliu.ground.text import Text

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MAX_BYTES: Final = 1 << 20
Words = Annotated[str, Field(min_length=1, max_length=64)]
Amount = Annotated[str, Field(pattern=r"^\d{1,14}(\.\d{1,4})?$")]


class _Invoice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=64)] = ""
    number: Words
    check_digits: Annotated[str, Field(max_length=64)] = ""
    amount: Amount
    use: Amount | None = None
    document: Words | Annotated[str, Field(max_length=4096)]


class _Issue(BaseModel):
    model_config = ConfigDict(extra="forbid")

    issuer: Words
    payee: Words
    amount: Amount
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"
    due_on: date
    invoices: Annotated[list[_Invoice], Field(min_length=1, max_length=1000)]


def read_issue(file: Path, key: UUID, on: date, tenor: TenorRule) -> Issue:
    """The issue a YAML file asks for. Raises Refusal `voucher.file` naming the field."""
    try:
        raw = yaml.safe_load(_bytes(file))
        asked = _Issue.model_validate(raw)
    except yaml.YAMLError as error:
        raise _bad(f"{file}", " ".join(str(error).split())) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise _bad(".".join(str(part) for part in first["loc"]), first["msg"]) from error
    backing = tuple(
        Backing(
            *(one.code, one.number, one.check_digits),
            money(one.amount, asked.currency).minor,
            money(one.use or one.amount, asked.currency).minor,
            digest_of(one.document, beside=file),
        )
        for one in asked.invoices
    )
    return Issue(
        key=key,
        on=on,
        by=asked.issuer,
        payee=asked.payee,
        amount=money(asked.amount, asked.currency),
        due_on=asked.due_on,
        backing=backing,
        tenor=tenor,
    )


def digest_of(paper: str, *, beside: Path | None = None) -> str:
    """The SHA-256 (lower-case hex) that `paper` is, or that of the file it names."""
    if _DIGEST.fullmatch(paper):
        return paper
    return sha256(_bytes(beside.parent / paper if beside else Path(paper))).hexdigest()


def money(text: str, currency: str = "CNY") -> Money:
    """An amount in major units. Raises Refusal `voucher.file` for what is none."""
    try:
        return Money.of(Decimal(text), currency)
    except (Inexact, InvalidOperation, AssertionError, OverflowError, ValueError) as error:
        raise _bad(text[:40], "an amount such as 600000.00") from error


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _bad(str(path), f"cannot be read: {error.strerror}") from error
    if len(data) > _MAX_BYTES and path.suffix in {".yaml", ".yml"}:
        raise _bad(str(path), "larger than 1 MiB")
    return data


def _bad(where: str, what: str) -> Refusal:
    return Refusal(
        "voucher.file",
        Text(f"{where} 有误: {what}", f"{where}: {what}"),
        Text("请更正后重新提交", "correct it and send it again"),
        {"field": where},
    )
