"""The front of the house: the pages of every desk, before the API, on one bank."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from heliu.app.serve.bank import ServedBank
from heliu.app.serve.night_work import NIGHT_WORK
from heliu.app.settings import settings
from heliu.channels.care.api import pages as care
from heliu.channels.console.api import CLOSE_DAY
from heliu.channels.console.api import WORKS as WORKS_OF_CONSOLE
from heliu.channels.console.api import pages as console
from heliu.channels.entrance.api import Demonstration, front_pages
from heliu.channels.entrance.api import pages as entrance
from heliu.channels.mobile.api import WORKS as WORKS_OF_MOBILE
from heliu.channels.mobile.api import pages as mobile
from heliu.channels.pages.api import Jobs, Live, PageApplication, Pages, Place, Work, pages
from heliu.channels.portal.api import WORKS as WORKS_OF_PORTAL
from heliu.channels.portal.api import pages as portal
from heliu.channels.retail.api import pages as retail
from heliu.channels.web.api import Application
from heliu.credit.regulation.api import Profile
from heliu.parties.identity.api import Rp

NAME: Final = "Heliu 合流"
DESKS: Final[tuple[Pages, ...]] = (pages, entrance, mobile, retail, care, portal, console)
WORKS: Final[Mapping[str, Work]] = {
    **WORKS_OF_MOBILE,
    **WORKS_OF_PORTAL,
    **WORKS_OF_CONSOLE,
    CLOSE_DAY: NIGHT_WORK,
}


@dataclass(frozen=True, slots=True)
class Web:
    """Where people find the house: its origin, and as whom strangers may try it, if they may.

    Browsers know passkeys by a host's name, never by a number: this machine is `localhost`.
    """

    origin: str = "http://localhost:8080"
    demo: Demonstration | None = None


LOCAL: Final = Web()


def desks(demo: Demonstration | None = None) -> tuple[Pages, ...]:
    """The pages of every desk, the front page first.

    Raises Refusal `demo.in_production` for a demonstration in the production profile.
    """
    production = settings().profile == "production"
    return (front_pages(demo, production=production), *DESKS)


@dataclass(frozen=True, slots=True)
class Front:
    """The application of all, and what runs beside it."""

    application: PageApplication
    live: Live
    jobs: Jobs

    @classmethod
    def of(cls, bank: ServedBank, api: Application, web: Web) -> "Front":
        """The front on `bank`, with `api` behind it."""
        host = urlsplit(web.origin).hostname
        assert host, "an origin names its host"
        rp = Rp(host, web.origin, NAME, bank.vault.secret_of("identity", "pins"))
        place = Place(rp, web.demo is not None, Profile(settings().profile))
        live = Live(bank.database)
        jobs = Jobs(bank, place.wall, WORKS)
        return cls(PageApplication(api, bank, desks(web.demo), place, live, jobs), live, jobs)

    def start(self) -> None:
        """Begin to look and to work."""
        self.live.start()
        self.jobs.start()

    def close(self) -> None:
        """End streams and what is under way."""
        self.live.close()
        self.jobs.close()
