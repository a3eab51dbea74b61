"""Use cases of the verdicts desk: decide a batch, read verdicts, replay them, keep releases."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from heliu.books.evidence.api import Entry, Plain, plain_json, record
from heliu.decisions.verdicts import store, store_staff
from heliu.decisions.verdicts.domain.deciding import decide_inputs
from heliu.decisions.verdicts.domain.explaining import Explained, explain
from heliu.decisions.verdicts.domain.release import Release
from heliu.decisions.verdicts.domain.verdict import (
    DecisionCommand,
    Outcome,
    Profile,
    Replay,
    Verdict,
    differences,
    plain_inputs,
    plain_outcome,
    read_outcome,
    same_request,
    verdict_id,
)
from heliu.decisions.verdicts.errors import (
    KeyReused,
    ReleaseChanged,
    UnknownRelease,
    VerdictUnknown,
)
from heliu.decisions.verdicts.release_file import packaged_release, read_release
from heliu.decisions.verdicts.store import Index, Kept
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

# Releases that were read as recorded, by the connection they were read over.
_READ: Final[WeakKeyDictionary[Connection[TupleRow], dict[str, Release]]] = WeakKeyDictionary()


def decide(
    tx: Tx, actor: Actor, commands: Sequence[DecisionCommand], *, profile: Profile
) -> list[Verdict | Refusal]:
    """One verdict per command, in order, stored and proven in this transaction.

    The same key again answers with the stored verdict, or with KeyReused if it asks for something
    else. A release that is neither recorded nor packaged, or was edited after it was recorded,
    refuses its own commands only. Raises NotCanonical for a feature that is a float.
    """
    asked = [plain_inputs(command, profile) for command in commands]
    # Of two commands with one key in a batch, the first one counts.
    first = {c.key: (c, inputs) for c, inputs in reversed(list(zip(commands, asked, strict=True)))}
    new = list(first.values())[::-1]
    releases = _releases(tx, actor, [command for command, _ in new])
    made = {one.kept.key: one for one in _decide(new, releases)}
    added = store.add_verdicts(tx, [(m.kept, _index(m.outcome)) for m in made.values()], actor.id)
    fresh = {key: one for key, one in made.items() if key in added}
    # What was decided before is the answer: the database says which, so nothing is looked up for
    # commands that are new.
    before = {kept.key: kept for kept in store.by_id(tx, _ids(first.keys() - added)).values()}
    record(tx, [_evidence(one.kept) for one in fresh.values()])
    return [
        _answer(command, inputs, fresh.get(command.key) or before.get(command.key), releases)
        for command, inputs in zip(commands, asked, strict=True)
    ]


def _ids(keys: Collection[UUID]) -> list[UUID]:
    return [verdict_id(key) for key in keys]


def register_release(tx: Tx, actor: Actor, text: bytes, now: datetime) -> Release:
    """Record a release of the bank's own (YAML). Raises ReleaseInvalid, ReleaseChanged."""
    release = read_release(text)
    store.add_release(tx, (release.sha256, release.name, text, now, actor.id))
    if store.releases_by_name(tx, [release.name])[release.name] != text:
        raise ReleaseChanged(release.name)
    return release


def find(tx: Tx, ids: Sequence[UUID]) -> list[Verdict]:
    """The stored verdicts of `ids`, in order. Raises VerdictUnknown."""
    return [_verdict(kept) for kept in _kept(tx, ids)]


def verdicts_of(tx: Tx, subjects: Sequence[UUID]) -> list[Verdict]:
    """All verdicts about `subjects`, oldest first."""
    return find(tx, store.ids_of(tx, subjects))


def replay(tx: Tx, ids: Sequence[UUID]) -> list[Replay]:
    """Make past decisions again from stored inputs and stored release text alone, in order.

    `identical` compares canonical bytes. Raises VerdictUnknown.
    """
    kept = _kept(tx, ids)
    texts = store.releases_by_digest(tx, {one.release_sha256 for one in kept})
    replays: dict[UUID, Replay] = {}
    for digest in texts:
        group = [one for one in kept if one.release_sha256 == digest]
        outcomes = decide_inputs(
            read_release(texts[digest]), [msgspec.json.decode(one.inputs) for one in group]
        )
        replays |= {one.id: _compare(one, new) for one, new in zip(group, outcomes, strict=True)}
    return [replays[one] for one in ids]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A past decision asked again on other terms: what is asked, the base rate, some features."""

    verdict: UUID
    requested: Money
    base_rate: Decimal
    features: Mapping[str, Plain]


def what_if(tx: Tx, asked: Sequence[Otherwise]) -> list[Outcome]:
    """What past decisions would come to on other terms under their own rules, in order.

    Nothing is kept: it is no decision. Raises VerdictUnknown.
    """
    kept = _kept(tx, [one.verdict for one in asked])
    texts = store.releases_by_digest(tx, {one.release_sha256 for one in kept})
    read = {digest: read_release(text) for digest, text in texts.items()}
    outcomes = []
    for one, said in zip(kept, asked, strict=True):
        inputs = msgspec.json.decode(one.inputs)
        sum_ = {"minor": said.requested.minor, "currency": said.requested.currency}
        other = inputs | {
            "requested": sum_,
            "base_rate": str(said.base_rate),
            "features": inputs["features"] | dict(said.features),
        }
        outcomes += decide_inputs(read[one.release_sha256], [other])
    return outcomes


@dataclass(frozen=True, slots=True)
class Dossier:
    """A decision with all it was made from: plain inputs, the release, the way through it."""

    verdict: Verdict
    inputs: Mapping[str, Any]
    release: Release
    explained: Explained
    by: str


def dossier(tx: Tx, id_: UUID) -> Dossier:
    """One decision laid open. Raises VerdictUnknown."""
    found = store_staff.stored(tx, id_)
    if found is None:
        raise VerdictUnknown(id_)
    (verdict,) = find(tx, [id_])
    release = read_release(found.release)
    inputs = msgspec.json.decode(found.inputs)
    return Dossier(verdict, inputs, release, explain(release, inputs), found.by)


def _releases(
    tx: Tx, actor: Actor, commands: Sequence[DecisionCommand]
) -> dict[str, Release | Refusal]:
    first = {command.release_id: command.decided_at for command in reversed(commands)}
    # A release that was read is never another one: the table is append-only.
    read = _READ.setdefault(tx.session, {})
    missing = [name for name in first if name not in read]
    stored = store.releases_by_name(tx, missing) if missing else {}
    found: dict[str, Release | Refusal] = {}
    sound: dict[str, Release] = {}
    for name, at in first.items():
        if name in read:
            found[name] = read[name]
            continue
        packaged = packaged_release(name)
        if name in stored:
            if packaged not in (None, stored[name]):
                found[name] = ReleaseChanged(name)
            else:
                found[name] = sound[name] = read_release(stored[name])
        elif packaged is None:
            found[name] = UnknownRelease(name)
        else:
            found[name] = register_release(tx, actor, packaged, at)
    if sound:
        tx.after_commit(lambda: read.update(sound))
    return found


@dataclass(frozen=True, slots=True)
class _Made:
    """A decision just made: as it is kept, and as it was made."""

    kept: Kept
    outcome: Outcome
    inputs: dict[str, Plain]


def _decide(
    asked: Sequence[tuple[DecisionCommand, dict[str, Plain]]],
    releases: Mapping[str, Release | Refusal],
) -> list[_Made]:
    decided = []
    for name, release in releases.items():
        if isinstance(release, Refusal):
            continue
        group = [(command, inputs) for command, inputs in asked if command.release_id == name]
        outcomes = decide_inputs(release, [inputs for _, inputs in group])
        decided += [
            _Made(_keep(command, inputs, outcome, release), outcome, inputs)
            for (command, inputs), outcome in zip(group, outcomes, strict=True)
        ]
    return decided


def _keep(
    command: DecisionCommand, inputs: dict[str, Plain], outcome: Outcome, release: Release
) -> Kept:
    asked = plain_json({**inputs, "release_sha256": release.sha256})
    return Kept(
        id=verdict_id(command.key),
        key=command.key,
        subject_id=command.subject_id,
        release_sha256=release.sha256,
        inputs=asked.decode(),
        inputs_sha256=hashlib.sha256(asked).hexdigest(),
        outcome=plain_json(plain_outcome(outcome)).decode(),
        decided_at=command.decided_at,
    )


def _index(outcome: Outcome) -> Index:
    amount = outcome.amount
    return Index(outcome.approved, amount.minor, amount.currency, outcome.score, outcome.grade)


def _evidence(kept: Kept) -> Entry:
    body = {
        "inputs_sha256": kept.inputs_sha256,
        "outcome_sha256": hashlib.sha256(kept.outcome.encode()).hexdigest(),
        "release_sha256": kept.release_sha256,
    }
    return Entry("verdict", kept.id, body)


def _answer(
    command: DecisionCommand,
    inputs: dict[str, Plain],
    found: _Made | Kept | None,
    releases: Mapping[str, Release | Refusal],
) -> Verdict | Refusal:
    if found is None:
        # Not decided: its release refused, or the key's first command in this batch was refused.
        release = releases.get(command.release_id)
        return release if isinstance(release, Refusal) else KeyReused(command.key)
    if isinstance(found, _Made):
        if found.inputs is not inputs and not same_request(inputs, found.inputs):
            return KeyReused(command.key)
        return _as_verdict(found.kept, found.outcome, command.release_id)
    before = msgspec.json.decode(found.inputs)
    if not same_request(inputs, before):
        return KeyReused(command.key)
    return _verdict(found)


def _kept(tx: Tx, ids: Sequence[UUID]) -> list[Kept]:
    found = store.by_id(tx, set(ids))
    for one in ids:
        if one not in found:
            raise VerdictUnknown(one)
    return [found[one] for one in ids]


def _verdict(kept: Kept) -> Verdict:
    release = msgspec.json.decode(kept.inputs)["release"]
    return _as_verdict(kept, read_outcome(kept.outcome.encode()), release)


def _as_verdict(kept: Kept, outcome: Outcome, release_id: str) -> Verdict:
    return Verdict(
        id=kept.id,
        key=kept.key,
        subject_id=kept.subject_id,
        approved=outcome.approved,
        amount=outcome.amount,
        score=outcome.score,
        grade=outcome.grade,
        annual_rate=outcome.annual_rate,
        reasons=outcome.reasons,
        release_id=release_id,
        release_sha256=kept.release_sha256,
        inputs_sha256=kept.inputs_sha256,
        at=kept.decided_at,
    )


def _compare(kept: Kept, outcome: Outcome) -> Replay:
    stored, recomputed = kept.outcome.encode(), plain_json(plain_outcome(outcome))
    found = differences(msgspec.json.decode(stored), msgspec.json.decode(recomputed))
    if hashlib.sha256(kept.inputs.encode()).hexdigest() != kept.inputs_sha256:
        found.append("/inputs")
    identical = stored == recomputed and not found
    return Replay(kept.id, identical, stored, recomputed, tuple(found))
