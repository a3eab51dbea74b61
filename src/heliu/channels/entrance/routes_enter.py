"""The ways in: passkey, PIN, one-time code, recovery; choosing as whom; and the way out."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from heliu.channels.entrance.coming_in import CHOOSE, ME, home_of, let_in
from heliu.channels.pages.api import (
    COOKIE,
    PUBLIC,
    ROLE_TEXT,
    Answer,
    Pages,
    Visit,
    inside,
    page,
    see_other,
)
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.parties.identity.api import (
    MAX_ANSWER,
    Membership,
    Person,
    PinTry,
    Right,
    begin_recovery,
    choose_membership,
    close_session,
    enter_by_code,
    login_by_passkey,
    login_by_pin,
    login_options,
    memberships_of,
)
from heliu.parties.party.api import Party, find_parties

pages: Final = Pages("entrance")

_LOGIN_LETTERS: Final = 40
_PIN_LETTERS: Final = 12
_CODE_LETTERS: Final = 60


@pages.get("/enter", PUBLIC)
def entrance(visit: Visit) -> Answer:
    """The door: a passkey first, the PIN beneath."""
    return _onward(visit) if visit.session is not None else _entrance(visit)


@pages.post("/enter/passkey", PUBLIC, body_bytes=4 * MAX_ANSWER)
def by_passkey(visit: Visit) -> Answer:
    """Somebody comes in by a passkey."""
    options, said = visit.form.id("options"), visit.form.shown("credential")
    if options is None or not said:
        return _entrance(visit)
    with visit.transaction() as tx:
        outcome = login_by_passkey(tx, visit.house.rp, options, said, visit.now)
        return _answered(visit, tx, outcome)


@pages.post("/enter/pin", PUBLIC)
def by_pin(visit: Visit) -> Answer:
    """Somebody comes in by log-in and PIN."""
    login = visit.form.text("login", most=_LOGIN_LETTERS)
    pin = visit.form.text("pin", most=_PIN_LETTERS)
    if visit.form.errors:
        return _entrance(visit, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    with visit.transaction() as tx:
        tried = PinTry(login, pin, visit.address)
        return _answered(visit, tx, login_by_pin(tx, visit.house.rp, tried, visit.now))


@pages.get("/enter/code", PUBLIC)
def code(visit: Visit) -> Answer:
    """Where a one-time code is given."""
    del visit
    return page("entrance/code.html", refused=None)


@pages.post("/enter/code", PUBLIC)
def by_code(visit: Visit) -> Answer:
    """Somebody comes in by a one-time code, and makes a lasting way in at once."""
    said = visit.form.text("code", most=_CODE_LETTERS)
    if visit.form.errors:
        return page("entrance/code.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, refused=None)
    with visit.transaction() as tx:
        outcome = enter_by_code(tx, said, visit.now)
        if isinstance(outcome, Refusal):
            return page("entrance/code.html", status=HTTPStatus.UNAUTHORIZED, refused=outcome)
        let_in(visit, tx, outcome)
        return see_other(f"{ME}/ways-in")


@pages.get("/enter/recover", PUBLIC)
def recover(visit: Visit) -> Answer:
    """What happens when every way in is lost."""
    del visit
    return page("entrance/recover.html", refused=None, begun=False)


@pages.post("/enter/recover", PUBLIC)
def begin(visit: Visit) -> Answer:
    """Recovery is asked for; everybody is told the same."""
    login = visit.form.text("login", most=_LOGIN_LETTERS)
    if visit.form.errors:
        unfit = HTTPStatus.UNPROCESSABLE_ENTITY
        return page("entrance/recover.html", status=unfit, refused=None, begun=False)
    with visit.transaction() as tx:
        refused = begin_recovery(tx, visit.house.rp, login, visit.address, visit.now)
    status = HTTPStatus.TOO_MANY_REQUESTS if refused else HTTPStatus.OK
    return page("entrance/recover.html", status=status, refused=refused, begun=refused is None)


@pages.get(CHOOSE, Right.SELF)
def choose(visit: Visit) -> Answer:
    """As whom to go on."""
    with visit.transaction() as tx:
        held = memberships_of(tx, visit.person.id)
        firms = find_parties(tx, sorted({one.party for one in held if one.party}))
    now = visit.here.membership
    choices = [(_value(one), ROLE_TEXT[one.role], _firm(one, firms), one == now) for one in held]
    return page("entrance/role.html", choices=choices)


@pages.post(CHOOSE, Right.SELF)
def chosen(visit: Visit) -> Answer:
    """Go on as one of those he may be; the token is a new one."""
    with visit.transaction() as tx:
        held = {_value(one): one for one in memberships_of(tx, visit.person.id)}
        wanted = held.get(visit.form.shown("as"))
        if wanted is None:
            return see_other(CHOOSE)
        visit.cookies[COOKIE] = choose_membership(tx, visit.here, wanted, visit.now)
    return see_other(home_of(wanted, visit.edition))


@pages.post("/enter/leave", Right.SELF)
def leave(visit: Visit) -> Answer:
    """Log out."""
    with visit.transaction() as tx:
        close_session(tx, visit.here, visit.now)
    visit.cookies[COOKIE] = None
    return see_other("/enter")


def _entrance(
    visit: Visit, refused: Refusal | None = None, *, status: int = HTTPStatus.OK
) -> Answer:
    with visit.transaction() as tx:
        options = login_options(tx, visit.house.rp, visit.now)
    wanted = visit.form.shown("next") or visit.query.get("next", "")
    return page(
        "entrance/enter.html",
        status=status,
        options=options,
        wanted=inside(wanted) or "",
        refused=refused,
    )


def _answered(visit: Visit, tx: Tx, outcome: Person | Refusal) -> Answer:
    """In, or the door again with the reason; either way what happened is kept."""
    if isinstance(outcome, Person):
        return let_in(visit, tx, outcome, inside(visit.form.shown("next")))
    locked = outcome.code == "login.locked"
    status = HTTPStatus.TOO_MANY_REQUESTS if locked else HTTPStatus.UNAUTHORIZED
    return _entrance(visit, outcome, status=status)


def _onward(visit: Visit) -> Answer:
    wanted = inside(visit.query.get("next", ""))
    return see_other(wanted or home_of(visit.here.membership, visit.edition))


def _value(one: Membership) -> str:
    return f"{one.role.value}:{one.party or ''}"


def _firm(one: Membership, firms: Mapping[str, Party]) -> str:
    """The enterprise's registered name, its code where the bank knows none; empty without one."""
    known = firms.get(one.party or "")
    return known.profile.name_zh if known else one.party or ""
