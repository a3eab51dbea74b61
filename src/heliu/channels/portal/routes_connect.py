"""Connections: a key, its secret shown once, a signed request to copy, the one that came."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from heliu.channels.pages.api import Answer, Visit, page, see_other, unknown
from heliu.channels.portal import errors, store
from heliu.channels.portal.desk import firm, pages
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.access.api import (
    WINDOW_SECONDS,
    Connection,
    Credential,
    IssueConnection,
    Permission,
    Request,
    Stamp,
    connections,
    credential_of,
    issue,
    renew,
    revoke,
    sign,
)
from heliu.parties.identity.api import Right

# One person gives these. What binds the enterprise (a payable confirmed by a machine) is opened by
# the bank: here it takes two people, and a key of one of them must not be the way around.
OFFERED: Final[Mapping[Permission, Text]] = {
    Permission.DOCUMENTS_WRITE: Text("发送单据", "send documents"),
    Permission.ACTS_READ: Text("查询应付与融资", "read payables and financings"),
    Permission.PROGRAMMES_READ: Text("查询方案条款", "read programme terms"),
    Permission.ACQUISITION_WRITE: Text("提交供应商名单", "send supplier lists"),
    Permission.WEBHOOKS_MANAGE: Text("管理事件推送", "manage webhooks"),
}
_USUAL: Final = ("documents:write", "acts:read", "programmes:read")
_TARGET: Final = "/v1/receivables?limit=1"
_NAME: Final = 100
# A page left open looks for as long as its signed call holds, and then lets the session end.
_LOOKS: Final = WINDOW_SECONDS // 2


@dataclass(frozen=True, slots=True)
class Example:
    """A request exactly as it is signed: what goes under the HMAC, the headers, a line to run."""

    signed: str
    headers: tuple[tuple[str, str], ...]
    command: str
    until: datetime


@pages.get("/portal/connect", Right.CONNECTIONS_MANAGE)
def listed(visit: Visit) -> Answer:
    """The enterprise's connections, and every way in."""
    return _listed(visit)


@pages.post("/portal/connect", Right.CONNECTIONS_MANAGE)
def give(visit: Visit) -> Answer:
    """Issue a key for one machine, with the permissions that were ticked."""
    form = visit.form
    name = form.text("name", most=_NAME)
    known = {permission.value: permission for permission in OFFERED}
    granted = frozenset(known[said] for said in form.many("permission") if said in known)
    if not granted:
        form.wrong("permission", Text("请至少选一项权限", "grant at least one permission"))
    if form.errors:
        return _listed(visit, 422)
    with visit.transaction() as tx:
        command = IssueConnection(firm(visit), name, granted)
        made = issue(tx, visit.actor, command, visit.bank.clock.now())
    _learn(visit)
    return see_other(f"/portal/connect/{made.id}")


@pages.get("/portal/connect/{id}", Right.CONNECTIONS_MANAGE)
def one(visit: Visit, id: str) -> Answer:
    """One connection: its secret until it was shown, a test call, and what was heard of it."""
    return _one(visit, id)


@pages.post("/portal/connect/{id}/secret", Right.CONNECTIONS_MANAGE)
def secret(visit: Visit, id: str) -> Answer:
    """The secret, once: a form sent twice shows it twice, another form never."""
    with visit.transaction() as tx:
        connection = _own(tx, visit, id)
        mark = (connection.id, connection.generation)
        if not store.show_secret(tx, mark, visit.key, visit.person.id, visit.now):
            raise errors.shown_before()
    return _one(visit, id, credential_of(visit.bank.keyring.vault, connection))


@pages.post("/portal/connect/{id}/renew", Right.CONNECTIONS_MANAGE)
def again(visit: Visit, id: str) -> Answer:
    """The next secret; the one before is void at once."""
    with visit.transaction() as tx:
        _own(tx, visit, id)
        renew(tx, visit.actor, id, visit.bank.clock.now())
    _learn(visit)
    return see_other(f"/portal/connect/{id}")


@pages.post("/portal/connect/{id}/revoke", Right.CONNECTIONS_MANAGE)
def end(visit: Visit, id: str) -> Answer:
    """End the connection for good."""
    with visit.transaction() as tx:
        _own(tx, visit, id)
        revoke(tx, visit.actor, [id], visit.bank.clock.now())
    _learn(visit)
    return see_other(f"/portal/connect/{id}")


def _listed(visit: Visit, status: int = 200) -> Answer:
    with visit.transaction() as tx:
        found = [one for one in connections(tx) if one.party_uscc == firm(visit)]
        columns = store.saved_mapping(tx, firm(visit))
    now = visit.bank.clock.now()
    ticked = visit.form.many("permission") if visit.form.given else _USUAL
    return page(
        "portal/connect.html",
        status=status,
        found=found[::-1],
        heard={one.id: visit.bank.keyring.heard(one.id) for one in found},
        offered=OFFERED,
        ticked=ticked,
        now=now,
        columns=columns,
    )


def _one(visit: Visit, id_: str, shown: Credential | None = None) -> Answer:
    now = visit.bank.clock.now()
    with visit.transaction() as tx:
        connection = _own(tx, visit, id_)
        was_shown = store.secret_shown(tx, (connection.id, connection.generation))
    live = connection.live(now)
    return page(
        "portal/connection.html",
        connection=connection,
        live=live,
        offered=OFFERED,
        secret=shown,
        was_shown=was_shown,
        example=_example(visit, connection, now) if live else None,
        heard=visit.bank.keyring.heard(connection.id),
        window=WINDOW_SECONDS // 60,
        look=_looked(visit.query.get("look", "")),
        most=_LOOKS,
    )


def _looked(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < len(str(10**6)) else 0


def _example(visit: Visit, connection: Connection, now: datetime) -> Example | None:
    """A test call signed for this moment; only for a key that may read."""
    if Permission.ACTS_READ not in connection.permissions:
        return None
    stamp = Stamp(int(now.timestamp()), secrets.token_urlsafe(18))
    credential = credential_of(visit.bank.keyring.vault, connection)
    headers = sign(credential, stamp, Request("GET", _TARGET.encode(), b""))
    lines = [str(stamp.timestamp), stamp.nonce, "GET", _TARGET, "", ""]
    given = " ".join(f"-H '{name}: {value}'" for name, value in headers.items())
    origin = visit.house.rp.origin
    return Example(
        signed="\n".join(lines),
        headers=tuple(headers.items()),
        command=f"curl {given} '{origin}{_TARGET}'",
        until=now,
    )


def _own(tx: Tx, visit: Visit, id_: str) -> Connection:
    """The enterprise's connection of that id, else Refusal `page.unknown`."""
    found = next((one for one in connections(tx) if one.id == id_), None)
    if found is None or found.party_uscc != firm(visit):
        raise unknown()
    return found


def _learn(visit: Visit) -> None:
    """Have the door know at once what was issued or ended."""
    with visit.transaction() as tx:
        visit.bank.keyring.refresh(connections(tx))
