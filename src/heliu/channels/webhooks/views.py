"""What the webhook routes take and answer with."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from heliu.channels.webhooks.domain.address import MAX_URL
from heliu.channels.webhooks.domain.delivery import Attempt, Delivery, Fault, State
from heliu.channels.webhooks.domain.endpoint import MAX_KINDS, Endpoint
from heliu.channels.webhooks.service import Listed

Kind = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+\.v[0-9]+$", max_length=100)]


class View(BaseModel):
    """An answer: complete as described, nothing besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EndpointBody(BaseModel):
    """Where facts are to be sent, and which."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_URL,
            description="https, on the public internet.",
            examples=["https://erp.example.com/heliu"],
        ),
    ]
    kinds: Annotated[
        list[Kind],
        Field(
            max_length=MAX_KINDS,
            description="Kinds of facts; none: every kind.",
            examples=[["credit.loan_disbursed.v1"]],
        ),
    ] = []


class ReplayBody(BaseModel):
    """What is to be sent again: one delivery, or all that were created since an instant."""

    model_config = ConfigDict(extra="forbid")

    delivery: UUID | None = None
    since: AwareDatetime | None = None


class EndpointView(View):
    """One endpoint."""

    id: UUID
    url: str
    kinds: list[str]
    created_at: datetime


class NewEndpointView(EndpointView):
    """One endpoint with the secret its messages are signed with."""

    secret: str = Field(description="`whsec_` and base64, as Standard Webhooks has it.")


class EndpointsView(View):
    """Your endpoints, in order of creation."""

    endpoints: list[EndpointView]


class AttemptView(View):
    """One attempt: the status that was answered, or why there was no answer."""

    sent_at: datetime
    took_ms: int
    status: int | None
    fault: Fault | None


class DeliveryView(View):
    """One message and how it fares; `id` stands in `webhook-id` of every attempt."""

    id: UUID
    webhook_id: str
    fact: UUID | None = Field(description="What it tells of; none for a test.")
    kind: str
    state: State
    attempts: int
    next_at: datetime | None = Field(description="When it is tried (again), while it is due.")
    created_at: datetime
    last_attempt: AttemptView | None


class DeliveriesView(View):
    """Deliveries, youngest first; `next` is `before` of the page behind, if there is one."""

    deliveries: list[DeliveryView]
    next: int | None


class ReplayedView(View):
    """How many deliveries are due again."""

    due: int


class TestView(View):
    """The test message that is on its way."""

    delivery: UUID
    kind: Literal["webhooks.test.v1"] = "webhooks.test.v1"


def endpoint_view(endpoint: Endpoint) -> EndpointView:
    """One endpoint, without its secret."""
    return EndpointView(
        id=endpoint.id,
        url=endpoint.url,
        kinds=sorted(endpoint.kinds),
        created_at=endpoint.created_at,
    )


def deliveries_view(listed: list[Listed], limit: int) -> DeliveriesView:
    """A page of deliveries."""
    return DeliveriesView(
        deliveries=[_delivery_view(one) for one in listed],
        next=listed[-1].number if len(listed) == limit else None,
    )


def _delivery_view(listed: Listed) -> DeliveryView:
    delivery: Delivery = listed.delivery
    return DeliveryView(
        id=delivery.id,
        webhook_id=delivery.message_id,
        fact=delivery.fact_id,
        kind=delivery.kind,
        state=delivery.state,
        attempts=delivery.attempts,
        next_at=delivery.next_at if delivery.state is State.DUE else None,
        created_at=delivery.created_at,
        last_attempt=_attempt_view(listed.last) if listed.last else None,
    )


def _attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        sent_at=attempt.sent_at,
        took_ms=int(attempt.took.total_seconds() * 1000),
        status=attempt.status,
        fault=attempt.fault,
    )
