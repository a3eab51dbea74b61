"""What a new version of a programme changes, field by field, before anybody releases it. Pure.

Account numbers are shown by their last four characters only; that one changed is still told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from heliu.credit.products.domain import Enrolled, Programme
from heliu.ground.money import Money

_SHOWN: Final = 4
_NOTHING: Final = "-"


@dataclass(frozen=True, slots=True)
class Change:
    """One field in the words of the programme file, and what it says before and after.

    A supplier that comes or goes has "-" on the other side.
    """

    field: str
    before: str
    after: str


def diff(old: Programme, new: Programme) -> list[Change]:
    """What `new` says otherwise than `old`, in the order of the programme file."""
    before, after = _said(old), _said(new)
    fields = dict.fromkeys((*before, *after))
    return [
        Change(field, _shown(field, before.get(field)), _shown(field, after.get(field)))
        for field in fields
        if before.get(field) != after.get(field)
    ]


def _said(programme: Programme) -> dict[str, str]:
    return dict((*_terms(programme), *_suppliers(programme)))


def _terms(p: Programme) -> Iterator[tuple[str, str]]:
    yield "effective_from", p.effective_from.isoformat()
    yield "name.zh", p.name.zh
    yield "name.en", p.name.en
    yield "core_enterprise.uscc", p.buyer_uscc
    yield "core_enterprise.name.zh", p.buyer_name.zh
    yield "core_enterprise.name.en", p.buyer_name.en
    yield "core_enterprise.account", p.buyer_account
    yield "core_enterprise.group", p.group_code
    yield "currency", p.currency
    yield "product.code", p.product_code
    yield "product.kind", p.product.kind.value
    yield "product.annual_rate", str(p.product.annual_rate)
    yield "product.day_count", p.product.day_count.value
    yield "product.max_tenor_days", str(p.product.max_tenor_days)
    yield "product.grace_days", str(p.product.grace_days)
    yield "product.recourse", p.product.recourse.value
    yield "advance_rate", str(p.advance_rate)
    for name in p.requirements.__slots__:
        yield f"evidence.{name}", str(getattr(p.requirements, name))
    for name in p.tolerances.__slots__:
        said = getattr(p.tolerances, name)
        if isinstance(said, Mapping):
            for unit in sorted(said):
                yield f"tolerances.{name}.{unit}", ", ".join(said[unit])
        else:
            yield f"tolerances.{name}", str(said)
    yield "limits.programme", str(p.programme_limit)
    yield "limits.obligor", str(p.obligor_limit)
    yield "limits.supplier", str(p.supplier_limit)
    yield "limits.group", str(p.group_limit)
    yield "limits.product", str(p.product_limit)
    yield "entrusted_payment.required", str(p.entrusted_payment.required).lower()
    yield "entrusted_payment.above", _amount(p.entrusted_payment.above)


def _suppliers(programme: Programme) -> Iterator[tuple[str, str]]:
    for supplier in programme.suppliers:
        yield from _supplier(supplier)


def _supplier(supplier: Enrolled) -> Iterator[tuple[str, str]]:
    place = f"suppliers.{supplier.uscc}"
    yield f"{place}.name.zh", supplier.name.zh
    yield f"{place}.name.en", supplier.name.en
    yield f"{place}.account", supplier.account
    yield f"{place}.limit", _amount(supplier.limit)


def _amount(limit: Money | None) -> str:
    return _NOTHING if limit is None else str(limit)


def _shown(field: str, said: str | None) -> str:
    if said is None:
        return _NOTHING
    return f"…{said[-_SHOWN:]}" if field.endswith(".account") else said
