"""The life of an application: the fold of what happened to it. Pure.

Events are the truth. A stage forbids what may not happen in it: nothing is signed that was not
accepted, nothing accepted that was not offered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from heliu.credit.origination.domain.filing import (
    ContractRef,
    Document,
    ErrandKind,
    Filing,
    KybItem,
    Offer,
    ReasonLine,
    Registration,
    Report,
    Screening,
    Search,
    Signer,
    Stage,
)
from heliu.credit.origination.domain.happenings import (
    Attached,
    ChangeAsked,
    ContractSigned,
    Decided,
    ErrandFailed,
    ErrandResumed,
    Event,
    Expired,
    Filed,
    KybChecked,
    OfferAccepted,
    PartyScreened,
    Registered,
    RegistrationChanged,
    RegistrySearched,
    ReportReceived,
    Reviewed,
    Withdrawn,
)


@dataclass(frozen=True, slots=True)
class Application:
    """An application as its events up to `no` make it."""

    id: UUID
    no: int
    filing: Filing
    filed_on: date
    stage: Stage
    hands: frozenset[str]  # who filed or decided: none of them is the second person
    documents: tuple[Document, ...] = ()
    kyb: tuple[KybItem, ...] = ()
    report: Report | None = None
    search: Search | None = None
    screening: Screening | None = None
    attempts: Mapping[ErrandKind, int] = field(default_factory=dict)
    retry_at: Mapping[ErrandKind, datetime] = field(default_factory=dict)
    stuck: frozenset[ErrandKind] = frozenset()
    offer: Offer | None = None
    offer_ends_on: date | None = None
    reasons: tuple[ReasonLine, ...] = ()
    verdict_id: UUID | None = None
    contract: ContractRef | None = None
    contract_made_at: datetime | None = None
    accepted_on: date | None = None
    signed_by: frozenset[Signer] = frozenset()
    must_register: bool = False
    registration: Registration | None = None
    change_asked: ChangeAsked | None = None


def fold(
    application_id: UUID, events: Iterable[Event], *, must_register: bool
) -> list[Application]:
    """The application after each of its events (the first one is Filed), oldest first."""
    lived: list[Application] = []
    for event in events:
        if isinstance(event.body, Filed):
            assert not lived, "an application is filed once"
            lived.append(
                Application(
                    *(application_id, event.no, event.body.filing, event.on, Stage.GATHERING),
                    frozenset({event.by}),
                    must_register=must_register,
                )
            )
        else:
            lived.append(replace(after(lived[-1], event), no=event.no))
    return lived


def after(now: Application, event: Event) -> Application:  # noqa: C901, PLR0911, PLR0912 - a line an event
    """`now` as that event (not Filed) makes it."""
    match body := event.body:
        case Filed():
            raise AssertionError("an application is filed once")
        case Attached():
            return replace(now, documents=(*now.documents, *body.documents))
        case KybChecked():
            return replace(now, kyb=body.items)
        case ReportReceived():
            return replace(_answered(now, ErrandKind.REPORT), report=body.report)
        case RegistrySearched():
            return replace(_answered(now, ErrandKind.SEARCH), search=body.search)
        case PartyScreened():
            return replace(_answered(now, ErrandKind.SCREENING), screening=body.screening)
        case ErrandFailed():
            return _failed(now, body)
        case ErrandResumed():
            return _answered(now, body.errand)
        case Decided():
            return _decided(now, body, event.by)
        case Reviewed():
            stage = Stage.REFUSED if body.ends_on is None else Stage.OFFERED
            return replace(now, stage=stage, offer_ends_on=body.ends_on)
        case OfferAccepted():
            return replace(
                now,
                stage=Stage.ACCEPTED,
                contract=body.contract,
                contract_made_at=event.at,
                accepted_on=event.on,
            )
        case ContractSigned():
            return _signed(now, body)
        case Registered():
            registered = _answered(now, ErrandKind.REGISTER)
            return replace(registered, stage=Stage.COMPLETED, registration=body.registration)
        case ChangeAsked():
            return replace(now, change_asked=body)
        case RegistrationChanged():
            return _changed(now, body)
        case Expired():
            return replace(now, stage=Stage.EXPIRED)
        case Withdrawn():
            return replace(now, stage=Stage.WITHDRAWN)
        case _:
            assert_never(body)


def _answered(now: Application, errand: ErrandKind) -> Application:
    return replace(
        now,
        attempts={k: n for k, n in now.attempts.items() if k is not errand},
        retry_at={k: at for k, at in now.retry_at.items() if k is not errand},
        stuck=now.stuck - {errand},
    )


def _failed(now: Application, body: ErrandFailed) -> Application:
    cleared = _answered(now, body.errand)
    attempts = {**cleared.attempts, body.errand: body.attempt}
    if body.retry_at is None:
        return replace(cleared, attempts=attempts, stuck=cleared.stuck | {body.errand})
    waits = {**cleared.retry_at, body.errand: body.retry_at}
    return replace(cleared, attempts=attempts, retry_at=waits)


def _decided(now: Application, body: Decided, by: str) -> Application:
    if body.offer is None:
        stage = Stage.REFUSED
    else:
        stage = Stage.REVIEW if body.ends_on is None else Stage.OFFERED
    return replace(
        now,
        stage=stage,
        hands=now.hands | {by},
        verdict_id=body.verdict_id,
        offer=body.offer,
        offer_ends_on=body.ends_on,
        reasons=body.reasons,
    )


def _signed(now: Application, body: ContractSigned) -> Application:
    signed_by = now.signed_by | {body.signer}
    if signed_by != frozenset(Signer):
        return replace(now, signed_by=signed_by)
    stage = Stage.SIGNED if now.must_register else Stage.COMPLETED
    return replace(now, signed_by=signed_by, stage=stage)


def _changed(now: Application, body: RegistrationChanged) -> Application:
    assert now.registration is not None, "only what is registered changes"
    kind = ErrandKind.CANCEL if body.until is None else ErrandKind.EXTEND
    answered = replace(_answered(now, kind), change_asked=None)
    if body.until is None:
        return replace(answered, registration=None)
    return replace(answered, registration=replace(now.registration, until=body.until))
