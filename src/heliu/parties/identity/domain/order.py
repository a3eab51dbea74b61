"""An order that is shown and then signed: what you see is what you sign.

The challenge the authenticator signs is SHA-256 over the canonical order and a nonce, so that the
signature names this order and this showing of it (dynamic linking, as PSD2 RTS art. 5 asks).
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from heliu.books.evidence.api import canonical_json
from heliu.ground.text import Text

SHOWN_FOR: Final = timedelta(minutes=5)
MAX_KIND: Final = 60
MAX_TEXT: Final = 2000
MAX_PAYLOAD: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Order:
    """What a person is asked to sign: its kind, the sentence he sees, the bytes that are acted on.

    `kind` is dotted lower-case words; `payload` is what the handler will do, in its own form.
    """

    kind: str
    text: Text
    payload: bytes

    def __post_init__(self) -> None:
        assert 0 < len(self.kind) <= MAX_KIND, "a kind is a short name"
        assert min(map(len, self.text)) > 0, "the order is said in both languages"
        assert max(map(len, self.text)) <= MAX_TEXT, "an order can be read before it is signed"
        assert len(self.payload) <= MAX_PAYLOAD, "a file is signed by its digest"

    def digest(self) -> bytes:
        """SHA-256 of the canonical order."""
        said = {
            "kind": self.kind,
            "zh": self.text.zh,
            "en": self.text.en,
            "payload": hashlib.sha256(self.payload).hexdigest(),
        }
        return hashlib.sha256(canonical_json(said)).digest()


@dataclass(frozen=True, slots=True)
class Presented:
    """An order as it was shown; `challenge` is base64url, to be signed before `expires_at`.

    `by_passkey` are the options of `navigator.credentials.get()` as JSON; None: he has no passkey.
    """

    id: UUID
    order: Order
    challenge: str
    expires_at: datetime
    by_passkey: str | None


def challenge_of(order: Order, nonce: bytes) -> bytes:
    """The 32 bytes that are signed for this showing of `order`."""
    return hashlib.sha256(order.digest() + nonce).digest()


def in_base64url(raw: bytes) -> str:
    """`raw` in base64url without padding (RFC 4648, 5), as WebAuthn writes bytes in JSON."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
