"""The programme file: YAML from people, validated at the wall, with the line of every mistake."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from heliu.credit.products.domain import (
    DayCount,
    Enrolled,
    EntrustedPayment,
    Product,
    ProductKind,
    Programme,
    default_product_code,
)
from heliu.credit.products.loan_product import Recourse
from heliu.flows.verification.api import Presence, Requirements, Tolerances
from heliu.ground.errors import Refusal
from heliu.ground.money import Inexact, Money
from heliu.ground.text import Text
from heliu.parties.party.api import uscc_fault

Rate = Annotated[Decimal, Field(ge=0, le=1, max_digits=12, decimal_places=8)]
Amount = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=4)]
Days = Annotated[int, Field(ge=0, le=3660)]
Uscc = Annotated[str, Field(pattern=r"^[0-9A-HJ-NP-RTUW-Y]{18}$")]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,59}$")]
_Presence = Literal["required", "optional"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Name(_Strict):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Enterprise(_Strict):
    uscc: Uscc
    name: _Name
    account: str = Field(min_length=1, max_length=40)


class _Core(_Enterprise):
    group: str | None = Field(
        default=None,
        pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{2,59}$",
        description="Group whose exposure is one; default: the core enterprise's own USCC.",
    )


class _Supplier(_Enterprise):
    limit: Amount | None = None


class _Product(_Strict):
    code: Code | None = Field(
        default=None, description="Product line of the limits; default: receivable-<kind>."
    )
    kind: ProductKind
    annual_rate: Rate
    day_count: DayCount
    max_tenor_days: Annotated[int, Field(ge=1, le=365)]
    grace_days: Days = 0
    recourse: Literal[Recourse.FULL, Recourse.NONE] = Field(
        default=Recourse.FULL,
        description="full: the supplier answers where the buyer does not pay; none: he does not.",
    )


class _Evidence(_Strict):
    order: _Presence
    receipt: _Presence
    approval: _Presence


class _Tolerances(_Strict):
    quantity_over: Rate
    quantity_under: Rate
    price: Rate
    amount_minor: Annotated[int, Field(ge=0, le=10_000)]
    invoice_before_receipt_days: Days
    unit_aliases: dict[str, list[str]] = Field(default_factory=dict)


class _Limits(_Strict):
    programme: Amount
    obligor: Amount
    supplier: Amount
    group: Amount | None = Field(
        default=None, description="On the core enterprise's group; default: the obligor limit."
    )
    product: Amount | None = Field(
        default=None, description="On the product line; default: the programme limit."
    )


class _EntrustedPayment(_Strict):
    required: bool = False
    above: Amount | None = Field(
        default=None,
        description="Draws up to this amount still go to the supplier; default: none does.",
    )


class ProgrammeFile(_Strict):
    """A programme as people write it. Amounts and rates are quoted strings, in major units."""

    programme: Code
    version: int = Field(ge=1)
    effective_from: date
    name: _Name
    core_enterprise: _Core
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    product: _Product
    advance_rate: Rate
    evidence: _Evidence
    tolerances: _Tolerances
    limits: _Limits
    entrusted_payment: _EntrustedPayment = Field(
        default=_EntrustedPayment(),
        description="受托支付 to the supplier's own supplier; default: not required.",
    )
    suppliers: list[_Supplier] = Field(min_length=1)


def read_programme(path: Path) -> Programme:
    """The programme in `path`. Raises Refusal `programme.invalid` naming each field and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(path.name, [str(error).replace("\n", " ")]) from error
    return parse_programme(text, path.name)


def parse_programme(text: str, name: str) -> Programme:
    """The programme that `text` (YAML, or JSON) is; `name` is what a refusal calls it.

    Raises Refusal `programme.invalid` naming each field and line.
    """
    try:
        node, data = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _invalid(name, [f"line {line}: {error.problem}"]) from error
    except yaml.YAMLError as error:
        raise _invalid(name, [str(error).replace("\n", " ")]) from error
    try:
        return _programme(ProgrammeFile.model_validate(data))
    except ValidationError as error:
        raise _invalid(
            name, [_sentence(e["loc"], e["msg"], node) for e in error.errors()]
        ) from error
    except (Inexact, _Mistake) as error:
        raise _invalid(name, [str(error)]) from error


class _Mistake(Exception):
    """A field is well formed but cannot be true."""


def _programme(file: ProgrammeFile) -> Programme:
    codes = [file.core_enterprise.uscc, *(s.uscc for s in file.suppliers)]
    for code in codes:
        if uscc_fault(code) is not None:
            raise _Mistake(f"{code} is not a unified social credit code (checksum, GB 32100-2015)")
    if len(set(codes)) != len(codes):
        raise _Mistake("an enterprise is listed twice")
    onward = file.entrusted_payment
    if onward.above is not None and not onward.required:
        raise _Mistake("entrusted_payment.above says from where on, but it is not required")

    def money(amount: Decimal) -> Money:
        return Money.of(amount, file.currency)

    aliases = {unit: tuple(names) for unit, names in file.tolerances.unit_aliases.items()}
    return Programme(
        code=file.programme,
        version=file.version,
        effective_from=file.effective_from,
        name=Text(file.name.zh, file.name.en),
        buyer_uscc=file.core_enterprise.uscc,
        buyer_name=Text(file.core_enterprise.name.zh, file.core_enterprise.name.en),
        buyer_account=file.core_enterprise.account,
        currency=file.currency,
        product=Product(**{k: v for k, v in dict(file.product).items() if k != "code"}),
        advance_rate=file.advance_rate,
        requirements=Requirements(**{k: Presence(v) for k, v in dict(file.evidence).items()}),
        tolerances=Tolerances(**(dict(file.tolerances) | {"unit_aliases": aliases})),
        programme_limit=money(file.limits.programme),
        obligor_limit=money(file.limits.obligor),
        supplier_limit=money(file.limits.supplier),
        suppliers=tuple(
            Enrolled(
                s.uscc, Text(s.name.zh, s.name.en), s.account, money(s.limit) if s.limit else None
            )
            for s in file.suppliers
        ),
        product_code=file.product.code or default_product_code(file.product.kind),
        product_limit=money(file.limits.product or file.limits.programme),
        group_code=file.core_enterprise.group or file.core_enterprise.uscc,
        group_limit=money(file.limits.group or file.limits.obligor),
        entrusted_payment=EntrustedPayment(
            onward.required, None if onward.above is None else money(onward.above)
        ),
    )


def _sentence(location: tuple[int | str, ...], message: str, node: yaml.Node | None) -> str:
    line = 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pairs = [(k, v) for k, v in node.value if k.value == str(step)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            pairs = [(n, n) for n in node.value[step : step + 1]]
        else:
            pairs = []
        if not pairs:
            break
        key, node = pairs[0]
        line = key.start_mark.line + 1
    return f"line {line}, {'.'.join(str(step) for step in location) or 'file'}: {message}"


def _invalid(name: str, mistakes: list[str]) -> Refusal:
    listed = "; ".join(mistakes)
    facts: dict[str, Any] = {"file": name, "mistakes": mistakes}
    return Refusal(
        "programme.invalid",
        Text(f"产品方案文件 {name} 有误: {listed}", f"programme file {name}: {listed}"),
        Text("按所列位置改正后重试", "correct the places named and run again"),
        facts,
    )
