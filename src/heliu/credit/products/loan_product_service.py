"""Use cases of loan products: propose, release by a second person, read what is in force."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from heliu.books.ledger.api import chart
from heliu.credit.products import errors
from heliu.credit.products import store_loan_product as store
from heliu.credit.products.loan_product import LoanProduct
from heliu.credit.products.loan_product_file import loan_product_of
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell


@dataclass(frozen=True, slots=True)
class ProductVersion:
    """A recorded version: its number in the books, and who proposed and released it."""

    no: int
    product: LoanProduct
    sha256: str
    proposed_at: datetime
    proposed_by: str
    released_at: datetime | None
    released_by: str | None


def propose_loan_product(tx: Tx, actor: Actor, body: Mapping[str, Any], now: datetime) -> None:
    """Record the version `body` says; it counts once a second person releases it.

    Recorded again it changes nothing. Raises Refusal `loan_product.version_changed` if that
    version is recorded with another text, `loan_product.version_old` if a later one is,
    `loan_product.invalid` if a posting names an account type that the chart has not.
    """
    product = loan_product_of(body)
    known_types = {kind.code for kind in chart(tx)}
    unknown = [
        f"postings.accounts.{name}.type: the chart has no {role.type}"
        for name, role in product.postings.accounts.items()
        if role.type not in known_types
    ]
    if unknown:
        raise errors.loan_product_invalid(product.code, unknown)
    known = {mark.version: mark for mark in store.marks(tx, product.code)}
    latest = max(known, default=0)
    if product.version not in known and product.version < latest:
        raise errors.loan_product_old(product.code, product.version, latest)
    text = _canonical(body)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    head = (product.code, product.version, product.effective_from)
    store.add(tx, (*head, text, sha256, now, actor.id))
    # Of two that propose the same version at once, the first one counts.
    recorded = {mark.version: mark for mark in store.marks(tx, product.code)}[product.version]
    if recorded.sha256 != sha256:
        raise errors.loan_product_changed(product.code, product.version)


def release_loan_product(tx: Tx, actor: Actor, code: str, version: int, now: datetime) -> None:
    """Let a proposed version count from its effective date; again by anybody changes nothing.

    Raises Refusal `loan_product.unknown`, `loan_product.same_person` if `actor` proposed it,
    `loan_product.version_old` if a later version is released already.
    """
    known = {mark.version: mark for mark in store.marks(tx, code)}
    mark = known.get(version)
    if mark is None:
        raise errors.loan_product_unknown(code, version)
    if mark.released_by is not None:
        return
    if mark.proposed_by == actor.id:
        raise errors.loan_product_same_person(code, version)
    latest = max((m.version for m in known.values() if m.released_by), default=0)
    if version < latest:
        raise errors.loan_product_old(code, version, latest)
    store.release(tx, mark.no, actor.id, now)
    body = {"product": code, "version": version, "sha256": mark.sha256, "parties": []}
    fact_id = derived_id("fact", "loan product released", code, str(version))
    tell(tx, [Fact(fact_id, "credit.loan_product_released.v1", body, now)])


def loan_products_in_force(tx: Tx, codes: Sequence[str], on: date) -> dict[str, ProductVersion]:
    """The youngest released version of each of `codes` that is effective on business date `on`."""
    found = [_version(row) for row in store.in_force(tx, codes, on)]
    return {version.product.code: version for version in found}


def loan_products_by_no(tx: Tx, numbers: Sequence[int]) -> dict[int, ProductVersion]:
    """Versions by their number in the books."""
    return {row.no: _version(row) for row in store.by_no(tx, numbers)}


def loan_product_history(tx: Tx, code: str | None = None) -> list[ProductVersion]:
    """Every version of a product (None: of all), proposed or released, by code and version."""
    return [_version(row) for row in store.versions(tx, code)]


def _canonical(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _version(row: store.Row) -> ProductVersion:
    return ProductVersion(
        *(row.no, loan_product_of(row.body), row.sha256, row.proposed_at, row.proposed_by),
        *(row.released_at, row.released_by),
    )
