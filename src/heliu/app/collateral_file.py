"""Files of collateral acts: YAML (or JSON), one act or a list of them, read at the wall.

Every item names its `act`; quantities are in the goods' unit (quoted strings, three decimals),
amounts in major units. Keys make an act happen once; where none is given a new one is made.
"""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import yaml

from heliu.credit.collateral.api import (
    Answer,
    Ask,
    ConfirmPrice,
    CoverTerms,
    EndPledge,
    Lot,
    Offer,
    Pledge,
    Price,
    Release,
    ReleaseOrder,
    Resume,
)
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.ground.money import Inexact, Money
from heliu.ground.text import Text

_WHOLE_BP: Final = 10_000


class _Loader(yaml.SafeLoader):
    """YAML 1.1 reads the key `on` as true: here only true and false are truth values."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in rules if first in "tTfF" or not tag.endswith(":bool")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Form(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="act"):
    on: date | None = None
    currency: str = "CNY"


class OfferForm(_Form, tag="offer"):
    """What one line of a warehouse receipt says."""

    owner: str
    custodian: str
    place: str
    receipt: str
    goods: str
    item: str
    unit: str
    quantity: str
    stored_on: date
    line: int = 1
    cost: str | None = None
    batch: str | None = None


class VerifyForm(_Form, tag="verify"):
    """A lot, the custodian's filed document, and over whose connection it came."""

    lot: UUID
    document: UUID
    attested_by: str


class PledgeForm(_Form, tag="pledge"):
    """Lots for a contract, with its coverage lines in basis points."""

    contract: UUID
    pledgor: str
    financed: str
    lots: list[UUID]
    required_bp: int
    trigger_bp: int
    stop_bp: int
    cure_days: int
    key: UUID | None = None


class AnswerForm(_Form, tag="answer"):
    """What a custodian answers to an instruction."""

    instruction: UUID
    custodian: str
    accepted: bool
    quantity: str = "0"
    document: UUID | None = None


class PriceForm(_Form, tag="price"):
    """What a unit of goods costs by a source."""

    goods: str
    unit: str
    price: str
    source: str


class ConfirmForm(_Form, tag="confirm_price"):
    """A wild price that a person found true."""

    price: UUID
    reason: str


class AppraiseForm(_Form, tag="appraise"):
    """Value what is pledged against a debt."""

    contract: UUID
    debt: str


class ReleaseForm(_Form, tag="release"):
    """Set goods free for the principal paid so far, with what is still owed."""

    contract: UUID
    paid: str
    debt: str
    order: ReleaseOrder = ReleaseOrder.PROPORTIONAL
    lots: list[UUID] = []
    key: UUID | None = None


class BuyBackForm(_Form, tag="buy_back"):
    """Call the seller who still holds the goods."""

    contract: UUID
    debt: str
    key: UUID | None = None


class SeizeForm(_Form, tag="seize"):
    """Take what remains after a breach."""

    contract: UUID
    debt: str
    key: UUID | None = None


class ResumeForm(_Form, tag="resume"):
    """What was seen of the goods is explained."""

    contract: UUID


Form = (
    OfferForm
    | VerifyForm
    | PledgeForm
    | AnswerForm
    | PriceForm
    | ConfirmForm
    | AppraiseForm
    | ReleaseForm
    | BuyBackForm
    | SeizeForm
    | ResumeForm
)


def read_acts(path: Path) -> list[Form]:
    """The acts of a file, in order. Raises Refusal `collateral_file.invalid` with the place."""
    try:
        said = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  # a safe one
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise invalid(path.name, " ".join(str(error).split())) from error
    items = said if isinstance(said, list) else [said]
    return [_form(f"{path.name} [{at}]", item) for at, item in enumerate(items)]


def _form(place: str, item: Any) -> Form:
    try:
        found: Form = msgspec.convert(item, Form)
    except msgspec.ValidationError as error:
        raise invalid(place, str(error)) from error
    return found


def invalid(place: str, what: str) -> Refusal:
    """What is wrong, and where."""
    return Refusal(
        "collateral_file.invalid",
        Text(f"{place} 有误: {what}", f"{place}: {what}"),
        Text("按所列位置改正后重试", "correct the place named and run again"),
        {"place": place},
    )


def lot_of(form: OfferForm) -> Lot:
    """The lot an offer registers."""
    return Lot(
        form.owner,
        form.custodian,
        form.place,
        form.receipt,
        form.line,
        form.goods,
        form.item,
        form.unit,
        _milli(form.quantity),
        form.currency,
        form.stored_on,
        None if form.cost is None else _money(form.cost, form.currency),
        form.batch,
    )


def offer_of(form: OfferForm, today: date) -> Offer:
    """The command of an offer."""
    return Offer(lot_of(form), form.on or today)


def pledge_of(form: PledgeForm, today: date, now: datetime) -> Pledge:
    """The command of a pledge. Raises Refusal for coverage lines that do not fall in order."""
    lines = (form.required_bp, form.trigger_bp, form.stop_bp)
    if not (form.required_bp >= _WHOLE_BP and 0 < lines[2] <= lines[1] <= lines[0]):
        raise invalid("required_bp, trigger_bp, stop_bp", f"{lines} do not fall from 10000 or more")
    if form.cure_days < 1:
        raise invalid("cure_days", "at least one day")
    return Pledge(
        form.key or uuid7(now),
        form.contract,
        form.pledgor,
        _positive(form.financed, form.currency),
        CoverTerms(*lines, form.cure_days),
        tuple(form.lots),
        form.on or today,
    )


def answer_of(form: AnswerForm, today: date) -> Answer:
    """The command of a custodian's answer."""
    quantity = _milli(form.quantity) if form.accepted else 0
    return Answer(
        *(form.instruction, form.custodian, form.accepted, quantity, form.on or today),
        form.document,
    )


def price_of_form(form: PriceForm, today: date) -> Price:
    """The price a form states."""
    price = _decimal("price", form.price)
    if price <= 0:
        raise invalid("price", f"{form.price!r} is not above zero")
    return Price(
        *(form.goods, form.unit, form.currency, price, form.on or today, form.source),
    )


def confirm_of(form: ConfirmForm) -> ConfirmPrice:
    """The command of a confirmation."""
    if not form.reason.strip():
        raise invalid("reason", "a person says why")
    return ConfirmPrice(form.price, form.reason)


def ask_of(form: AppraiseForm) -> Ask:
    """What an appraisal asks."""
    return Ask(form.contract, _money(form.debt, form.currency))


def release_of(form: ReleaseForm, today: date, now: datetime) -> Release:
    """The command of a release."""
    paid, debt = (_money(said, form.currency) for said in (form.paid, form.debt))
    return Release(
        form.key or uuid7(now),
        form.contract,
        paid,
        debt,
        form.on or today,
        form.order,
        tuple(form.lots),
    )


def end_of(form: BuyBackForm | SeizeForm, today: date, now: datetime) -> EndPledge:
    """The command of a buy-back or a seizure."""
    debt = _positive(form.debt, form.currency)
    return EndPledge(form.key or uuid7(now), form.contract, debt, form.on or today)


def resume_of(form: ResumeForm, today: date) -> Resume:
    """The command that lets goods leave again."""
    return Resume(form.contract, form.on or today)


def _milli(said: str) -> int:
    quantity = _decimal("quantity", said) * 1000
    if quantity != quantity.to_integral_value() or not 0 <= quantity < 10**17:
        raise invalid("quantity", f"{said!r} is no quantity of at most three decimals")
    return int(quantity)


def _decimal(place: str, said: str) -> Decimal:
    try:
        number = Decimal(said)
    except InvalidOperation as error:
        raise invalid(place, f"{said!r} is no number") from error
    if not number.is_finite():
        raise invalid(place, f"{said!r} is no number")
    return number


def _money(said: str, currency: str) -> Money:
    try:
        money = Money.of(_decimal("amount", said), currency)
    except Inexact as error:
        raise invalid("amount", f"{said!r} is finer than a minor unit of {currency}") from error
    if money.minor < 0:
        raise invalid("amount", f"{said!r} is negative")
    return money


def _positive(said: str, currency: str) -> Money:
    money = _money(said, currency)
    if money.minor == 0:
        raise invalid("amount", "more than nothing")
    return money
