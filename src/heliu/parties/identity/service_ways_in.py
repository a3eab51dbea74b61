"""Use cases on ways in: log in by passkey or PIN, add and remove them, with one always left.

Whatever tries a secret answers a refusal and does not raise it: the caller commits either way, so
that failures count and stand in the security events.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.parties.identity import ceremony, errors, keys, store_people, store_ways_in
from heliu.parties.identity.domain.lockout import Tally, Whose
from heliu.parties.identity.domain.person import Person, login_of
from heliu.parties.identity.domain.security import Happening
from heliu.parties.identity.domain.session import Session
from heliu.parties.identity.domain.ways_in import (
    CHALLENGE_LIVES,
    MAX_LABEL,
    PASSKEYS_AT_MOST,
    Options,
    Passkey,
    PinTry,
    Rp,
    easily_guessed,
    well_formed,
)
from heliu.parties.identity.service_people import note
from heliu.parties.identity.service_sessions import require_proven

_CHALLENGE_BYTES: Final = 32


def passkey_options(tx: Tx, rp: Rp, session: Session, now: datetime) -> Options:
    """What the browser is to be asked to make a new passkey of the session's person.

    Raises Refusal `session.not_proven` or `passkey.full`.
    """
    require_proven(tx, session, now)
    known = store_ways_in.credential_ids(tx, session.person.id)
    if len(known) >= PASSKEYS_AT_MOST:
        raise errors.passkeys_full()
    id_, challenge = _challenge(tx, session.id, now)
    return Options(id_, ceremony.registration_options(rp, session.person, challenge, known))


def register_passkey(
    tx: Tx, rp: Rp, session: Session, options: UUID, answer: tuple[str, str], now: datetime
) -> Passkey | Refusal:
    """Register the passkey of `answer` = (its JSON, its name); `options` are used up either way.

    Refusals: `session.not_proven`, `passkey.label`, `challenge.over`, `passkey.refused`,
    `passkey.known`, `passkey.full`.
    """
    said, label = answer[0], answer[1].strip()
    require_proven(tx, session, now)
    if not 1 <= len(label) <= MAX_LABEL:
        return errors.label_invalid()
    challenge = store_ways_in.use_challenge(tx, options, session.id, now)
    if challenge is None:
        return errors.ceremony_over()
    try:
        key = ceremony.new_key(rp, challenge, said)
    except ceremony.NotProven as no:
        about = {"why": no.why}
        note(tx, Happening.PASSKEY_REFUSED, now, person=session.person.id, about=about)
        return errors.passkey_refused()
    store_people.lock_people(tx, [session.person.id])
    if len(store_ways_in.passkeys(tx, session.person.id)) >= PASSKEYS_AT_MOST:
        return errors.passkeys_full()
    passkey = Passkey(uuid7(now), label, key.synced, now, None)
    raw = key.credential_id, key.public_key, key.counter
    if not store_ways_in.add_passkey(tx, session.person.id, passkey, raw):
        return errors.passkey_known()
    about = {"passkey": str(passkey.id)}
    note(tx, Happening.PASSKEY_ADDED, now, person=session.person.id, about=about)
    return passkey


def login_options(tx: Tx, rp: Rp, now: datetime) -> Options:
    """What the browser is to be asked so that somebody logs in: any passkey of the house."""
    store_ways_in.sweep_challenges(tx, now)
    id_, challenge = _challenge(tx, None, now)
    return Options(id_, ceremony.authentication_options(rp, challenge))


def login_by_passkey(tx: Tx, rp: Rp, options: UUID, answer: str, now: datetime) -> Person | Refusal:
    """Who logs in with this answer (JSON); `options` are used up either way.

    Refusals: `challenge.over`, `passkey.refused`, `passkey.cloned`.
    """
    challenge = store_ways_in.use_challenge(tx, options, None, now)
    if challenge is None:
        return errors.ceremony_over()
    proof = prove_passkey(tx, rp, challenge, answer, now)
    if isinstance(proof, Refusal):
        return proof
    credential, _ = proof
    return store_people.by_id(tx, [credential.person])[credential.person]


def prove_passkey(
    tx: Tx, rp: Rp, challenge: bytes, answer: str, now: datetime, *, of: UUID | None = None
) -> tuple[store_ways_in.Credential, ceremony.Signature] | Refusal:
    """The passkey (`of` a person, or of anybody) that signed `challenge`, and its signature.

    Refusals: `passkey.refused`, `passkey.cloned`.
    """
    try:
        known = store_ways_in.credential(tx, ceremony.credential_id_of(answer))
        if known is None or (of is not None and known.person != of):
            return _refused(tx, now, of, "unknown")
        signed = ceremony.signature_of(rp, challenge, known.public_key, answer)
    except ceremony.NotProven as no:
        return _refused(tx, now, of, no.why)
    if ceremony.cloned(known.counter, signed.counter):
        about = {"passkey": str(known.id)}
        note(tx, Happening.PASSKEY_CLONED, now, person=known.person, about=about)
        return errors.passkey_cloned()
    store_ways_in.used(tx, known.id, signed.counter, now)
    return known, signed


def login_by_pin(tx: Tx, rp: Rp, typed: PinTry, now: datetime) -> Person | Refusal:
    """Who logs in with log-in and PIN. Refusals: `login.wrong`, `login.locked`.

    A log-in nobody has is answered alike, and takes as long, and is locked alike.
    """
    login = login_of(typed.login) or typed.login[:40]
    subjects = {
        Whose.LOGIN: keys.keyed(rp, "login", login),
        Whose.ADDRESS: keys.keyed(rp, "address", typed.address),
    }
    person = store_people.by_login(tx, [login]).get(login)
    refusal = try_pin(tx, rp, (person, typed.pin), subjects, now)
    if refusal is not None:
        return refusal
    assert person is not None, "nobody has no PIN"
    return person


def try_pin(
    tx: Tx, rp: Rp, typed: tuple[Person | None, str], subjects: dict[Whose, bytes], now: datetime
) -> Refusal | None:
    """Try the PIN of a person (or nobody), counting failures of `subjects`; None: it fits.

    The slow digest is made without holding anything; under the tallies' locks it only counts if
    nobody else used up the tries meanwhile, so guesses side by side are no more guesses.
    """
    person, pin = typed
    if wait := _waits([store_ways_in.tally(tx, *one) for one in subjects.items()], now):
        return wait
    kept = store_ways_in.pin(tx, person.id) if person else None
    fits = keys.pin_fits(rp, kept, pin)
    held = {whose: store_ways_in.hold_tally(tx, whose, subjects[whose]) for whose in subjects}
    if wait := _waits(held.values(), now):
        return wait
    if fits:
        store_ways_in.put_tally(tx, subjects[Whose.LOGIN], Tally(Whose.LOGIN))
        return None
    failed = {whose: one.failed(now) for whose, one in held.items()}
    for whose, one in failed.items():
        store_ways_in.put_tally(tx, subjects[whose], one)
    locked = any(one.open_at() for one in failed.values())
    happening = Happening.LOCKED if locked else Happening.PIN_WRONG
    note(tx, happening, now, person=person.id if person else None)
    return errors.login_wrong()


def set_pin(tx: Tx, rp: Rp, session: Session, pin: str, now: datetime) -> None:
    """Set or change the person's PIN.

    Raises Refusal `session.not_proven`, `pin.invalid` or `pin.easy`.
    """
    require_proven(tx, session, now)
    if not well_formed(pin):
        raise errors.pin_invalid()
    if easily_guessed(pin, session.person.login):
        raise errors.pin_easy()
    salt = keys.new_bytes(keys.SALT_BYTES)
    store_ways_in.put_pin(tx, session.person.id, salt, keys.digest_of_pin(rp, salt, pin), now)
    note(tx, Happening.PIN_SET, now, person=session.person.id, session=session.id)


def remove_pin(tx: Tx, session: Session, now: datetime) -> None:
    """Log in by passkey only from now on. Raises Refusal `session.not_proven` or `ways_in.last`."""
    require_proven(tx, session, now)
    store_people.lock_people(tx, [session.person.id])
    if not store_ways_in.passkeys(tx, session.person.id):
        raise errors.last_way_in()
    if store_ways_in.remove_pin(tx, session.person.id):
        note(tx, Happening.PIN_REMOVED, now, person=session.person.id, session=session.id)


def remove_passkey(tx: Tx, session: Session, passkey: UUID, now: datetime) -> None:
    """Remove a passkey for good.

    Raises Refusal `session.not_proven`, `passkey.unknown` or `ways_in.last`.
    """
    require_proven(tx, session, now)
    store_people.lock_people(tx, [session.person.id])
    left = [one.id for one in store_ways_in.passkeys(tx, session.person.id)]
    if passkey not in left:
        raise errors.passkey_unknown()
    if left == [passkey] and not has_pin(tx, session.person.id):
        raise errors.last_way_in()
    store_ways_in.remove_passkeys(tx, session.person.id, [passkey], now)
    about = {"passkey": str(passkey)}
    note(tx, Happening.PASSKEY_REMOVED, now, person=session.person.id, about=about)


def passkeys_of(tx: Tx, person: UUID) -> list[Passkey]:
    """The person's passkeys in order of registration."""
    return store_ways_in.passkeys(tx, person)


def has_pin(tx: Tx, person: UUID) -> bool:
    """Whether the person can log in by PIN."""
    return store_ways_in.pin(tx, person) is not None


def _challenge(tx: Tx, session: UUID | None, now: datetime) -> tuple[UUID, bytes]:
    id_, challenge = uuid7(now), keys.new_bytes(_CHALLENGE_BYTES)
    store_ways_in.add_challenge(tx, id_, challenge, session, now + CHALLENGE_LIVES)
    return id_, challenge


def _waits(tallies: Iterable[Tally], now: datetime) -> Refusal | None:
    opens = [at for one in tallies if (at := one.open_at()) is not None and at > now]
    return errors.locked(max(opens) - now) if opens else None


def _refused(tx: Tx, now: datetime, person: UUID | None, why: str) -> Refusal:
    note(tx, Happening.PASSKEY_REFUSED, now, person=person, about={"why": why})
    return errors.passkey_refused()
