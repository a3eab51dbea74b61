"""A person's own pages: his ways in, his devices, how he is served, what happened at the door."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from heliu.channels.entrance.coming_in import ME, device_of, home_of, shell_of
from heliu.channels.entrance.routes_enter import pages
from heliu.channels.pages.api import Answer, Visit, inside, page, see_other
from heliu.ground.clock import BANK_ZONE
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    MAX_ANSWER,
    PROVE,
    Passkey,
    Right,
    cancel_recovery,
    close_others,
    has_pin,
    memberships_of,
    passkey_options,
    passkeys_of,
    proven,
    recovery_of,
    register_passkey,
    remove_passkey,
    remove_pin,
    security_events_of,
    sessions_of,
    set_pin,
)

WAYS_IN: Final = f"{ME}/ways-in"
DEVICES: Final = f"{ME}/devices"
_IT_IS_ME: Final = Text(
    "确认是本人，以便修改登录方式", "Confirm that it is you, so that a way in can be changed"
)
_NOT_THE_SAME: Final = Text("两次输入不一致", "the two are not the same")
_NO_WAY_TO_CONFIRM: Final = Text(
    "没有可用于确认的通行密钥或 PIN", "there is no passkey and no PIN to confirm with"
)
_PIN_LETTERS: Final = 12


@pages.get(ME, Right.SELF)
def me(visit: Visit) -> Answer:
    """Where a person's own pages begin."""
    with visit.transaction() as tx:
        recovery = recovery_of(tx, visit.person.id, visit.now)
        several = len(memberships_of(tx, visit.person.id)) > 1
    return own(visit, "me", recovery=recovery, several=several, back=_home(visit))


@pages.post("/me/recovery/{id}/cancel", Right.SELF)
def cancel(visit: Visit, id: UUID) -> Answer:
    """The person is still here: the recovery somebody asked for is cancelled."""
    with visit.transaction() as tx:
        cancel_recovery(tx, visit.here, id, visit.now)
    return see_other(ME)


@pages.get(WAYS_IN, Right.SELF)
def ways_in(visit: Visit) -> Answer:
    """The person's passkeys and whether he has a PIN; `?confirm` first asks for a fresh proof."""
    if visit.query.get("confirm") and (asked := _to_prove(visit)):
        return asked
    with visit.transaction() as tx:
        passkeys = [(one, _used(one)) for one in passkeys_of(tx, visit.person.id)]
        pin = has_pin(tx, visit.person.id)
    return own(visit, "ways_in", passkeys=passkeys, pin=pin)


@pages.post("/me/prove", Right.SELF, body_bytes=4 * MAX_ANSWER)
def proved(visit: Visit) -> Answer:
    """The person has proven once more that it is he: for five minutes he may change ways in."""
    visit.signed(PROVE)
    return see_other(inside(visit.form.shown("next")) or WAYS_IN)


@pages.get("/me/passkeys/new", Right.SELF)
def new_passkey(visit: Visit) -> Answer:
    """A passkey is added."""
    return _to_prove(visit) or _new_passkey(visit)


@pages.post("/me/passkeys/new", Right.SELF, body_bytes=4 * MAX_ANSWER)
def add_passkey(visit: Visit) -> Answer:
    """What the browser made is registered."""
    if not _proven(visit):
        return see_other("/me/passkeys/new")
    options, label = visit.form.id("options"), visit.form.text("label", most=60)
    said = visit.form.shown("credential")
    if options is None or not said or visit.form.errors:
        return _new_passkey(visit, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    rp, answer = visit.house.rp, (said, label)
    with visit.transaction() as tx:
        outcome = register_passkey(tx, rp, visit.here, options, answer, visit.now)
    if isinstance(outcome, Refusal):
        return _new_passkey(visit, outcome, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(WAYS_IN)


@pages.post("/me/passkeys/{id}/remove", Right.SELF)
def remove(visit: Visit, id: UUID) -> Answer:
    """A passkey is removed, unless it is the last way in."""
    if not _proven(visit):
        return see_other(f"{WAYS_IN}?confirm=1")
    with visit.transaction() as tx:
        remove_passkey(tx, visit.here, id, visit.now)
    return see_other(WAYS_IN)


@pages.get("/me/pin", Right.SELF)
def pin(visit: Visit) -> Answer:
    """The PIN is set, changed or removed."""
    return _to_prove(visit) or _pin(visit)


@pages.post("/me/pin", Right.SELF)
def put_pin(visit: Visit) -> Answer:
    """The new PIN, typed twice."""
    if not _proven(visit):
        return see_other("/me/pin")
    form = visit.form
    first, second = (form.text(name, most=_PIN_LETTERS) for name in ("pin", "again"))
    if not form.errors and first != second:
        form.wrong("again", _NOT_THE_SAME)
    if not form.errors:
        try:
            with visit.transaction() as tx:
                set_pin(tx, visit.house.rp, visit.here, first, visit.now)
        except Refusal as refusal:
            form.wrong("pin", _with_cure(refusal))
    if form.errors:
        return _pin(visit, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(WAYS_IN)


@pages.post("/me/pin/remove", Right.SELF)
def drop_pin(visit: Visit) -> Answer:
    """The PIN is removed, unless it is the last way in."""
    if not _proven(visit):
        return see_other("/me/pin")
    with visit.transaction() as tx:
        remove_pin(tx, visit.here, visit.now)
    return see_other(WAYS_IN)


@pages.get(DEVICES, Right.SELF)
def devices(visit: Visit) -> Answer:
    """Where the person is logged in."""
    with visit.transaction() as tx:
        found = sessions_of(tx, visit.person.id, visit.now)
    rows = [(one, one.seen_at.astimezone(BANK_ZONE), one.id == visit.here.id) for one in found]
    return own(visit, "devices", rows=rows)


@pages.post("/me/devices/{id}/end", Right.SELF)
def end_one(visit: Visit, id: UUID) -> Answer:
    """One of the other log-ins is ended."""
    with visit.transaction() as tx:
        close_others(tx, visit.here, visit.now, only=[id])
    return see_other(DEVICES)


@pages.post("/me/devices/end", Right.SELF)
def end_all(visit: Visit) -> Answer:
    """All other log-ins are ended."""
    with visit.transaction() as tx:
        close_others(tx, visit.here, visit.now)
    return see_other(DEVICES)


@pages.get("/me/wishes", Right.SELF)
def wishes(visit: Visit) -> Answer:
    """Language, edition, theme and size of type."""
    return own(visit, "wishes")


@pages.get("/me/events", Right.SELF)
def events(visit: Visit) -> Answer:
    """What happened at the door, the youngest first."""
    with visit.transaction() as tx:
        found = security_events_of(tx, visit.person.id, limit=30)
    return own(visit, "events", rows=[(one.text, one.at.astimezone(BANK_ZONE)) for one in found])


def own(visit: Visit, name: str, *, status: int = HTTPStatus.OK, **model: object) -> Answer:
    """One of a person's own pages, in the layout of the area he works in."""
    known = {"shell": shell_of(visit.here, visit.edition), "back": ME, "home": _home(visit)}
    return page(f"entrance/{name}.html", status=status, **(known | model))


def _home(visit: Visit) -> str:
    return home_of(visit.here.membership, visit.edition)


def _proven(visit: Visit) -> bool:
    with visit.transaction() as tx:
        return proven(tx, visit.here, visit.now)


def _to_prove(visit: Visit) -> Answer | None:
    """The step of proving oneself once more, on the page that asks it; None if it was just done."""
    if _proven(visit):
        return None
    with visit.transaction() as tx:
        able = has_pin(tx, visit.person.id) or bool(passkeys_of(tx, visit.person.id))
        presented = visit.present(tx, PROVE, _IT_IS_ME) if able else None
    return own(
        visit,
        "prove",
        presented=presented,
        wanted=visit.path,
        why_not=_NO_WAY_TO_CONFIRM,
        back=WAYS_IN,
    )


def _new_passkey(
    visit: Visit, refused: Refusal | None = None, *, status: int = HTTPStatus.OK
) -> Answer:
    with visit.transaction() as tx:
        options = passkey_options(tx, visit.house.rp, visit.here, visit.now)
    device = device_of(visit.headers.get("user-agent", ""))
    return own(
        visit,
        "passkey_new",
        status=status,
        options=options,
        device=device,
        refused=refused,
        back=WAYS_IN,
    )


def _pin(visit: Visit, *, status: int = HTTPStatus.OK) -> Answer:
    with visit.transaction() as tx:
        known = has_pin(tx, visit.person.id)
        removable = known and bool(passkeys_of(tx, visit.person.id))
    return own(visit, "pin", status=status, known=known, removable=removable, back=WAYS_IN)


def _used(one: Passkey) -> object:
    return one.used_at.astimezone(BANK_ZONE) if one.used_at else None


def _with_cure(refusal: Refusal) -> Text:
    reason, cure = refusal.reason, refusal.cure
    return Text(f"{reason.zh}，{cure.zh}", f"{reason.en}: {cure.en}")
