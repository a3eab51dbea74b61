"""Facts the collateral desk tells, versioned, and the bodies its evidence leaves prove."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from heliu.books.evidence.api import Entry, record
from heliu.credit.collateral.domain.margin import MarginEvent
from heliu.credit.collateral.store import Security, Stored
from heliu.credit.collateral.store_custody import Instruction, Released
from heliu.credit.collateral.store_value import CollateralCase
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell


@dataclass(frozen=True, slots=True)
class Pledged:
    """Lots that now secure a contract; what the custodian acknowledges covers."""

    key: UUID
    contract_id: UUID
    lots: tuple[UUID, ...]


def tell_pledged(
    tx: Tx, pledged: Sequence[tuple[Pledged, Security, Sequence[Stored]]], now: datetime
) -> None:
    """credit.lots_pledged.v1 for each, and a leaf that says which goods secure which contract."""
    facts, leaves = [], []
    for answer, security, lots in pledged:
        body = {
            "contract_id": str(answer.contract_id),
            "financed": security.financed.minor,
            "currency": security.financed.currency,
            "required_bp": security.terms.required_bp,
            "lots": [
                {
                    "lot": str(s.lot.id),
                    "goods": s.lot.goods,
                    "unit": s.lot.unit,
                    "quantity_milli": s.holding.verified_milli,
                }
                for s in lots
            ],
        }
        parties = [security.pledgor_uscc, *sorted({s.lot.custodian_uscc for s in lots})]
        facts.append(
            Fact(
                derived_id("fact", "pledged", str(answer.key)),
                "credit.lots_pledged.v1",
                body | {"parties": parties},
                now,
            )
        )
        leaves.append(Entry("pledge", answer.key, body))
    tell(tx, facts)
    record(tx, leaves)


def tell_instructed(tx: Tx, instructions: Sequence[Instruction], now: datetime) -> None:
    """credit.custodian_instructed.v1 for each: the door that carries it to the custodian hears."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "instructed", str(i.id)),
                "credit.custodian_instructed.v1",
                {
                    "instruction_id": str(i.id),
                    "kind": i.kind.value,
                    "cause": i.cause.value,
                    "contract_id": str(i.contract_id),
                    "lot_id": str(i.lot_id),
                    "quantity_milli": i.quantity_milli,
                    "amount": i.amount.minor if i.amount else None,
                    "parties": [i.custodian_uscc],
                },
                now,
            )
            for i in instructions
        ],
    )


def tell_released(tx: Tx, releases: Sequence[tuple[Released, str]], now: datetime) -> None:
    """credit.goods_released.v1 (to the pledgor) for each that set something free, with a leaf."""
    free = [(release, pledgor) for release, pledgor in releases if release.quantities]
    bodies = [
        {
            "contract_id": str(release.contract_id),
            "paid": release.paid,
            "debt": release.debt,
            "quantities_milli": {str(lot): quantity for lot, quantity in release.quantities},
        }
        for release, _ in free
    ]
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "goods-released", str(release.key)),
                "credit.goods_released.v1",
                body | {"parties": [pledgor]},
                now,
            )
            for (release, pledgor), body in zip(free, bodies, strict=True)
        ],
    )
    leaves = zip(free, bodies, strict=True)
    record(tx, [Entry("goods_release", release.key, body) for (release, _), body in leaves])


def tell_seized(tx: Tx, key: UUID, security: Security, lots: Sequence[UUID], now: datetime) -> None:
    """credit.goods_seized.v1: the remaining goods of these lots are now the bank's to sell."""
    body = {"contract_id": str(security.contract_id), "lots": [str(lot) for lot in lots]}
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "goods-seized", str(key)),
                "credit.goods_seized.v1",
                body | {"parties": [security.pledgor_uscc]},
                now,
            )
        ],
    )
    record(tx, [Entry("goods_seizure", key, body)])


def tell_bought_back(
    tx: Tx, key: UUID, security: Security, calls: Sequence[Instruction], now: datetime
) -> None:
    """credit.buy_back_called.v1: what each seller is to pay for the goods he still holds."""
    sellers = {i.custodian_uscc for i in calls}
    amount = sum(i.amount.minor for i in calls if i.amount)
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "buy-back", str(key)),
                "credit.buy_back_called.v1",
                {
                    "contract_id": str(security.contract_id),
                    "amount": amount,
                    "currency": security.financed.currency,
                    "parties": [security.pledgor_uscc, *sorted(sellers)],
                },
                now,
            )
        ],
    )


def tell_margin(tx: Tx, moved: Sequence[tuple[Security, int, MarginEvent]], now: datetime) -> None:
    """credit.margin_moved.v1 for each: called, stopped, cured or breached, with the cure date."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "margin", str(security.contract_id), str(no)),
                "credit.margin_moved.v1",
                {
                    "contract_id": str(security.contract_id),
                    "kind": event.kind.value,
                    "on": event.on.isoformat(),
                    "cure_by": event.cure_by.isoformat(),
                    "coverage_bp": event.coverage_bp,
                    "shortfall": event.shortfall.minor,
                    "currency": event.shortfall.currency,
                    "parties": [security.pledgor_uscc],
                },
                now,
            )
            for security, no, event in moved
        ],
    )


def tell_cases(tx: Tx, cases: Sequence[CollateralCase], now: datetime) -> None:
    """credit.collateral_case_opened.v1 for each; to the bank alone."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "collateral-case", str(case.id)),
                "credit.collateral_case_opened.v1",
                {
                    "case_id": str(case.id),
                    "kind": case.kind.value,
                    "stops": case.stops,
                    "contract_id": str(case.contract_id) if case.contract_id else None,
                    "lot_id": str(case.lot_id) if case.lot_id else None,
                    "goods": case.goods,
                    "parties": [],
                },
                now,
            )
            for case in cases
        ],
    )
