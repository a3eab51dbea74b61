"""Files of loan commands: YAML (or JSON) of contracts to open and acts to book, read at the wall.

Amounts are quoted strings in major units; every command may carry a key that makes it idempotent.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
import yaml

from heliu.credit.engine.api import EventKind, event_from_json
from heliu.credit.lending.api import Act, EnterStage, Funds, Open
from heliu.ground.errors import Fault, Refusal
from heliu.ground.ids import uuid7
from heliu.ground.money import Inexact, Money
from heliu.ground.text import Text
from heliu.payments.orders.api import Payee


class OpenForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A contract to open."""

    product: str
    borrower: str
    principal: str
    annual_rate: str
    periods: int
    currency: str = "CNY"
    on: date | None = None
    obligor: str | None = None
    programme: str | None = None
    inputs: dict[str, bool | int | str] = {}
    papers: dict[str, list[UUID]] = {}
    base_value: str | None = None
    key: UUID | None = None


class PayeeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whom a draw or a refund is paid on to."""

    name: str
    account: str
    uscc: str | None = None
    bank: str | None = None


class ActForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Something that happens to a contract; `detail` as its kind asks."""

    contract: UUID
    kind: EventKind
    amount: str | None = None
    currency: str = "CNY"
    on: date | None = None
    detail: dict[str, Any] | None = None
    funds: Funds = Funds.DEPOSIT
    payee: PayeeForm | None = None
    lots: list[UUID] = []
    key: UUID | None = None


class StageForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A stage the papers of a contract enter."""

    contract: UUID
    stage: str
    papers: dict[str, list[UUID]] = {}
    base_value: str | None = None
    currency: str = "CNY"
    on: date | None = None
    key: UUID | None = None


class _Loader(yaml.SafeLoader):
    """YAML 1.2's booleans: `on` is a word, as people mean it."""


_BOOL: Final = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != _BOOL]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"(?:true|false)$"), list("tf"))

Form = TypeVar("Form", OpenForm, ActForm, StageForm)
Command = TypeVar("Command", Open, Act, EnterStage)


def read_opens(path: Path, today: date, now: datetime) -> list[Open]:
    """The contracts to open that `path` lists. Raises Refusal `loan_file.invalid`."""
    return _read(path, OpenForm, lambda form: _open(form, today, now))


def read_acts(path: Path, today: date, now: datetime) -> list[Act]:
    """The acts to book that `path` lists. Raises Refusal `loan_file.invalid`."""
    return _read(path, ActForm, lambda form: _act(form, today, now))


def read_stages(path: Path, today: date, now: datetime) -> list[EnterStage]:
    """The stages to enter that `path` lists. Raises Refusal `loan_file.invalid`."""
    return _read(path, StageForm, lambda form: _stage(form, today, now))


def papers_of(said: Sequence[str]) -> dict[str, tuple[UUID, ...]]:
    """Papers by kind, each said as KIND=DOCUMENT-ID. Raises Refusal `loan_file.invalid`."""
    papers: dict[str, tuple[UUID, ...]] = {}
    for one in said:
        kind, _, document = one.partition("=")
        try:
            papers[kind] = (*papers.get(kind, ()), UUID(document))
        except ValueError as error:
            raise invalid("paper", f"{one!r} is not KIND=DOCUMENT-ID") from error
    return papers


def money_of(said: str, currency: str) -> Money:
    """An amount in major units. Raises Refusal `loan_file.invalid`."""
    try:
        return Money.of(said, currency)
    except (Inexact, InvalidOperation, ValueError) as error:
        raise invalid("amount", f"{said!r} is no amount of {currency}") from error


def invalid(place: str, what: str) -> Refusal:
    """What is wrong, and where."""
    return Refusal(
        "loan_file.invalid",
        Text(f"{place} 有误: {what}", f"{place}: {what}"),
        Text("按所列位置改正后重试", "correct the place named and run again"),
        {"place": place},
    )


def _read(path: Path, shape: type[Form], made: Callable[[Form], Command]) -> list[Command]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe one
    except OSError as error:
        raise invalid(path.name, error.strerror or "it cannot be read") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise invalid(path.name, " ".join(str(error).split())) from error
    rows = data if isinstance(data, list) else [data]
    commands = []
    for number, row in enumerate(rows, start=1):
        try:
            commands.append(made(msgspec.convert(row, shape, strict=False)))
        except msgspec.ValidationError as error:
            raise invalid(f"{path.name}, entry {number}", str(error)) from error
    return commands


def _open(form: OpenForm, today: date, now: datetime) -> Open:
    base = form.base_value
    return Open(
        key=form.key or uuid7(now),
        product=form.product,
        borrower_uscc=form.borrower,
        principal=money_of(form.principal, form.currency),
        annual_rate=_rate(form.annual_rate),
        on=form.on or today,
        periods=form.periods,
        obligor_uscc=form.obligor,
        programme=form.programme,
        inputs=form.inputs,
        evidence={kind: tuple(papers) for kind, papers in form.papers.items()},
        base_value=None if base is None else money_of(base, form.currency),
    )


def _act(form: ActForm, today: date, now: datetime) -> Act:
    key, on = form.key or uuid7(now), form.on or today
    said = {"no": 1, "kind": form.kind.value, "on": on.isoformat(), "recorded_on": on.isoformat()}
    try:
        event = event_from_json(said | {"id": str(key), "detail": form.detail})
    except Fault as error:
        raise invalid("detail", str(error)) from error
    return Act(
        key=key,
        contract_id=form.contract,
        kind=form.kind,
        on=on,
        amount=None if form.amount is None else money_of(form.amount, form.currency),
        detail=event.detail,
        funds=form.funds,
        payee=None
        if form.payee is None
        else Payee(form.payee.name, form.payee.account, form.payee.uscc, form.payee.bank),
        lots=tuple(form.lots),
    )


def _stage(form: StageForm, today: date, now: datetime) -> EnterStage:
    base = form.base_value
    return EnterStage(
        key=form.key or uuid7(now),
        contract_id=form.contract,
        stage=form.stage,
        on=form.on or today,
        evidence={kind: tuple(papers) for kind, papers in form.papers.items()},
        base_value=None if base is None else money_of(base, form.currency),
    )


def _rate(said: str) -> Decimal:
    try:
        return Decimal(said)
    except InvalidOperation as error:
        raise invalid("annual_rate", f"{said!r} is no rate") from error
