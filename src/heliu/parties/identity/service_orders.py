"""Step-up by signing the shown order: show it, sign it once by passkey or PIN, keep the proof."""

from datetime import datetime
from uuid import UUID

from heliu.books.evidence.api import Entry, record
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.parties.identity import ceremony, errors, keys, store_sessions, store_ways_in
from heliu.parties.identity.domain.lockout import Whose
from heliu.parties.identity.domain.order import (
    SHOWN_FOR,
    Order,
    Presented,
    challenge_of,
    in_base64url,
)
from heliu.parties.identity.domain.security import Happening
from heliu.parties.identity.domain.session import Session
from heliu.parties.identity.domain.ways_in import Rp
from heliu.parties.identity.service_people import note
from heliu.parties.identity.service_ways_in import prove_passkey, try_pin


def present(tx: Tx, rp: Rp, session: Session, order: Order, now: datetime) -> Presented:
    """Keep an order as it is about to be shown; it may be signed once, within five minutes."""
    shown = store_sessions.Shown(order, keys.new_bytes(keys.NONCE_BYTES), now + SHOWN_FOR)
    id_ = uuid7(now)
    store_sessions.show(tx, id_, session.id, shown, now)
    challenge = challenge_of(order, shown.nonce)
    allowed = store_ways_in.credential_ids(tx, session.person.id)
    options = ceremony.authentication_options(rp, challenge, allowed)
    by_passkey = options if allowed else None
    return Presented(id_, order, in_base64url(challenge), shown.expires_at, by_passkey)


def sign_by_passkey(
    tx: Tx, rp: Rp, session: Session, presented: UUID, answer: str, now: datetime
) -> Order | Refusal:
    """The order, signed by one of the person's passkeys (its JSON). Commit either way.

    Refusals: `order.over`, `passkey.refused`, `passkey.cloned`; a refused try leaves the order to
    be signed.
    """
    shown = _open(tx, session, presented, now)
    if shown is None:
        return errors.order_over()
    challenge = challenge_of(shown.order, shown.nonce)
    proof = prove_passkey(tx, rp, challenge, answer, now, of=session.person.id)
    if isinstance(proof, Refusal):
        return proof
    passkey, signature = proof
    said = {
        "method": "passkey",
        "public_key": in_base64url(passkey.public_key),
        "client_data": in_base64url(signature.client_data),
        "authenticator_data": in_base64url(signature.authenticator_data),
        "signature": in_base64url(signature.signature),
    }
    return _signed(tx, session, (presented, shown, passkey.id), said, now)


def sign_by_pin(
    tx: Tx, rp: Rp, session: Session, presented: UUID, pin: str, now: datetime
) -> Order | Refusal:
    """The order, signed by the person's PIN. Commit either way.

    Refusals: `order.over`, `login.wrong`, `login.locked`.
    """
    shown = _open(tx, session, presented, now)
    if shown is None:
        return errors.order_over()
    subjects = {Whose.LOGIN: keys.keyed(rp, "login", session.person.login)}
    refusal = try_pin(tx, rp, (session.person, pin), subjects, now)
    if refusal is not None:
        return refusal
    return _signed(tx, session, (presented, shown, None), {"method": "pin"}, now)


def _open(tx: Tx, session: Session, presented: UUID, now: datetime) -> store_sessions.Shown | None:
    shown = store_sessions.shown(tx, presented, session.id)
    return shown if shown is not None and now < shown.expires_at else None


def _signed(
    tx: Tx,
    session: Session,
    what: tuple[UUID, store_sessions.Shown, UUID | None],
    said: dict[str, str],
    now: datetime,
) -> Order | Refusal:
    """The order, used up, with its proof in the evidence log; refused if another was first."""
    presented, shown, passkey = what
    if not store_sessions.sign(tx, presented, passkey, now):
        return errors.order_over()
    order = shown.order
    body = {
        "kind": order.kind,
        "order": order.digest().hex(),
        "challenge": in_base64url(challenge_of(order, shown.nonce)),
        "person": session.person.id,
        "session": session.id,
        "signed_at": now,
        **said,
    }
    record(tx, [Entry("order_signature", presented, body)])
    about = {"order": str(presented), "kind": order.kind, "method": said["method"]}
    note(
        tx,
        Happening.ORDER_SIGNED,
        now,
        person=session.person.id,
        session=session.id,
        about=about,
    )
    return order
