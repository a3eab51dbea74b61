"""Checking an Ed25519 signature (RFC 8032) and the key it is checked with. Pure; never signs."""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_BYTES: Final = 32
_Y: Final = (1 << 255) - 1
_P: Final = 2**255 - 19
# y of every point whose order divides eight (and their spellings beyond the field): such a key
# accepts one signature for many messages, which RFC 8032 leaves to its user to refuse.
_SMALL_ORDER: Final = frozenset(
    {
        *(0, 1, _P - 1, _P, _P + 1),
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            "little",
        ),
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
            "little",
        ),
    }
)


def verified(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) is the one of `public_key` (32 bytes) on `message`."""
    if not sound_key(public_key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def sound_key(public_key: bytes) -> bool:
    """Whether these bytes may be recorded as a key: 32 of them, and no point of small order."""
    if len(public_key) != KEY_BYTES:
        return False
    return int.from_bytes(public_key, "little") & _Y not in _SMALL_ORDER
