"""The front page: the house in one screen; and in a demonstration, a way in as anybody.

Those ways in ask for no proof. They are routes that exist only where somebody to try is named, and
that a bank in production is never built with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from heliu.channels.entrance.coming_in import device_of, home_of
from heliu.channels.pages.api import COOKIE, PUBLIC, Answer, Pages, Visit, page, see_other, unknown
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import Membership, open_session, person_of_login

ENTER_AS: Final = "/enter/as"


@dataclass(frozen=True, slots=True)
class Trial:
    """Somebody whom a stranger may be in a demonstration; `key` names him in the form.

    `title` is what he is, `does` what there is to see as him. The front page lists him if he is
    `shown`; the others are there for what takes two.
    """

    key: str
    icon: str
    tint: str
    title: Text
    does: Text
    login: str
    membership: Membership
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Who may be tried, and the PIN that all of them confirm with."""

    trials: Sequence[Trial]
    pin: str


def front_pages(demo: Demonstration | None = None, *, production: bool) -> Pages:
    """The routes of the front page; in a demonstration also the way in as one of its people.

    Raises Refusal `demo.in_production` for a demonstration of a bank in production.
    """
    if demo is not None and production:
        raise Refusal(
            "demo.in_production",
            Text("生产环境不提供演示入口", "a bank in production has no demonstration's door"),
            Text("换用标准配置再做演示", "demonstrate with the standard profile"),
        )
    pages = Pages("entrance")
    shown = [trial for trial in demo.trials if trial.shown] if demo else []
    pin = demo.pin if demo else ""

    @pages.get("/", PUBLIC)
    def front(visit: Visit) -> Answer:
        here = visit.session
        home = home_of(here.membership, here.person.edition) if here else None
        return page("entrance/front.html", trials=shown, pin=pin, home=home)

    if demo is not None:
        by_key = {trial.key: trial for trial in demo.trials}
        pages.post(ENTER_AS, PUBLIC)(lambda visit: _enter(visit, by_key))
    return pages


def _enter(visit: Visit, trials: Mapping[str, Trial]) -> Answer:
    """A session as the one who was clicked, marked as a demonstration's."""
    trial = trials.get(visit.form.shown("who"))
    if trial is None:
        raise unknown()
    device = device_of(visit.headers.get("user-agent", "")).zh
    with visit.transaction() as tx:
        person = person_of_login(tx, trial.login)
        if person is None:
            raise unknown()
        token = open_session(tx, person, trial.membership, device, visit.now, demo=True)
    visit.cookies[COOKIE] = token
    visit.wishes = replace(visit.wishes, edition=person.edition)
    return see_other(home_of(trial.membership, person.edition))
