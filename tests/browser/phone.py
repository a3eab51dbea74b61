"""A phone with a virtual authenticator, and somebody new to the house whose it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page
from tests.browser.driving import window
from tests.browser.house import House

from heliu.channels.pages.api import COOKIE
from heliu.ground.actor import Actor
from heliu.ground.db import Database
from heliu.parties.identity.api import (
    Enrol,
    Enrolled,
    Grant,
    Membership,
    Role,
    Settings,
    enrol,
    grant,
    open_session,
)

CLERK: Final = Actor("cli:1000@desk")
NUMBERS: Final = count(88880001)
# A phone: keys stay on it, and it checks finger or face before it uses one.
PHONE: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A window on a phone whose authenticator is driven."""

    def __init__(self, page: Page, house: House) -> None:
        self.page, self.house = page, house
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        added = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
        self._id = added["authenticatorId"]

    def verified(self, *, yes: bool) -> None:
        """Whether the phone recognises its owner."""
        who = {"authenticatorId": self._id, "isUserVerified": yes}
        self._cdp.send("WebAuthn.setUserVerified", who)

    def rewind(self) -> None:
        """Put the phone's key back as it was copied, before it was ever used."""
        asked = {"authenticatorId": self._id}
        (key,) = self._cdp.send("WebAuthn.getCredentials", asked)["credentials"]
        self._cdp.send("WebAuthn.clearCredentials", asked)
        copied: dict[str, Any] = {**key, "signCount": 0}
        self._cdp.send("WebAuthn.addCredential", {**asked, "credential": copied})

    def open(self, path: str) -> None:
        """Go to a page of the house."""
        self.page.goto(self.house.url + path)

    def hold(self, database: Database, somebody: Enrolled) -> None:
        """Be logged in without a proof, as in a demonstration."""
        with database.transaction() as tx:
            now, member = datetime.now(UTC), Membership(Role.RETAIL)
            token = open_session(tx, somebody.person, member, "d", now, demo=True)
        cookie = {"name": COOKIE, "value": token, "url": self.house.url.replace("http:", "https:")}
        self.page.context.add_cookies([{**cookie, "secure": True, "httpOnly": True}])  # type: ignore[typeddict-item]

    def log_in(self) -> None:
        """Press the passkey's button at the door."""
        self.open("/enter?next=/me")
        self.page.get_by_role("button", name="Log in with a passkey").click()

    def inside(self) -> None:
        """Wait until the person is at his own page."""
        self.page.wait_for_url(lambda url: urlsplit(url).path == "/me")

    def log_out(self) -> None:
        """Leave."""
        self.open("/me")
        self.page.get_by_role("button", name="Log out").click()
        self.page.wait_for_url("**/enter")


def newcomer(database: Database, member: Membership) -> Enrolled:
    """Somebody new to the house, with a one-time code."""
    now, login = datetime.now(UTC), f"136{next(NUMBERS):08d}"
    with database.transaction() as tx:
        (one,) = enrol(tx, CLERK, [Enrol(login, "周晴", Settings("en"))], now)
        assert isinstance(one, Enrolled)
        grant(tx, CLERK, [Grant(login, member.role, member.party)], now)
    return one


@contextmanager
def phone_of(somebody: Enrolled, browser: Browser, house: House) -> Iterator[Device]:
    """His phone, after he came in by his code and made a passkey on it."""
    context = window(browser)
    here = Device(context.new_page(), house)
    here.open("/enter/code")
    here.page.locator("#f-code").fill(somebody.code)
    here.page.locator("form[action='/enter/code'] button").click()
    here.page.wait_for_url("**/me/ways-in")
    here.open("/me/passkeys/new")
    here.page.get_by_role("button", name="Create on this device").click()
    here.page.wait_for_url("**/me/ways-in")
    yield here
    context.close()
