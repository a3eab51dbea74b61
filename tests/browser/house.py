"""The house that the browser tests visit: a small ecosystem that has lived, and its people.

Six weeks of six suppliers over the real doors, then the clock stays on the last business day.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import httpx
from tests.browser.visiting import Shown, Visitor, route_of, walk

from heliu.app.ecosystem.plan import Scale
from heliu.app.ecosystem.residents import RESIDENTS, Resident
from heliu.app.ecosystem.run import Setting, Stage, ecosystem
from heliu.channels.pages.api import PUBLIC, Route
from heliu.ground.db import Database
from heliu.parties.identity.api import RIGHTS_OF

MONDAY: Final = date(2026, 3, 2)
SCALE: Final = Scale(suppliers=6, weeks=6, trades_each=3, seed=1)
PATIENCE_SECONDS: Final = 20.0
NOBODY: Final = ""
FRONT: Final = "/"


@dataclass(slots=True)
class House:
    """The served bank: where it is, its routes, who lives in it; and what each came to by links."""

    stage: Stage = field(repr=False)
    client: httpx.Client = field(repr=False)
    _visitors: dict[str, Visitor] = field(default_factory=dict, repr=False)
    _walked: dict[str, dict[str, Shown]] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        """Its address, by name: passkeys and secure cookies want one."""
        return self.stage.url.replace("127.0.0.1", "localhost")

    @property
    def routes(self) -> Sequence[Route]:
        """Every route of its pages."""
        return self.stage.routes

    def route_of(self, path: str) -> Route:
        """The route of a page that was walked to."""
        found = route_of(self.routes, path)
        assert found is not None, f"{path} is no page"
        return found

    def stranger(self, language: str = "zh") -> Visitor:
        """Somebody without a session."""
        return Visitor(self.client, self.url, language=language)

    def as_(self, who: str) -> Visitor:
        """A resident (by key), or NOBODY, with a session that everybody in this run shares."""
        if who not in self._visitors:
            self._visitors[who] = self.enter(who) if who else self.stranger()
        return self._visitors[who]

    def enter(self, who: str) -> Visitor:
        """A resident with a session of his own, by the one click of the front page."""
        visitor = self.stranger()
        front = visitor.get("/")
        entered = visitor.send(front.form("/enter/as").filled(who=who))
        assert entered.status == httpx.codes.SEE_OTHER, entered.text
        return visitor

    def walked(self, who: str) -> dict[str, Shown]:
        """Every page this resident comes to by links, by address."""
        if who not in self._walked:
            visitor = self.as_(who)
            home = resident(who).home if who else FRONT
            there = route_of(self.routes, home) is not None
            self._walked[who] = walk(visitor, self.routes, home if there else FRONT)
        return self._walked[who]


def resident(who: str) -> Resident:
    """The resident of this key."""
    return next(one for one in RESIDENTS if one.key == who)


def whose(house: House, route: Route) -> tuple[str, str]:
    """Somebody who comes to a page of `route` by links, and its address there.

    What is always at the same address is opened there, if need be by somebody who came by no link.
    """
    if route.asks is PUBLIC and not route.readers:
        return NOBODY, route.path
    for one in RESIDENTS:
        for path, shown in house.walked(one.key).items():
            found = route_of(house.routes, path)
            if found and found.path == route.path and shown.status == httpx.codes.OK:
                return one.key, path
    may = [one.key for one in RESIDENTS if route.asks in RIGHTS_OF[one.role]]
    assert may, f"nobody may open {route.path}"
    assert not route.readers, f"nobody comes to {route.path} by links"
    return may[0], route.path


@contextmanager
def lived(database: Database, folder: Path) -> Iterator[House]:
    """The house after its weeks."""
    with ecosystem(database, Setting(folder, MONDAY, SCALE)) as stage:
        stage.live()
        with httpx.Client(timeout=PATIENCE_SECONDS) as client:
            yield House(stage, client)
