"""Coming in: from a proven person to a session, and to where he wanted to go."""

from dataclasses import replace
from typing import Final

from heliu.channels.pages.api import COOKIE, Answer, Visit, see_other
from heliu.channels.web.api import Language
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    OF_THE_STAFF,
    Membership,
    Person,
    Role,
    Session,
    memberships_of,
    open_session,
    recovery_of,
)

CHOOSE: Final = "/enter/role"
ME: Final = "/me"
_HOME: Final = {
    Role.SUPPLIER: "/m",
    Role.RETAIL: "/m/accounts",
    Role.GUARDIAN: "/care/guard",
    Role.ENTERPRISE_MAKER: "/portal",
    Role.ENTERPRISE_CHECKER: "/portal",
} | dict.fromkeys(OF_THE_STAFF, "/console")
_BROWSERS: Final = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_UNKNOWN: Final = Text("未知设备", "unknown device")


def home_of(membership: Membership | None, edition: str) -> str:
    """Where somebody begins, as whom he came in."""
    if membership is None:
        return ME
    if membership.role is Role.RETAIL and edition == "care":
        return "/care"
    return _HOME[membership.role]


def let_in(visit: Visit, tx: Tx, person: Person, wanted: str | None = None) -> Answer:
    """Open the session of a person who has proven himself, and lead him on.

    With one role he goes to where he wanted, with several he chooses first. A recovery under way
    that he may not know of comes before everything.
    """
    held = memberships_of(tx, person.id)
    only = held[0] if len(held) == 1 else None
    device = device_of(visit.headers.get("user-agent", "")).zh
    token = open_session(tx, person, only, device, visit.now)
    visit.cookies[COOKIE] = token
    wanted_by = person.settings
    theme = "" if wanted_by.theme == "auto" else wanted_by.theme
    visit.wishes = replace(
        visit.wishes,
        language=Language.EN if wanted_by.language == "en" else Language.ZH,
        edition=wanted_by.edition,
        theme=theme,
        size=wanted_by.size,
    )
    if recovery_of(tx, person.id, visit.now) is not None:
        return see_other(ME)
    if held and only is None:
        return see_other(CHOOSE)
    return see_other(wanted or home_of(only, wanted_by.edition))


def device_of(agent: str) -> Text:
    """A device as its owner would call it, from what its browser says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), None)
    if browser is None and "Safari" in agent:
        browser = "Safari"
    system = next((name for mark, name in _SYSTEMS if mark in agent), None)
    said = " · ".join(part for part in (system, browser) if part)
    return Text(said, said) if said else _UNKNOWN


def shell_of(session: Session, edition: str) -> str:
    """The layout of a person's own pages: the one of the area he works in."""
    if home_of(session.membership, edition) in {"/portal", "/console"}:
        return "pages/desk.html"
    return "pages/care.html" if edition == "care" else "pages/mobile.html"
