"""What the products desk tells the house: credit.programme_released.v1."""

from collections.abc import Sequence
from datetime import datetime

from heliu.credit.products.domain import Programme
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell


def tell_released(tx: Tx, released: Sequence[tuple[Programme, str]], now: datetime) -> None:
    """credit.programme_released.v1 for each (programme, digest); the core enterprise may know."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "programme released", programme.code, str(programme.version)),
                "credit.programme_released.v1",
                {
                    "programme": programme.code,
                    "version": programme.version,
                    "sha256": sha256,
                    "effective_from": programme.effective_from.isoformat(),
                    "suppliers": len(programme.suppliers),
                    "parties": [programme.buyer_uscc],
                },
                now,
            )
            for programme, sha256 in released
        ],
    )
