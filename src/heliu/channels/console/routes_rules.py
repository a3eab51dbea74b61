"""Regulation: the rules in force, by whose word, and whether that word was read."""

from datetime import date
from typing import Final

from heliu.channels.console.desk import pages
from heliu.channels.pages.api import Answer, Entry, Visit, page
from heliu.credit.regulation.api import Rules, catalogue, in_force
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

_LONGEST: Final = 200

pages.entry(
    Entry("/console/rules", "w-gavel", Text("法规参数", "Regulation"), Right.WALL_READ,
          Text("产品", "Products"))
)  # fmt: skip


@pages.get("/console/rules", Right.WALL_READ)
def rules(visit: Visit) -> Answer:
    """Every rule in force on a date, those not read in the official text first."""
    on = _date(visit)
    found: Rules = in_force(on, visit.house.place.profile)
    words = visit.query.get("words", "").strip()[:_LONGEST].lower()
    shown = [one for one in found if words in f"{one.id} {one.source.zh} {one.source.en}".lower()]
    later = sum(one.effective_from > on for one in catalogue())
    return page(
        "console/rules.html",
        on=on,
        words=words,
        rows=[(one, found.blocks(one)) for one in sorted(shown, key=lambda r: (r.verified, r.id))],
        unread=sum(not one.verified for one in found),
        total=len(found.by_id),
        later=later,
    )


def _date(visit: Visit) -> date:
    try:
        return date.fromisoformat(visit.query.get("on", ""))
    except ValueError:
        return visit.bank.clock.today()
