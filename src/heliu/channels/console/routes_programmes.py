"""Programme editor: the file as a form, its consequence, a proposal, a second person's release."""

import json
from typing import Any, Final
from uuid import UUID

from heliu.channels.console.consequences import LAST, consequence
from heliu.channels.console.desk import pages
from heliu.channels.console.programme_form import GROUPS, REST, as_file, laid_out, typed
from heliu.channels.pages.api import Answer, Entry, Visit, page, see_other, unknown
from heliu.credit.products.api import (
    Programme,
    Version,
    diff,
    history,
    programmes,
    propose_programme,
    release_programme,
)
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.api import Person, Right, persons

RELEASE: Final = "console.release_programme"
_TOLD: Final = 12

pages.entry(
    Entry("/console/programmes", "w-handshake", Text("方案", "Programmes"),
          Right.PROGRAMMES_PROPOSE, Text("产品", "Products"))
)  # fmt: skip


@pages.get("/console/programmes", Right.PROGRAMMES_PROPOSE)
def listed(visit: Visit) -> Answer:
    """Every programme with its version in force and what waits for release."""
    with visit.transaction() as tx:
        found = [(one, _waiting(history(tx, one.code))) for one in programmes(tx)]
    return page("console/programmes.html", rows=found)


@pages.get("/console/programmes/{code}", Right.PROGRAMMES_PROPOSE)
def programme(visit: Visit, code: str) -> Answer:
    """A programme's versions, and its terms to be edited into the next one."""
    return _edited(visit, code)


@pages.post("/console/programmes/{code}/propose", Right.PROGRAMMES_PROPOSE)
def propose(visit: Visit, code: str) -> Answer:
    """Show what the typed version would change; or record it as a proposal."""
    with visit.transaction() as tx:
        versions = _history(tx, code)
        current = _current(versions)
        new = typed(visit.form, current, versions[-1].programme.version + 1)
        told = consequence(tx, current, new) if new is not None else None
        if new is not None and told is not None and not told.changes:
            visit.form.wrong(REST, Text("没有任何改动", "nothing is changed"))
        kept = new is not None and not visit.form.errors and visit.form.flag("keep")
        if kept and new is not None:
            propose_programme(tx, visit.actor, new, visit.bank.clock.now())
    if kept and new is not None:
        return see_other(f"/console/programmes/{code}/versions/{new.version}")
    return _edited(visit, code, told=told, status=422 if visit.form.errors else 200)


@pages.get("/console/programmes/{code}/versions/{number}", Right.PROGRAMMES_PROPOSE)
def version(visit: Visit, code: str, number: int) -> Answer:
    """One version: what it changes, what that means, and its release by a second person."""
    with visit.transaction() as tx:
        versions = _history(tx, code)
        one = next((v for v in versions if v.programme.version == number), None)
        if one is None:
            raise unknown()
        before = _before(versions, number)
        told = consequence(tx, before, one.programme) if before else None
        presented = None
        open_now = one.released_at is None and number > _released(versions)
        mine = one.proposed_by == visit.actor.id
        if open_now and not mine and visit.may(Right.PROGRAMMES_RELEASE):
            payload = json.dumps({"code": code, "version": number, "sha256": one.sha256}).encode()
            presented = visit.present(tx, RELEASE, _order(one, before), payload)
        people = _people(tx, [one])
    return page(
        "console/programme_version.html",
        one=one,
        terms=one.programme,
        before=before,
        told=told,
        last=LAST,
        presented=presented,
        open_now=open_now,
        mine=mine,
        form=visit.form,
        trade=visit.may(Right.TRADE_READ),
        by=lambda actor: _name(actor, people),
    )


@pages.post("/console/programmes/{code}/versions/{number}/release", Right.PROGRAMMES_RELEASE)
def release(visit: Visit, code: str, number: int) -> Answer:
    """Let the signed version count from its effective date."""
    said = json.loads(visit.signed(RELEASE).payload)
    with visit.transaction() as tx:
        one = next((v for v in _history(tx, code) if v.programme.version == number), None)
        if one is None or (said["code"], said["version"]) != (code, number):
            raise unknown()
        if said["sha256"] != one.sha256:
            raise unknown()
        release_programme(tx, visit.actor, code, number, visit.bank.clock.now())
    return see_other(f"/console/programmes/{code}/versions/{number}")


def _edited(visit: Visit, code: str, *, told: Any = None, status: int = 200) -> Answer:
    with visit.transaction() as tx:
        versions = _history(tx, code)
        people = _people(tx, versions)
    current = _current(versions)
    return page(
        "console/programme.html",
        status=status,
        terms=current,
        versions=list(reversed(versions)),
        groups=GROUPS,
        shown=laid_out(as_file(current)),
        rest=REST,
        told=told,
        last=LAST,
        next=versions[-1].programme.version + 1,
        form=visit.form,
        typed=bool(visit.form.given),
        trade=visit.may(Right.TRADE_READ),
        by=lambda actor: _name(actor, people),
    )


def _history(tx: Tx, code: str) -> list[Version]:
    found = history(tx, code)
    if not found:
        raise unknown()
    return found


def _current(versions: list[Version]) -> Programme:
    """The youngest released version; of a programme never released, the last proposed."""
    released = [one for one in versions if one.released_at is not None]
    return (released or versions)[-1].programme


def _before(versions: list[Version], number: int) -> Programme | None:
    older = [v for v in versions if v.released_at and v.programme.version < number]
    return older[-1].programme if older else None


def _released(versions: list[Version]) -> int:
    return max((v.programme.version for v in versions if v.released_at), default=0)


def _waiting(versions: list[Version]) -> list[Version]:
    return [
        v for v in versions if v.released_at is None and v.programme.version > _released(versions)
    ]


def _order(one: Version, before: Programme | None) -> Text:
    """What is signed: the version, from when it counts, and each field it changes."""
    new = one.programme
    changes = diff(before, new) if before else []
    listed_ = "; ".join(f"{c.field}: {c.before} > {c.after}" for c in changes[:_TOLD])
    more = len(changes) - _TOLD
    zh = f"; 另有 {more} 处" if more > 0 else ""
    en = f"; {more} more" if more > 0 else ""
    return Text(
        f"发布方案 {new.code} 第 {new.version} 版，自 {new.effective_from} 起生效。"
        f"改动 {len(changes)} 处：{listed_}{zh}。摘要 {one.sha256[:16]}",
        f"Release programme {new.code}, version {new.version}, effective {new.effective_from}. "
        f"{len(changes)} changes: {listed_}{en}. Digest {one.sha256[:16]}",
    )


def _people(tx: Tx, versions: list[Version]) -> dict[str, Person]:
    actors = {v.proposed_by for v in versions} | {v.released_by or "" for v in versions}
    ids = [UUID(actor.removeprefix("person:")) for actor in actors if actor.startswith("person:")]
    return {f"person:{id_}": person for id_, person in persons(tx, ids).items()}


def _name(actor: str | None, people: dict[str, Person]) -> str:
    if actor is None:
        return ""
    return people[actor].name if actor in people else actor
