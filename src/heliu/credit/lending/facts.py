"""What the lending desk tells the house, and the bodies its evidence leaves prove."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from heliu.books.evidence.api import Entry
from heliu.credit.engine.api import event_to_json, terms_to_json
from heliu.credit.lending.domain.contract import Contract, Papers
from heliu.credit.lending.domain.deciding import Decided
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell


def tell_opened(tx: Tx, opened: Sequence[tuple[Contract, str]], now: datetime) -> None:
    """credit.contract_opened.v1 for each (contract, product code)."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "contract opened", contract.id.hex),
                "credit.contract_opened.v1",
                {
                    "contract_id": str(contract.id),
                    "product": product,
                    "currency": contract.currency,
                    "principal": contract.principal,
                    "opened_on": contract.opened_on.isoformat(),
                    "matures_on": contract.matures_on.isoformat(),
                    "parties": parties(contract),
                },
                now,
            )
            for contract, product in opened
        ],
    )


def tell_events(tx: Tx, decided: Sequence[Decided], now: datetime) -> None:
    """credit.contract_event.v1 for each act: what happened and where the contract stands."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "contract event", one.event.id.hex),
                "credit.contract_event.v1",
                _event_body(one)
                | {
                    "status": one.state.status.value,
                    "principal": one.state.principal_outstanding,
                    "parties": parties(one.life.contract),
                },
                now,
            )
            for one in decided
        ],
    )


def tell_stages(tx: Tx, moved: Sequence[tuple[UUID, Contract, Papers]], now: datetime) -> None:
    """credit.contract_stage.v1 for each (command key, contract, papers)."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "contract stage", key.hex),
                "credit.contract_stage.v1",
                {
                    "contract_id": str(contract.id),
                    "stage": papers.stage,
                    "base_value": papers.base_value,
                    "parties": parties(contract),
                },
                now,
            )
            for key, contract, papers in moved
        ],
    )


def tell_cancelled(tx: Tx, ended: Sequence[tuple[UUID, Contract]], now: datetime) -> None:
    """credit.contract_cancelled.v1 for each (command key, contract)."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "contract cancelled", key.hex),
                "credit.contract_cancelled.v1",
                {"contract_id": str(contract.id), "parties": parties(contract)},
                now,
            )
            for key, contract in ended
        ],
    )


def proof_of_contract(contract: Contract) -> Entry:
    """Everything that was agreed, for the evidence log."""
    body = {
        "product_no": contract.product_no,
        "borrower": contract.borrower_uscc,
        "obligor": contract.obligor_uscc,
        "programme": contract.programme,
        "terms": json.dumps(terms_to_json(contract.terms), sort_keys=True),
    }
    return Entry("contract", contract.id, body)


def proof_of_event(one: Decided, transfers: Sequence[UUID]) -> Entry:
    """What happened and by which transfers, for the evidence log."""
    body = _event_body(one) | {"transfers": [str(key) for key in transfers]}
    return Entry("contract_event", one.event.id, body)


def proof_of_stage(key: UUID, contract: Contract, papers: Papers, on: str) -> Entry:
    """Which stage the papers entered, for the evidence log."""
    body = {
        "contract_id": str(contract.id),
        "stage": papers.stage,
        "base_value": papers.base_value,
        "on": on,
    }
    return Entry("contract_stage", key, body)


def proof_of_end(key: UUID, contract: Contract, on: date) -> Entry:
    """That a contract ended undrawn, for the evidence log."""
    return Entry("contract_cancelled", key, {"contract_id": str(contract.id), "on": on.isoformat()})


def parties(contract: Contract) -> list[str]:
    """Who may know of a contract."""
    return [uscc for uscc in (contract.borrower_uscc, contract.obligor_uscc) if uscc]


def _event_body(one: Decided) -> dict[str, Any]:
    event = one.event
    return {
        "contract_id": str(one.life.contract.id),
        "no": event.no,
        "kind": event.kind.value,
        "on": event.on.isoformat(),
        "recorded_on": event.recorded_on.isoformat(),
        "amount": event.amount,
        "currency": one.life.contract.currency,
        "detail": event_to_json(event)["detail"],
    }
