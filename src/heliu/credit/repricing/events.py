"""What the repricing desk tells the house: a rate set anew with what is due next, or one missed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from heliu.credit.lending.api import Glance
from heliu.credit.repricing.domain import Missed
from heliu.credit.repricing.store import Row
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell


def tell_repriced(tx: Tx, rows: Sequence[Row], seen: Mapping[UUID, Glance], now: datetime) -> None:
    """credit.contract_repriced.v1 for each: the rates, and every instalment still to come."""
    tell(tx, [Fact(row.act, "credit.contract_repriced.v1", _body(row, seen), now) for row in rows])


def _body(row: Row, seen: Mapping[UUID, Glance]) -> dict[str, object]:
    due, quote = row.change.due, row.change.quote
    glance = seen[due.contract.id]
    return {
        "contract_id": str(due.contract.id),
        "on": due.on.isoformat(),
        "benchmark": f"{quote.benchmark} {quote.tenor}",
        "published_on": quote.published_on.isoformat(),
        "rate_before": str(row.rate_before),
        "rate": str(row.change.rate),
        "currency": glance.head.currency,
        "instalments": [
            {
                "due_on": one.due_date.isoformat(),
                "principal": one.principal,
                "interest": one.interest,
            }
            for one in glance.plan
            if one.due_date > due.on
        ],
        "parties": list(due.contract.parties),
    }


def tell_missed(tx: Tx, missed: Sequence[Missed], now: datetime) -> None:
    """credit.repricing_missed.v1, once a contract and day: the old rate stays, a person looks."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "repricing missed", one.due.contract.id.hex, str(one.due.on)),
                "credit.repricing_missed.v1",
                {
                    "contract_id": str(one.due.contract.id),
                    "on": one.due.on.isoformat(),
                    "benchmark": f"{one.due.wanted.benchmark} {one.due.wanted.tenor}",
                    "why": one.why.value,
                    "parties": [],
                },
                now,
            )
            for one in missed
        ],
    )
