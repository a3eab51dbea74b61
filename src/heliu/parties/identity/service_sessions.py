"""Use cases on sessions: open, find by token, renew, choose as whom, list, end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.ground.ids import uuid7
from heliu.parties.identity import errors, keys, store_people, store_sessions
from heliu.parties.identity.domain.person import Membership, Person
from heliu.parties.identity.domain.security import Happening
from heliu.parties.identity.domain.session import (
    ABSOLUTE,
    SEEN_STEP,
    End,
    Session,
    Token,
    judge,
)
from heliu.parties.identity.service_people import note

MAX_DEVICE: Final = 120
# Who came in or proved himself this recently may change his ways in.
PROVEN_FOR: Final = timedelta(minutes=5)
# The kind of order by which a person proves himself once more.
PROVE: Final = "identity.prove"


def open_session(
    tx: Tx,
    person: Person,
    membership: Membership | None,
    device: str,
    now: datetime,
    *,
    demo: bool = False,
) -> str:
    """Log a person in and return the session's token: shown to his browser, kept as a digest.

    `membership` None: he has several, or none, and chooses first. `demo` marks a log-in without
    proof, which only the demonstration's door gives. Raises Refusal `membership.missing`.
    """
    held = store_people.memberships(tx, [person.id])[person.id]
    if membership is not None and membership not in held:
        raise errors.membership_missing()
    session = Session(uuid7(now), person, membership, device[:MAX_DEVICE], now, now, demo)
    store_sessions.add(tx, session, held[membership] if membership else None)
    note(tx, Happening.LOGGED_IN, now, person=person.id, session=session.id)
    return _issue(tx, session.id, now)


def session_of(tx: Tx, token: str, now: datetime) -> Session | None:
    """The live session of a token, or None. Commit either way.

    `renewed` is set once the token is 15 minutes old: answer with it; the old one lives 30 s more,
    and after that ends the session, for whoever still sends it has it from elsewhere.
    """
    held = store_sessions.of_token(tx, keys.digest_of_token(token))
    if held is None or held.ended_at is not None:
        return None
    session = held.session
    match judge(session, held.issued_at, held.replaced_at, now):
        case Token.OVER:
            return None
        case Token.REUSED:
            store_sessions.end(tx, session.person.id, [session.id], End.REUSED, now)
            note(tx, Happening.TOKEN_REUSED, now, person=session.person.id, session=session.id)
            return None
        case Token.TO_RENEW:
            return _renewed(tx, token, session, now)
        case Token.GOOD:
            if now - session.seen_at >= SEEN_STEP:
                store_sessions.seen(tx, session.id, now)
                session = replace(session, seen_at=now)
            return session


def choose_membership(tx: Tx, session: Session, membership: Membership, now: datetime) -> str:
    """Go on as `membership`; returns the new token, for rights changed.

    Raises Refusal `membership.missing` or `session.over`.
    """
    held = store_people.memberships(tx, [session.person.id])[session.person.id]
    if membership not in held:
        raise errors.membership_missing()
    if not store_sessions.lock(tx, session.id):
        raise errors.session_over()
    store_sessions.choose(tx, session.id, held[membership])
    return _issue(tx, session.id, now)


def sessions_of(tx: Tx, person: UUID, now: datetime) -> list[Session]:
    """The person's live sessions, the one seen last first."""
    found = store_sessions.of_person(tx, person, now - ABSOLUTE)
    return [session for session in found if now < session.idle_ends]


def close_session(tx: Tx, session: Session, now: datetime) -> None:
    """Log out; doing it again changes nothing."""
    if store_sessions.end(tx, session.person.id, [session.id], End.LEFT, now):
        note(tx, Happening.LOGGED_OUT, now, person=session.person.id, session=session.id)


def close_others(
    tx: Tx, session: Session, now: datetime, *, only: Sequence[UUID] | None = None
) -> int:
    """End the person's other sessions (or `only` those of them); returns how many were ended.

    Raises Refusal `session.unknown` if one of `only` is not a live one of his.
    """
    live = [id_ for id_ in store_sessions.live_ids(tx, session.person.id) if id_ != session.id]
    if only is not None and not set(only) <= set(live):
        raise errors.session_unknown()
    wanted = live if only is None else list(only)
    ended = store_sessions.end(tx, session.person.id, wanted, End.ELSEWHERE, now)
    for id_ in ended:
        note(tx, Happening.SESSION_ENDED, now, person=session.person.id, session=id_)
    return len(ended)


def proven(tx: Tx, session: Session, now: datetime) -> bool:
    """Whether it was proven in the last five minutes that it is the person.

    Either he logged in then (a demonstration's log-in proves nothing), or he signed an order of
    kind PROVE.
    """
    at = store_sessions.signed_at(tx, session.id, PROVE)
    fresh = not session.demo and now < session.opened_at + PROVEN_FOR
    return fresh or (at is not None and now < at + PROVEN_FOR)


def require_proven(tx: Tx, session: Session, now: datetime) -> None:
    """Raises Refusal `session.not_proven` unless `proven`."""
    if not proven(tx, session, now):
        raise errors.not_proven()


def _renewed(tx: Tx, token: str, session: Session, now: datetime) -> Session | None:
    """The session with its next token; without, if another request was given it meanwhile."""
    if not store_sessions.lock(tx, session.id):
        return None
    store_sessions.seen(tx, session.id, now)
    again = store_sessions.of_token(tx, keys.digest_of_token(token))
    assert again is not None, "tokens are never taken away"
    if again.replaced_at is not None:
        return again.session
    return replace(session, seen_at=now, renewed=_issue(tx, session.id, now))


def _issue(tx: Tx, session: UUID, now: datetime) -> str:
    token = keys.new_token()
    store_sessions.add_token(tx, session, keys.digest_of_token(token), now)
    return token
