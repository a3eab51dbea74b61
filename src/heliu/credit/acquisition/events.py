"""What the acquisition desk tells the house: credit.suppliers_preapproved.v1, one fact a run."""

from heliu.credit.acquisition.domain.run import Result, Run
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell


def tell_preapproved(tx: Tx, run: Run, result: Result, buyer: str) -> None:
    """credit.suppliers_preapproved.v1; the core enterprise may know."""
    body = {
        "run_id": str(run.id),
        "programme": run.programme,
        "version": run.version,
        "on": run.on.isoformat(),
        "approved": result.approved,
        "refused": result.refused,
        "set_aside": run.complaints,
        "limit": result.limit.minor,
        "expected_draw": result.draw.minor,
        "currency": result.limit.currency,
        "root": result.root.hex(),
        "parties": [buyer],
    }
    fact = derived_id("fact", "suppliers preapproved", str(run.id))
    tell(tx, [Fact(fact, "credit.suppliers_preapproved.v1", body, result.finished_at)])
