"""Use cases of the products desk: propose, release by a second person, read what is in force."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from heliu.credit.products import errors, store
from heliu.credit.products.domain import (
    EntrustedPayment,
    Product,
    ProductKind,
    Programme,
    default_product_code,
)
from heliu.credit.products.events import tell_released
from heliu.credit.products.loan_product import Recourse
from heliu.ground.actor import Actor
from heliu.ground.db import Tx


@dataclass(frozen=True, slots=True)
class Version:
    """A recorded version with who proposed it and, once it counts, who released it."""

    programme: Programme
    sha256: str
    proposed_at: datetime
    proposed_by: str
    released_at: datetime | None
    released_by: str | None


def propose_programme(tx: Tx, actor: Actor, programme: Programme, now: datetime) -> Programme:
    """Record a version that counts once a second person releases it; again changes nothing.

    Raises Refusal `programme.version_changed` if that version is recorded with other terms,
    `programme.version_old` if a later one is.
    """
    known = store.marks(tx, [programme.code])
    latest = max((version for _, version in known), default=0)
    if (mark := known.get((programme.code, programme.version))) is not None:
        if mark.sha256 != digest(programme):
            raise errors.version_changed(programme.code, programme.version)
    elif programme.version < latest:
        raise errors.version_old(programme.code, programme.version, latest)
    store.add(tx, [_row(programme, now, actor.id)])
    # Of two that propose the same version at once, the first one counts.
    if store.marks(tx, [programme.code])[programme.code, programme.version].sha256 != digest(
        programme
    ):
        raise errors.version_changed(programme.code, programme.version)
    return programme


def release_programme(tx: Tx, actor: Actor, code: str, version: int, now: datetime) -> Programme:
    """Let a proposed version count from its effective date; again by anybody changes nothing.

    Raises Refusal `programme.unknown`, `programme.same_person` if `actor` proposed it,
    `programme.version_old` if a later version is released already.
    """
    known = store.marks(tx, [code])
    mark = known.get((code, version))
    if mark is None:
        raise errors.unknown(code, version)
    if mark.released_by is None:
        if mark.proposed_by == actor.id:
            raise errors.same_person(code, version)
        latest = max((m.version for m in known.values() if m.released_by), default=0)
        if version < latest:
            raise errors.version_old(code, version, latest)
    programme = next(v.programme for v in history(tx, code) if v.programme.version == version)
    if mark.released_by is None:
        _release(tx, actor, [programme], now)
    return programme


def release_programmes(
    tx: Tx, actor: Actor, programmes: Sequence[Programme], now: datetime
) -> None:
    """Programmes that come as files: proposed by the file, released by who runs them.

    A version once recorded never changes: raises Refusal `programme.version_changed` if a known
    version comes with other terms, `programme.same_person` if `actor` proposed it and nobody else
    has released it.
    """
    known = store.marks(tx, [programme.code for programme in programmes])
    for programme in programmes:
        mark = known.get((programme.code, programme.version))
        if mark is not None and mark.sha256 != digest(programme):
            raise errors.version_changed(programme.code, programme.version)
        if mark is not None and mark.released_by is None and mark.proposed_by == actor.id:
            raise errors.same_person(programme.code, programme.version)
    store.add(tx, [_row(p, now, f"file:{digest(p)[:16]}") for p in programmes])
    new = {(p.code, p.version): p for p in programmes}
    _release(
        tx,
        actor,
        [p for key, p in new.items() if key not in known or known[key].released_by is None],
        now,
    )


def in_force(tx: Tx, codes: Sequence[str], on: date) -> dict[str, Programme]:
    """The youngest released version of each of `codes` that is effective on business date `on`."""
    found = [_read(body) for body in store.in_force(tx, codes, on)]
    return {programme.code: programme for programme in found}


def programmes(tx: Tx) -> list[Programme]:
    """The youngest released version of every programme, by code, effective yet or not."""
    return [_read(body) for body in store.latest(tx)]


def history(tx: Tx, code: str) -> list[Version]:
    """Every version of a programme, proposed or released, oldest first."""
    return [Version(_read(body), *rest) for body, *rest in store.versions(tx, code)]  # type: ignore[arg-type]


def digest(programme: Programme) -> str:
    """SHA-256 (hex) of a programme version's canonical JSON."""
    return hashlib.sha256(_body(programme)).hexdigest()


def _release(tx: Tx, actor: Actor, released: Sequence[Programme], now: datetime) -> None:
    store.release(tx, [(p.code, p.version, now, actor.id) for p in released])
    tell_released(tx, [(programme, digest(programme)) for programme in released], now)


def _row(programme: Programme, now: datetime, by: str) -> store.Row:
    body = _body(programme).decode()
    return (
        *(programme.code, programme.version, programme.effective_from, body),
        *(digest(programme), now, by),
    )


def _body(programme: Programme) -> bytes:
    # What a file may leave out is left out where it says no more than the default: a programme
    # recorded before the field was known keeps its digest.
    kept = _beyond(programme, _unless_said(programme))
    kept["product"] = _beyond(programme.product, {"recourse": Recourse.FULL})
    return msgspec.json.encode(kept, order="sorted")


def _beyond(said: Programme | Product, defaults: Mapping[str, object]) -> dict[str, object]:
    """The fields that say something else than their default."""
    return {
        name: value
        for name in said.__slots__
        if (value := getattr(said, name)) != defaults.get(name, _Absent)
    }


class _Absent:
    """Equal to nothing a programme says."""


def _unless_said(programme: Programme) -> dict[str, object]:
    return {
        "product_code": default_product_code(programme.product.kind),
        "product_limit": programme.programme_limit,
        "group_code": programme.buyer_uscc,
        "group_limit": programme.obligor_limit,
        "entrusted_payment": EntrustedPayment(),
    }


def _read(body: Any) -> Programme:
    # The same defaults as above, in the form of the stored JSON.
    defaults = {
        "product_code": default_product_code(ProductKind(body["product"]["kind"])),
        "product_limit": body["programme_limit"],
        "group_code": body["buyer_uscc"],
        "group_limit": body["obligor_limit"],
        "entrusted_payment": {"required": False, "above": None},
    }
    return msgspec.convert(defaults | body, Programme)
