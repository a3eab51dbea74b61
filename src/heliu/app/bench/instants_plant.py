"""Receivables for the instants bench: verified, kept ready, each of an identity of its own.

Three core enterprises and a thousand suppliers with a year of history in the features; the acts
asked for on them are the real ones. Seeded: the same numbers give the same rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from heliu.credit.applications.api import Receivable, keep_receivables
from heliu.credit.products.api import (
    DayCount,
    Enrolled,
    EntrustedPayment,
    Product,
    ProductKind,
    Programme,
    release_programmes,
)
from heliu.decisions.features.api import observe
from heliu.decisions.verdicts.api import FeatureValue
from heliu.flows.intake.api import Filed, Kind, PartyRef, Totals, TradeDocument
from heliu.flows.screening.api import Receivable as Claimed
from heliu.flows.verification.api import Presence, Requirements, Tolerances
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Database
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.party.api import complete_uscc

SUPPLIERS: Final = 999
BUYERS: Final = 3
_PAGE: Final = 2000
_HISTORY: Final = 6
_GOOD: Final[Mapping[str, FeatureValue]] = {
    "match_ratio": "1",
    "blocking_findings": 0,
    "duplicate_findings": 0,
    "circular_findings": 0,
    "related_party": False,
    "supplier_active": True,
    "buyer_approved": True,
    "cold_chain_alarm": False,
    "price_deviation": "0",
    "receipt_lag_days": 6,
}


@dataclass(frozen=True, slots=True)
class Planted:
    """What may be asked for: (receivable, supplier) pairs, by the thousand."""

    programmes: tuple[Programme, ...]
    receivables: tuple[tuple[UUID, str], ...]


def plant(
    database: Database, count: int, on: date, now: datetime, suppliers: int = SUPPLIERS
) -> Planted:
    """Programmes, histories and `count` receivables, committed page by page."""
    programmes = tuple(_programme(buyer, on, suppliers) for buyer in range(BUYERS))
    with database.transaction() as tx:
        release_programmes(tx, SYSTEM, programmes, now)
    with database.transaction() as tx:
        observe(tx, list(_history(on, suppliers)), now)
    made: list[tuple[UUID, str]] = []
    for start in range(0, count, _PAGE):
        numbers = range(start, min(count, start + _PAGE))
        page = [_receivable(n, n % suppliers, programmes, on) for n in numbers]
        with database.transaction() as tx:
            keep_receivables(tx, page, now)
        made += [(receivable.id, receivable.supplier) for receivable in page]
    return Planted(programmes, tuple(made))


def _uscc(kind: str, number: int) -> str:
    return complete_uscc(f"91330100{kind}{number:07d}")


def _supplier(number: int) -> str:
    return _uscc("0", number)


def _buyer(number: int) -> str:
    return _uscc("9", number)


def _programme(buyer: int, on: date, count: int) -> Programme:
    huge = Money(10**15)
    name = Text(f"样本核心企业{buyer}", f"Sample core enterprise {buyer}")
    suppliers = tuple(
        Enrolled(
            _supplier(n), Text(f"样本供应商{n}", f"Sample supplier {n}"), f"62220000{n:08d}", None
        )
        for n in range(buyer, count, BUYERS)
    )
    return Programme(
        code=f"bench-{buyer}",
        version=1,
        effective_from=on - timedelta(days=1),
        name=name,
        buyer_uscc=_buyer(buyer),
        buyer_name=name,
        buyer_account=f"62229999{buyer:08d}",
        currency="CNY",
        product=Product(ProductKind.DISCOUNT, Decimal("0.0485"), DayCount.ACT_360, 180, 3),
        advance_rate=Decimal("0.9"),
        requirements=Requirements(Presence.REQUIRED, Presence.REQUIRED, Presence.OPTIONAL),
        tolerances=Tolerances(
            quantity_over=Decimal(0),
            quantity_under=Decimal(0),
            price=Decimal(0),
            amount_minor=0,
            invoice_before_receipt_days=0,
            unit_aliases={},
        ),
        programme_limit=huge,
        obligor_limit=huge,
        supplier_limit=huge,
        product_code="receivable-discount",
        product_limit=huge,
        group_code=_buyer(buyer),
        group_limit=huge,
        entrusted_payment=EntrustedPayment(),
        suppliers=suppliers,
    )


def _history(on: date, suppliers: int) -> Iterator[Filed]:
    for supplier in range(suppliers):
        for month in range(_HISTORY):
            yield _filed(supplier, month, on - timedelta(days=30 * (month + 1)))


def _filed(supplier: int, month: int, on: date) -> Filed:
    amount = Decimal(50_000 + supplier)
    document = TradeDocument(
        kind=Kind.INVOICE,
        number=f"H{supplier:05d}-{month}",
        place="/",
        issued_on=on,
        currency="CNY",
        seller=PartyRef(tax_id=_supplier(supplier)),
        buyer=PartyRef(tax_id=_buyer(supplier % BUYERS)),
        due_on=on + timedelta(days=90),
        totals=Totals(gross=amount, payable=amount),
    )
    identity = derived_id("bench", "history", str(supplier), str(month))
    return Filed(identity, f"{supplier:032x}{month:032x}", "bench", document)


def _receivable(
    number: int, supplier: int, programmes: tuple[Programme, ...], on: date
) -> Receivable:
    programme = programmes[supplier % BUYERS]
    identity = derived_id("bench", "receivable", str(number))
    amount = Money(1_000_000 + number)
    issued_on, due_on = on - timedelta(days=7), on + timedelta(days=90)
    claimed = Claimed(
        *(_supplier(supplier), programme.buyer_uscc, "", f"B{number:08d}"),
        *(issued_on, amount, identity),
    )
    features = {**_GOOD, "eligible_minor": amount.minor, "invoiced_minor": amount.minor}
    return Receivable(
        id=identity,
        verification_id=derived_id("bench", "verification", str(number)),
        programme=programme.code,
        supplier=_supplier(supplier),
        buyer=programme.buyer_uscc,
        invoice_no=f"B{number:08d}",
        eligible=amount,
        issued_on=issued_on,
        due_on=due_on,
        claimed=claimed,
        features=features,
        evidence=tuple(f"{number:060x}{part:04x}" for part in range(4)),
        verified_on=on,
    )
