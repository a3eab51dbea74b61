"""A signer with a key of his own, for demonstration: a bank signs with its own device."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class SimulatedSigner:
    """Signs with the key made from a seed of 32 bytes."""

    seed: bytes = field(repr=False)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes to be recorded for the party."""
        return self._key().public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key().sign(message)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)
