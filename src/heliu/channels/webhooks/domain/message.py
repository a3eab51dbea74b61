"""What is sent of a fact, and how it is signed: Standard Webhooks 1.0 (standardwebhooks.com)."""

import base64
import hmac
from typing import Any, Final

import msgspec

from heliu.channels.web.api import PARTIES
from heliu.ground.outbox import Fact

TEST_KIND: Final = "webhooks.test.v1"


def payload_of(fact: Fact) -> str:
    """The message: `type`, `timestamp` and `data`; who else may know it is not told."""
    data = {key: value for key, value in fact.body.items() if key != PARTIES}
    message: dict[str, Any] = {"type": fact.kind, "timestamp": fact.occurred_at, "data": data}
    return msgspec.json.encode(message).decode()


def secret_text(secret: bytes) -> str:
    """A secret as the standard writes it."""
    return "whsec_" + base64.b64encode(secret).decode()


def signed_headers(
    secret: bytes, message_id: str, timestamp: int, payload: str
) -> list[tuple[str, str]]:
    """The three headers of one attempt at `timestamp` (unix seconds): HMAC-SHA256, `v1`."""
    signed = f"{message_id}.{timestamp}.{payload}".encode()
    signature = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    return [
        ("webhook-id", message_id),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", f"v1,{signature}"),
    ]
