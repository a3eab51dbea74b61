"""Tokens, codes and PINs: made by chance, kept only as digests."""

import base64
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from heliu.parties.identity.domain.ways_in import Rp

SALT_BYTES: Final = 16
NONCE_BYTES: Final = 32
_TOKEN_BYTES: Final = 32
_CODE_BYTES: Final = 15  # 24 letters of base32: 120 bits, in six groups of four
_GROUP: Final = 4
# RFC 9106 in the smallest of the settings OWASP lists: 19 MiB, two passes, one lane; 25-45 ms.
_MEMORY_KIB: Final = 19 * 1024
_PASSES: Final = 2
_SALT_OF_NOBODY: Final = bytes(SALT_BYTES)


def new_token() -> str:
    """A session's token: 256 bits in base64url."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def new_code() -> str:
    """A one-time code that can be read out: six groups of four of a-z and 2-7."""
    letters = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def new_bytes(count: int) -> bytes:
    """So many bytes of chance."""
    return secrets.token_bytes(count)


def digest_of_token(token: str) -> bytes:
    """What is kept of a token: it has 256 bits, so a plain hash tells nothing."""
    return hashlib.sha256(_bytes(token)).digest()


def digest_of_code(typed: str) -> bytes:
    """What is kept of a code, however it was typed."""
    letters = "".join(letter for letter in typed.lower() if letter.isalnum())
    return hashlib.sha256(_bytes(letters)).digest()


def keyed(rp: Rp, kind: str, value: str) -> bytes:
    """A digest of something guessable (a log-in, an address) that only the house can make."""
    return hmac.digest(rp.key, _bytes(f"{kind}:{value}"), "sha256")


def digest_of_pin(rp: Rp, salt: bytes, pin: str) -> bytes:
    """What is kept of a PIN (32 bytes): slow to make, and not at all without the house's key."""
    kdf = Argon2id(salt=salt, length=32, iterations=_PASSES, lanes=1, memory_cost=_MEMORY_KIB)
    return kdf.derive(keyed(rp, "pin", pin))


def pin_fits(rp: Rp, kept: tuple[bytes, bytes] | None, pin: str) -> bool:
    """Whether `pin` is the one of `kept` (salt, digest); takes as long where there is none."""
    salt, digest = kept or (_SALT_OF_NOBODY, b"")
    return hmac.compare_digest(digest_of_pin(rp, salt, pin), digest)


def _bytes(text: str) -> bytes:
    """UTF-8 of whatever was sent, also of what has none."""
    return text.encode(errors="replace")
