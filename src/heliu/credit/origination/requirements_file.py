"""Requirement files: YAML, one a list, validated at the wall. A broken one is our own fault."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Annotated, Final

import msgspec
import yaml
from msgspec import Meta

from heliu.credit.origination import errors
from heliu.credit.origination.domain.filing import BorrowerKind
from heliu.credit.origination.domain.kyb import CHECKS
from heliu.credit.origination.domain.requirements import (
    CapacityBasis,
    Law,
    RegistryKind,
    Requirements,
)
from heliu.ground.errors import Fault
from heliu.ground.money import Money

_FOLDER: Final = resources.files("heliu.credit.origination") / "requirements"

Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{1,59}$")]
Days = Annotated[int, Meta(ge=1, le=10_980)]


class _Capacity(msgspec.Struct, forbid_unknown_fields=True):
    basis: CapacityBasis
    ratio: Annotated[str, Meta(pattern=r"^(0\.[0-9]+|1)$")]


class _Amount(msgspec.Struct, forbid_unknown_fields=True):
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    least: str
    most: str


class _Days(msgspec.Struct, forbid_unknown_fields=True):
    least: Days
    most: Days


class _File(msgspec.Struct, forbid_unknown_fields=True):
    requirements: Word
    borrower: BorrowerKind
    documents: list[Word]
    kyb: Annotated[list[Word], Meta(min_length=1)]
    credit_report: bool
    registry: RegistryKind
    laws: list[Law]
    capacity: _Capacity
    amount: _Amount
    tenor_days: _Days
    decision_release: Word
    contract_template: Word
    description_template: Word | None


def parse(name: str, text: bytes) -> Requirements:
    """The requirements in `text`. Raises Fault naming the file and what is wrong."""
    try:
        said = msgspec.convert(yaml.safe_load(text), _File)
        ratio = Decimal(said.capacity.ratio)
        least = Money.of(said.amount.least, said.amount.currency)
        most = Money.of(said.amount.most, said.amount.currency)
    except (yaml.YAMLError, msgspec.ValidationError, ArithmeticError, ValueError) as error:
        raise Fault(f"requirements {name}: {error!r}") from error
    unknown = set(said.kyb) - CHECKS.keys()
    bounded = (
        ratio and 0 < least.minor <= most.minor and said.tenor_days.least <= said.tenor_days.most
    )
    described = (said.registry is RegistryKind.NONE) == (said.description_template is None)
    if unknown or not bounded or not described:
        raise Fault(f"requirements {name}: unknown checks {sorted(unknown)}, or bounds, registry")
    return Requirements(
        name=said.requirements,
        sha256=hashlib.sha256(text).hexdigest(),
        borrower=said.borrower,
        documents=tuple(said.documents),
        kyb=tuple(said.kyb),
        credit_report=said.credit_report,
        registry=said.registry,
        laws=tuple(said.laws),
        capacity_basis=said.capacity.basis,
        capacity_ratio=ratio,
        least=least,
        most=most,
        least_days=said.tenor_days.least,
        most_days=said.tenor_days.most,
        decision_release=said.decision_release,
        contract_template=said.contract_template,
        description_template=said.description_template,
    )


@cache
def packaged() -> Mapping[str, Requirements]:
    """Every list that travels with the package, by name."""
    files = sorted((_FOLDER / "lists").iterdir(), key=lambda file: file.name)
    read = [parse(f.name, f.read_bytes()) for f in files if f.name.endswith(".yaml")]
    return {one.name: one for one in read}


@cache
def by_product() -> Mapping[str, Requirements]:
    """What each product asks for, by its code. Raises Fault if a product names no list."""
    text = (_FOLDER / "products.yaml").read_bytes()
    try:
        named = msgspec.convert(yaml.safe_load(text), dict[str, str])
        return {code: packaged()[name] for code, name in named.items()}
    except (yaml.YAMLError, msgspec.ValidationError, KeyError) as error:
        raise Fault(f"requirements of products: {error!r}") from error


def for_product(code: str) -> Requirements:
    """What the product of that code asks for. Raises Refusal `origination.product_unknown`."""
    found = by_product().get(code)
    if found is None:
        raise errors.product_unknown(code)
    return found


def as_filed(name: str, sha256: str) -> Requirements:
    """The list an application was filed under. Raises Fault if it is gone or was edited."""
    found = packaged().get(name)
    if found is None or found.sha256 != sha256:
        raise Fault(f"requirements {name} are not what an application was filed under")
    return found
