"""Door of the webhooks desk."""

from heliu.channels.webhooks.courier import Courier, Ways
from heliu.channels.webhooks.domain.delivery import (
    MAX_TRIES,
    Attempt,
    Delivery,
    Fault,
    State,
)
from heliu.channels.webhooks.domain.endpoint import AddEndpoint, Endpoint
from heliu.channels.webhooks.domain.message import TEST_KIND
from heliu.channels.webhooks.routes import webhook_routes
from heliu.channels.webhooks.service import (
    Listed,
    add_endpoint,
    deliveries_of,
    endpoint_of,
    endpoints_of,
    hear,
    remove_endpoint,
    replay_delivery,
    replay_since,
    secret_of,
    send_test,
)

__all__ = [
    "MAX_TRIES",
    "TEST_KIND",
    "AddEndpoint",
    "Attempt",
    "Courier",
    "Delivery",
    "Endpoint",
    "Fault",
    "Listed",
    "State",
    "Ways",
    "add_endpoint",
    "deliveries_of",
    "endpoint_of",
    "endpoints_of",
    "hear",
    "remove_endpoint",
    "replay_delivery",
    "replay_since",
    "secret_of",
    "send_test",
    "webhook_routes",
]
