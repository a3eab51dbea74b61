"""What the origination desk tells the house.

credit.loan_application_completed.v1, credit.loan_application_refused.v1,
credit.loan_application_stuck.v1; the borrower may know, if it is an enterprise.
"""

from collections.abc import Iterator, Sequence

from heliu.credit.origination.domain.application import Application
from heliu.credit.origination.domain.filing import BorrowerKind, Stage
from heliu.credit.origination.domain.happenings import ErrandFailed, Event
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell

_ENDS = {Stage.COMPLETED: "completed", Stage.REFUSED: "refused"}


def tell_lived(tx: Tx, lived: Sequence[tuple[Stage | None, Event, Application]]) -> None:
    """A fact for each (stage before, event, application after) that the house should know of."""
    tell(tx, [fact for step in lived for fact in _facts(*step)])


def _facts(before: Stage | None, event: Event, now: Application) -> Iterator[Fact]:
    if isinstance(event.body, ErrandFailed) and event.body.retry_at is None:
        yield _fact("stuck", event, now, {"errand": event.body.errand, "fault": event.body.fault})
    if now.stage in _ENDS and now.stage is not before:
        yield _fact(
            _ENDS[now.stage], event, now, {"reasons": [reason.code for reason in now.reasons]}
        )


def _fact(word: str, event: Event, now: Application, said: dict[str, object]) -> Fact:
    filing = now.filing
    known = filing.borrower_kind is BorrowerKind.ENTERPRISE
    return Fact(
        derived_id("fact", f"application {word}", str(now.id), str(event.no)),
        f"credit.loan_application_{word}.v1",
        {
            "application": str(now.id),
            "product": filing.product_code,
            "version": filing.product_version,
            "parties": [filing.borrower] if known else [],
            **said,
        },
        event.at,
    )
