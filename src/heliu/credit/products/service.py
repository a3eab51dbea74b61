"""Use cases of the products desk: release programme versions, and read them back."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from heliu.credit.products import store
from heliu.credit.products.domain import Programme
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def release_programmes(
    tx: Tx, actor: Actor, programmes: Sequence[Programme], now: datetime
) -> None:
    """Record programme versions; a version once released never changes.

    Raises Refusal `programme.version_changed` if a known version comes with other terms.
    """
    known = store.digests(tx, [programme.code for programme in programmes])
    for programme in programmes:
        sha256 = digest(programme)
        if known.get((programme.code, programme.version), sha256) != sha256:
            raise _changed(programme)
    store.add(
        tx,
        [
            (p.code, p.version, p.effective_from, _body(p).decode(), digest(p), now, actor.id)
            for p in programmes
        ],
    )


def programmes(tx: Tx) -> list[Programme]:
    """The youngest version of every programme, by code."""
    return [msgspec.convert(body, Programme) for body in store.latest(tx)]


def digest(programme: Programme) -> str:
    """SHA-256 (hex) of a programme version's canonical JSON."""
    return hashlib.sha256(_body(programme)).hexdigest()


def _body(programme: Programme) -> bytes:
    return msgspec.json.encode(programme, order="sorted")


def _changed(programme: Programme) -> Refusal:
    name = f"{programme.code} v{programme.version}"
    return Refusal(
        "programme.version_changed",
        Text(f"方案 {name} 已发布，条款不能再改", f"{name} is released and cannot change"),
        Text("提高 version 后再发布", "raise its version number and release that"),
        {"programme": programme.code, "version": programme.version},
    )
