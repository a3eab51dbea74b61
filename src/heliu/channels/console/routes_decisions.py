"""Decisions: the list, one laid open from its inputs to its reasons, and made again."""

from typing import Final
from uuid import UUID

from heliu.channels.console import asking
from heliu.channels.console.desk import pages
from heliu.channels.console.drawing import zoned
from heliu.channels.pages.api import Answer, Visit, page, unknown
from heliu.credit.applications.api import find_receivables
from heliu.decisions.rules.api import Cause
from heliu.decisions.verdicts.api import VerdictUnknown, dossier, replay, search_verdicts
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

SHOWN: Final = 50
CAUSE_TEXT: Final = {
    Cause.BROKEN: Text("不满足", "does not hold"),
    Cause.MISSING: Text("未知", "not known"),
    Cause.UNVERIFIED: Text("法规未核对", "regulation not checked"),
}


@pages.get("/console/decisions", Right.DECISIONS_READ)
def listed(visit: Visit) -> Answer:
    """Decisions, the youngest first; the filters stand in the address."""
    wanted = asking.decisions(visit.query)
    after = asking.timed_place(visit.query.get("after", ""))
    with visit.transaction() as tx:
        found = search_verdicts(tx, wanted, after, SHOWN + 1)
        about = find_receivables(tx, [one.subject_id for one in found])
    last = found[SHOWN - 1] if len(found) > SHOWN else None
    here = {name: value for name, value in visit.query.items() if name != "after"}
    onward = f"{last.at.isoformat()}_{last.id}" if last else ""
    return page(
        "console/decisions.html",
        shown=found[:SHOWN],
        about=about,
        zoned=zoned,
        here=here,
        address=asking.address,
        first=asking.address("/console/decisions", here) if after else "",
        next=asking.address("/console/decisions", here, after=onward) if last else "",
    )


@pages.get("/console/decisions/{id}", Right.DECISIONS_READ)
def one(visit: Visit, id: UUID) -> Answer:
    """One decision: what was asked, every rule, every point, the reasons."""
    return _open(visit, id, again=False)


@pages.get("/console/decisions/{id}/replay", Right.DECISIONS_REPLAY)
def made_again(visit: Visit, id: UUID) -> Answer:
    """The decision made again from what is stored, compared byte by byte."""
    return _open(visit, id, again=True)


def _open(visit: Visit, id_: UUID, *, again: bool) -> Answer:
    with visit.transaction() as tx:
        try:
            found = dossier(tx, id_)
        except VerdictUnknown:
            raise unknown() from None
        about = find_receivables(tx, [found.verdict.subject_id]).get(found.verdict.subject_id)
        replayed = replay(tx, [id_])[0] if again else None
    return page(
        "console/decision.html",
        found=found,
        verdict=found.verdict,
        about=about,
        replayed=replayed,
        causes=CAUSE_TEXT,
        zoned=zoned,
    )
