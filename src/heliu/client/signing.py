"""How a request is signed: HMAC-SHA256 over timestamp, nonce, method, target, key and body."""

import hmac
import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credential:
    """A connection's key (`hk_...`) and secret (`hs_...`); the secret does not show in `repr`."""

    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a request is signed (unix seconds), and a nonce that is used once."""

    timestamp: int
    nonce: str

    @classmethod
    def at(cls, seconds: float) -> "Stamp":
        """A stamp of that instant with a nonce of its own."""
        return cls(int(seconds), secrets.token_urlsafe(24))


def signed_headers(
    credential: Credential, stamp: Stamp, method: str, target: bytes, body: bytes, *, key: str = ""
) -> dict[str, str]:
    """The headers that sign one request.

    `target` is path and query as sent; `key` the Idempotency-Key, which is signed too.
    """
    lines = (str(stamp.timestamp).encode(), stamp.nonce.encode(), method.encode(), target)
    signed = b"\n".join((*lines, key.encode(), body))
    signature = hmac.digest(credential.secret.encode(), signed, "sha256").hex()
    return {
        "Heliu-Key": credential.key,
        "Heliu-Timestamp": str(stamp.timestamp),
        "Heliu-Nonce": stamp.nonce,
        "Heliu-Signature": f"v1={signature}",
        **({"Idempotency-Key": key} if key else {}),
    }
