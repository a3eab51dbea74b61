"""People at the door: made known, given and taken roles, helped back in by two; security events."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from heliu.channels.console.desk import pages
from heliu.channels.pages.api import ROLE_TEXT, Answer, Entry, Visit, page, see_other, unknown
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    OF_AN_ENTERPRISE,
    Enrol,
    Grant,
    Happening,
    Known,
    Membership,
    Recovery,
    Right,
    Role,
    SecurityEvent,
    Stage,
    end_memberships,
    enrol,
    grant,
    people,
    persons,
    recoveries_under_way,
    release_recovery,
    security_events,
    security_events_of,
    vouch_recovery,
)

_DAYS: Final = 7
_MOST: Final = 200
_SELF: Final = Text("不能给自己授权，请另一位同事办理", "not to yourself: a colleague grants it")
_PARTY: Final = Text("企业角色须填统一社会信用代码", "a role of an enterprise names its USCC")
_STAGE: Final = {
    Stage.COOLING: Text("冷静期内", "cooling off"),
    Stage.WAITING: Text("可以办理", "may be released"),
}
_GROUP: Final = Text("安全", "Security")

for entry in (
    Entry("/console/people", "w-tree-structure", Text("人员与权限", "People"),
          Right.PEOPLE_MANAGE, _GROUP),
    Entry("/console/security", "w-pulse", Text("安全事件", "Security events"),
          Right.SECURITY_READ, _GROUP),
):  # fmt: skip
    pages.entry(entry)


@pages.get("/console/people", Right.PEOPLE_MANAGE)
def listed(visit: Visit) -> Answer:
    """Everybody who may come in, with his roles; and who asks to be let in again."""
    return _people(visit)


@pages.post("/console/people/enrol", Right.PEOPLE_MANAGE)
def make_known(visit: Visit) -> Answer:
    """Make a person known; the one-time code is shown on the answer and never again."""
    login = visit.form.text("login", most=20)
    name = visit.form.text("name", most=60)
    if visit.form.errors:
        return _people(visit, status=422)
    with visit.transaction() as tx:
        (made,) = enrol(tx, visit.actor, [Enrol(login, name)], visit.now)
    if isinstance(made, Refusal):
        visit.form.wrong("login", made.reason)
        return _people(visit, status=422)
    return page("console/code.html", person=made.person, code=made.code)


@pages.get("/console/people/{id}", Right.PEOPLE_MANAGE)
def person(visit: Visit, id: UUID) -> Answer:
    """One person: his roles, how he comes in, what happened at his door."""
    return _person(visit, id)


@pages.post("/console/people/{id}/grant", Right.PEOPLE_MANAGE)
def give(visit: Visit, id: UUID) -> Answer:
    """Give a role; nobody gives himself one."""
    role = visit.form.choice("role", Role)
    party = visit.form.text("party", most=18, needed=False) or None
    if id == visit.person.id:
        visit.form.wrong("role", _SELF)
    if role in OF_AN_ENTERPRISE and party is None:
        visit.form.wrong("party", _PARTY)
    if role is None or visit.form.errors:
        return _person(visit, id, status=422)
    with visit.transaction() as tx:
        known = _known(tx, id)
        asked = Grant(known.person.login, role, party if role in OF_AN_ENTERPRISE else None)
        (given,) = grant(tx, visit.actor, [asked], visit.now)
    if isinstance(given, Refusal):
        visit.form.wrong("party", given.reason)
        return _person(visit, id, status=422)
    return see_other(f"/console/people/{id}")


@pages.post("/console/people/{id}/end", Right.PEOPLE_MANAGE)
def take(visit: Visit, id: UUID) -> Answer:
    """End a role; his sessions in it can do nothing more."""
    role = visit.form.choice("role", Role)
    party = visit.form.text("party", most=18, needed=False) or None
    if role is None:
        raise unknown()
    with visit.transaction() as tx:
        known = _known(tx, id)
        (ended,) = end_memberships(
            tx, visit.actor, [Grant(known.person.login, role, party)], visit.now
        )
    if isinstance(ended, Refusal):
        raise ended
    return see_other(f"/console/people/{id}")


@pages.post("/console/recoveries/{id}/vouch", Right.PEOPLE_MANAGE)
def vouch(visit: Visit, id: UUID) -> Answer:
    """The first of two: the person's papers were seen."""
    with visit.transaction() as tx:
        vouch_recovery(tx, visit.actor, id, visit.now)
    return see_other("/console/people")


@pages.post("/console/recoveries/{id}/release", Right.PEOPLE_MANAGE)
def release(visit: Visit, id: UUID) -> Answer:
    """The second of two: the one-time code, shown on the answer and never again."""
    with visit.transaction() as tx:
        asked = _recovery(tx, visit, id)
        code = release_recovery(tx, visit.actor, id, visit.now)
        found = persons(tx, [asked.person])[asked.person]
    return page("console/code.html", person=found, code=code)


@pages.get("/console/security", Right.SECURITY_READ)
def security(visit: Visit) -> Answer:
    """What happened at the door in the last days, the youngest first."""
    kind = visit.query.get("kind", "")
    with visit.transaction() as tx:
        found = security_events(
            tx, visit.now - timedelta(days=_DAYS), visit.now + timedelta(seconds=1), limit=_MOST
        )
        known = persons(tx, sorted({one.person for one in found if one.person}))
    shown = [one for one in found if kind not in set(Happening) or one.happening == kind]
    kinds = sorted({one.happening for one in found})
    texts = {one.happening: one.text for one in found}
    options = [(k.value, _in(visit, texts[k])) for k in kinds]
    return page(
        "console/security.html",
        rows=[(one, known.get(one.person) if one.person else None) for one in shown],
        kinds=options,
        days=_DAYS,
        most=_MOST,
        full=len(found) == _MOST,
        may_people=visit.may(Right.PEOPLE_MANAGE),
    )


def _people(visit: Visit, status: int = 200) -> Answer:
    with visit.transaction() as tx:
        found = people(tx)
        asked = recoveries_under_way(tx, visit.now)
    names = {one.person.id: one.person for one in found}
    waiting = [
        (one, names[one.person], _STAGE.get(one.stage(visit.now), _STAGE[Stage.WAITING]))
        for one in asked
    ]
    return page(
        "console/people.html",
        status=status,
        rows=[(one, _roles(visit, one.memberships)) for one in found],
        waiting=waiting,
        cooling=[one.id for one in asked if one.stage(visit.now) is Stage.COOLING],
        me=visit.actor.id,
        form=visit.form,
    )


def _person(visit: Visit, id_: UUID, status: int = 200) -> Answer:
    with visit.transaction() as tx:
        known = _known(tx, id_)
        events: Sequence[SecurityEvent] = security_events_of(tx, id_)
    return page(
        "console/person.html",
        status=status,
        known=known,
        held=[(one, _in(visit, ROLE_TEXT[one.role])) for one in known.memberships],
        roles=[(role.value, _in(visit, ROLE_TEXT[role])) for role in Role],
        events=[
            (_in(visit, one.text), f"{one.at:%Y-%m-%d %H:%M} UTC", "d-info", "", "")
            for one in events
        ],
        form=visit.form,
        myself=id_ == visit.person.id,
    )


def _known(tx: Tx, id_: UUID) -> Known:
    found = next((one for one in people(tx) if one.person.id == id_), None)
    if found is None:
        raise unknown()
    return found


def _recovery(tx: Tx, visit: Visit, id_: UUID) -> Recovery:
    found = next((one for one in recoveries_under_way(tx, visit.now) if one.id == id_), None)
    if found is None:
        raise unknown()
    return found


def _roles(visit: Visit, held: Sequence[Membership]) -> str:
    return "、".join(_in(visit, ROLE_TEXT[one.role]) for one in held)


def _in(visit: Visit, text: Text) -> str:
    return text.en if visit.language == "en" else text.zh
