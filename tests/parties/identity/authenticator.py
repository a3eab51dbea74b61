"""A software authenticator for tests: makes keys and signs challenges as a phone would."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN: Final = "http://localhost:8080"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(frozen=True)
class Phone:
    """One passkey on one device; `counter` None is a synced passkey, which always says 0."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    counter: int | None = None
    origin: str = ORIGIN
    rp_id: str = "localhost"
    flags: int = UP | UV
    kind: str | None = None

    def at(self, counter: int) -> "Phone":
        return replace(self, counter=counter)

    def register(self, options: str) -> str:
        """The answer to `navigator.credentials.create(options)`."""
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)}
        credential = (
            bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + cbor2.dumps(cose)
        )
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(AT) + credential}
        response = {
            "clientDataJSON": b64(self._client(options, "webauthn.create")),
            "attestationObject": b64(cbor2.dumps(made)),
            "transports": ["internal"],
        }
        return self._answer(response)

    def sign(self, options: str) -> str:
        """The answer to `navigator.credentials.get(options)`."""
        client, data = self._client(options, "webauthn.get"), self._data(0)
        digest = hashlib.sha256(client).digest()
        signature = self.key.sign(data + digest, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(signature),
        }
        return self._answer(response)

    def _client(self, options: str, kind: str) -> bytes:
        said = {
            "type": self.kind or kind,
            "challenge": json.loads(options)["challenge"],
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _data(self, more: int) -> bytes:
        synced = 0 if self.counter is not None else BE | BS
        rp = hashlib.sha256(self.rp_id.encode()).digest()
        return rp + bytes([self.flags | synced | more]) + (self.counter or 0).to_bytes(4)

    def _answer(self, response: Mapping[str, object]) -> str:
        return json.dumps(
            {
                "id": b64(self.credential_id),
                "rawId": b64(self.credential_id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
