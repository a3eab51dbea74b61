"""The vault: every secret of the house is derived from one master key; none is stored.

A secret is HMAC-SHA256 of its kind, owner and generation under the master key (a pseudo-random
function, so one secret tells nothing of another or of the key; NIST SP 800-108 in one block). What
must be kept safe, and backed up apart from the database, is 32 bytes.
"""

import base64
import binascii
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from heliu.parties.access.errors import master_key_invalid, master_key_open

KEY_BYTES: Final = 32
_FILE: Final = "master.key"
_OPEN_TO_OTHERS: Final = 0o077


class Vault:
    """Derives secrets from the master key, which does not show in `repr`."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        assert len(key) == KEY_BYTES, "a master key is 32 bytes"
        self._key = key

    @classmethod
    def open(cls, folder: Path, env_value: str | None = None) -> "Vault":
        """The vault of `env_value` (base64 of 32 bytes) or of `folder`/master.key (mode 0600).

        The file is made at first use. Raises Refusal `vault.master_key_invalid` or
        `vault.master_key_open` if what is there is no key or others can read it.
        """
        return cls(_decoded(env_value) if env_value else _from_file(folder))

    def secret_of(self, kind: str, owner: str, generation: int = 1) -> bytes:
        """The 32 bytes that are the secret of `owner` (an id without colons), always the same."""
        assert ":" not in kind + owner, "the parts of a label stay apart"
        return hmac.digest(self._key, f"{kind}:{owner}:{generation}".encode(), "sha256")


def _decoded(value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise master_key_invalid("HELIU_MASTER_KEY") from None
    if len(key) != KEY_BYTES:
        raise master_key_invalid("HELIU_MASTER_KEY")
    return key


def _from_file(folder: Path) -> bytes:
    path = folder / _FILE
    if not path.exists():
        _make(path)
    if path.stat().st_mode & _OPEN_TO_OTHERS:
        raise master_key_open(_FILE)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise master_key_invalid(_FILE)
    return key


def _make(path: Path) -> None:
    """Write a new key beside `path` and link it there whole; whoever was first has made it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_bytes(KEY_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
