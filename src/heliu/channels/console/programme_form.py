"""The form over a programme's file: its fields, what they say, and every mistake beside its field.

The file's own schema checks; the form only lays it out and words what the schema found. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import yaml
from pydantic import ValidationError

from heliu.channels.pages.api import Form
from heliu.credit.products.api import Programme, ProgrammeFile, parse_programme
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

REST: Final = "rest"
_NO_HINT: Final = Text("", "")
_OPTIONAL: Final = frozenset({"limits.group", "limits.product", "entrusted_payment.above"})
_FLAGS: Final = frozenset({"entrusted_payment.required"})
_NUMBERS: Final = frozenset(
    {
        *("product.max_tenor_days", "product.grace_days", "tolerances.amount_minor"),
        "tolerances.invoice_before_receipt_days",
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the file by its path, its label, and its options if it is a choice."""

    path: str
    label: Text
    options: Sequence[str] = ()
    hint: Text = _NO_HINT

    @property
    def name(self) -> str:
        """Its name in the form."""
        return self.path.replace(".", "-")

    @property
    def kind(self) -> str:
        """How it is typed."""
        if self.path in _FLAGS:
            return "check"
        if self.path == "effective_from":
            return "date"
        return "select" if self.options else "text"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Its options as a select shows them."""
        return [(option, option) for option in self.options]

    @property
    def required(self) -> bool:
        """Whether it may not be left empty."""
        return self.path not in _OPTIONAL


_PRESENCE: Final = ("required", "optional")
_FRACTION: Final = Text("小数：0.85 是 85%", "a fraction: 0.85 is 85 %")
_YUAN: Final = Text("主货币单位", "major units")
GROUPS: Final[Sequence[tuple[Text, Sequence[Field]]]] = (
    (
        Text("生效与价格", "When, and at what price"),
        (
            Field("effective_from", Text("生效日", "Effective from")),
            Field("product.annual_rate", Text("年利率", "Annual rate"), hint=_FRACTION),
            Field("advance_rate", Text("融资比例", "Advance rate"), hint=_FRACTION),
            Field("product.kind", Text("计息方式", "Kind"), ("bullet", "discount")),
            Field("product.day_count", Text("计息基准", "Day count"), ("act/360", "act/365f")),
            Field("product.max_tenor_days", Text("最长期限（天）", "Longest tenor, days")),
            Field("product.grace_days", Text("宽限天数", "Grace, days")),
            Field("product.recourse", Text("追索", "Recourse"), ("full", "none")),
        ),
    ),
    (
        Text("限额", "Limits"),
        (
            Field("limits.programme", Text("方案限额", "Programme"), hint=_YUAN),
            Field("limits.obligor", Text("核心企业限额", "Core enterprise")),
            Field("limits.supplier", Text("单一供应商限额", "Each supplier")),
            Field("limits.group", Text("集团限额", "Group")),
            Field("limits.product", Text("产品限额", "Product line")),
        ),
    ),
    (
        Text("单据与容差", "Evidence and tolerances"),
        (
            Field("evidence.order", Text("订单", "Order"), _PRESENCE),
            Field("evidence.receipt", Text("收货", "Receipt"), _PRESENCE),
            Field("evidence.approval", Text("应付确认", "Approval"), _PRESENCE),
            Field("tolerances.quantity_over", Text("多开数量", "Quantity over"), hint=_FRACTION),
            Field("tolerances.quantity_under", Text("少收数量", "Quantity under")),
            Field("tolerances.price", Text("单价偏差", "Price")),
            Field("tolerances.amount_minor", Text("尾差（分）", "Rounding, fen")),
            Field(
                "tolerances.invoice_before_receipt_days",
                Text("先票后货（天）", "Invoice before receipt, days"),
            ),
        ),
    ),
    (
        Text("受托支付", "Entrusted payment"),
        (
            Field("entrusted_payment.required", Text("必须受托支付", "Required")),
            Field("entrusted_payment.above", Text("仅高于此金额", "Only above")),
        ),
    ),
)
FIELDS: Final = {field.path: field for _, fields in GROUPS for field in fields}
_WRONG: Final[Mapping[str, Text]] = {
    "missing": Text("请填写", "fill this in"),
    "extra_forbidden": Text("不认识的字段", "this field is not known"),
    "decimal_parsing": Text("请填写数字", "write a number"),
    "decimal_type": Text("请填写数字", "write a number"),
    "int_parsing": Text("请填写整数", "write a whole number"),
    "int_type": Text("请填写整数", "write a whole number"),
    "date_from_datetime_parsing": Text("请填写日期", "write a date"),
    "date_parsing": Text("请填写日期", "write a date"),
}
_BOUNDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "greater_than": ("gt", "须大于", "must be above"),
    "greater_than_equal": ("ge", "不小于", "at least"),
    "less_than_equal": ("le", "不大于", "at most"),
}


def as_file(programme: Programme) -> dict[str, Any]:
    """The programme as its file says it; amounts and rates as text in major units."""
    tolerances = programme.tolerances
    onward = programme.entrusted_payment
    return {
        "programme": programme.code,
        "version": programme.version,
        "effective_from": programme.effective_from.isoformat(),
        "name": {"zh": programme.name.zh, "en": programme.name.en},
        "core_enterprise": {
            "uscc": programme.buyer_uscc,
            "name": {"zh": programme.buyer_name.zh, "en": programme.buyer_name.en},
            "account": programme.buyer_account,
            "group": programme.group_code,
        },
        "currency": programme.currency,
        "product": {
            "code": programme.product_code,
            "kind": programme.product.kind.value,
            "annual_rate": str(programme.product.annual_rate),
            "day_count": programme.product.day_count.value,
            "max_tenor_days": programme.product.max_tenor_days,
            "grace_days": programme.product.grace_days,
            "recourse": programme.product.recourse.value,
        },
        "advance_rate": str(programme.advance_rate),
        "evidence": {
            name: getattr(programme.requirements, name).value
            for name in ("order", "receipt", "approval")
        },
        "tolerances": {
            "quantity_over": str(tolerances.quantity_over),
            "quantity_under": str(tolerances.quantity_under),
            "price": str(tolerances.price),
            "amount_minor": tolerances.amount_minor,
            "invoice_before_receipt_days": tolerances.invoice_before_receipt_days,
            "unit_aliases": {u: list(names) for u, names in tolerances.unit_aliases.items()},
        },
        "limits": {
            "programme": _plain(programme.programme_limit.amount),
            "obligor": _plain(programme.obligor_limit.amount),
            "supplier": _plain(programme.supplier_limit.amount),
            "group": _plain(programme.group_limit.amount),
            "product": _plain(programme.product_limit.amount),
        },
        "entrusted_payment": {
            "required": onward.required,
            "above": _plain(onward.above.amount) if onward.above else None,
        },
        "suppliers": [
            {
                "uscc": one.uscc,
                "name": {"zh": one.name.zh, "en": one.name.en},
                "account": one.account,
                "limit": _plain(one.limit.amount) if one.limit else None,
            }
            for one in programme.suppliers
        ],
    }


def laid_out(file: Mapping[str, Any]) -> dict[str, str]:
    """What each field of the form shows of a file, and the rest of it as YAML."""
    shown = {field.name: _said(file, path) for path, field in FIELDS.items()}
    rest = {name: file[name] for name in ("name", "core_enterprise", "suppliers")}
    rest["product"] = {"code": file["product"]["code"]}
    rest["tolerances"] = {"unit_aliases": file["tolerances"]["unit_aliases"]}
    shown[REST] = yaml.safe_dump(rest, allow_unicode=True, sort_keys=False, width=100)
    return shown


def typed(form: Form, current: Programme, version: int) -> Programme | None:
    """The programme that was typed over `current`; None, each mistake beside its field, if none."""
    said = _together(form, current, version)
    if said is None:
        return None
    try:
        ProgrammeFile.model_validate(said)
        return parse_programme(_text(said), current.code)
    except ValidationError as error:
        for one in error.errors():
            path = ".".join(str(step) for step in one["loc"][:2])
            field = FIELDS.get(path) or FIELDS.get(str(one["loc"][0]))
            where = "" if field else ".".join(str(step) for step in one["loc"])
            form.wrong(field.name if field else REST, _worded(dict(one), where))
    except Refusal as refusal:
        form.wrong(REST, refusal.reason)
    return None


def _together(form: Form, current: Programme, version: int) -> dict[str, Any] | None:
    try:
        rest = yaml.safe_load(form.text(REST, most=60_000))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        form.wrong(REST, Text(f"第 {line} 行不是有效的 YAML", f"line {line} is not valid YAML"))
        return None
    if not isinstance(rest, dict):
        form.wrong(REST, Text("请填写名称、核心企业与供应商", "name, core_enterprise, suppliers"))
        return None
    file = as_file(current)
    said: dict[str, Any] = {
        "programme": current.code,
        "version": version,
        "currency": file["currency"],
        **{name: value for name, value in rest.items() if name not in ("product", "tolerances")},
    }
    for name in ("product", "tolerances"):
        part = rest.get(name)
        said[name] = dict(part) if isinstance(part, dict) else {}
    for path, field in FIELDS.items():
        value: Any = form.flag(field.name) if path in _FLAGS else form.shown(field.name).strip()
        if path in _NUMBERS and value.isascii() and value.isdigit():
            value = int(value)
        if value == "" and path in _OPTIONAL:
            value = None
        _put(said, path, value)
    return said


def _worded(one: Mapping[str, Any], where: str) -> Text:
    kind = str(one["type"])
    if kind in _BOUNDS:
        key, zh, en = _BOUNDS[kind]
        bound = one["ctx"][key]
        text = Text(f"{zh} {bound}", f"{en} {bound}")
    else:
        text = _WRONG.get(kind, Text("不符合要求", str(one["msg"])))
    return Text(f"{where}: {text.zh}", f"{where}: {text.en}") if where else text


def _said(file: Mapping[str, Any], path: str) -> str:
    value: Any = file
    for step in path.split("."):
        value = value[step]
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def _put(file: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        file = file.setdefault(step, {})
    file[last] = value


def _text(said: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(said), allow_unicode=True, sort_keys=False)


def _plain(amount: Decimal) -> str:
    return format(amount, "f")
