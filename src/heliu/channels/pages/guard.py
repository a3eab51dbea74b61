"""What stands before every handler: whose session, which right, whose form, sent how often."""

import hmac
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from heliu.channels.pages import errors, store
from heliu.channels.pages.people import NO_ROLE, ROLE_TEXT
from heliu.channels.pages.routing import PUBLIC, Route
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.parties.access.api import Vault
from heliu.parties.identity.api import Session

COOKIE: Final = "__Host-heliu"
PARKED_FOR: Final = timedelta(minutes=30)
_SAFE_SITES: Final = frozenset({"same-origin", "none"})
_NEVER_KEPT: Final = frozenset({"pin", "code", "password", "presented", "assertion", "credential"})
_MAX_PARKED: Final = 32 * 1024


def form_token(vault: Vault, session: Session | None) -> str:
    """What a form of this session carries; nobody else's page can know it.

    A public form has none: that it comes from our own page is told by the browser alone.
    """
    if session is None:
        return ""
    key = vault.secret_of("form", str(session.id))
    return hmac.digest(key, b"form", "sha256").hex()


def check_origin(headers: Mapping[str, str], host: str) -> None:
    """Raise Refusal `page.cross_site` for a form that the browser says comes from elsewhere.

    `Sec-Fetch-Site` where the browser sends it, else `Origin`; a form with neither is refused.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in _SAFE_SITES:
            raise errors.cross_site()
        return
    origin = headers.get("origin", "")
    if origin.partition("://")[2] != host or not host:
        raise errors.cross_site()


def check_token(vault: Vault, session: Session | None, given: str) -> None:
    """Raise Refusal `page.stale_form` unless the form carries its session's token."""
    if not hmac.compare_digest(form_token(vault, session).encode(), given.encode()):
        raise errors.stale_form()


def check_right(route: Route, session: Session | None) -> None:
    """Raise Refusal `page.not_yours` unless the session has the right the route asks."""
    if route.asks is PUBLIC:
        return
    assert session is not None, "who has no session was sent to the entrance"
    if route.asks not in session.rights:
        member = session.membership
        raise errors.not_yours(ROLE_TEXT[member.role] if member else NO_ROLE)


class Once:
    """One form is acted on once: who sends it again while or after it is, is led where it led.

    Within one process two sendings of one key wait for each other; between processes the desks'
    own command keys hold.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._under_way: dict[UUID, tuple[threading.Lock, int]] = {}

    @contextmanager
    def alone(self, key: UUID) -> Iterator[None]:
        """Nobody else acts on the form of `key` meanwhile."""
        with self._lock:
            lock, waiting = self._under_way.get(key, (threading.Lock(), 0))
            self._under_way[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._under_way[key]
                if waiting == 1:
                    del self._under_way[key]
                else:
                    self._under_way[key] = (lock, waiting - 1)

    def led_to(self, key: UUID, session: Session, path: str) -> str | None:
        """Where the form of `key` led when it was acted on; None if it was not yet."""
        with self._database.transaction() as tx:
            sent = store.sent(tx, key, session.id)
        if sent is None:
            return None
        if sent[0] != path:
            raise errors.stale_form()
        return sent[1]

    def remember(
        self, key: UUID, session: Session, path: str, location: str, now: datetime
    ) -> None:
        """The form of `key` was acted on and led to `location`."""
        with self._database.transaction() as tx:
            store.send(tx, key, session.id, path, location, now)


def park(
    database: Database, page: str, fields: Mapping[str, Sequence[str]], now: datetime
) -> UUID | None:
    """Keep what was typed for the page at `page`; None if there is nothing to keep, or too much.

    Names that begin with `_` are the house's own, and a secret or a signature is never kept.
    """
    kept = {n: values for n, values in fields.items() if n[:1] != "_" and n not in _NEVER_KEPT}
    size = sum(len(value) for values in kept.values() for value in values)
    if not kept or size > _MAX_PARKED or not page.startswith("/"):
        return None
    id_ = uuid4()
    with database.transaction() as tx:
        store.clear(tx, now)
        store.park(tx, id_, page, kept, now + PARKED_FOR)
    return id_


def unpark(database: Database, said: str, page: str, now: datetime) -> dict[str, list[str]]:
    """What was typed for the page at `page`, under the id `said`; nothing if it is not there."""
    try:
        id_ = UUID(said)
    except ValueError:
        return {}
    with database.transaction() as tx:
        return store.parked(tx, id_, page, now) or {}


def own_words(refusal: Refusal) -> int | None:
    """The status of a refusal that the pages themselves made."""
    return errors.STATUS.get(refusal.code)
