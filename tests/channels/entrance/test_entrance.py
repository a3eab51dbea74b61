"""The entrance without a script: ways in, the way to where one wanted, and a person's own pages."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.channels.entrance.porch import (
    LI,
    PHONE,
    PIN,
    STAFF,
    WANG,
    Porch,
    Visitor,
    open_porch,
)

from heliu.channels.entrance.coming_in import device_of
from heliu.channels.pages.api import COOKIE, inside
from heliu.channels.pages.catalogues import catalogue, extracted
from heliu.ground.db import Database
from heliu.parties.identity.api import Role, Settings

MINUTE = timedelta(minutes=1)


@pytest.fixture
def porch(fresh: Database) -> Porch:
    """The entrance, with nobody in it."""
    return open_porch(fresh)


def by_pin(visitor: Visitor, login: str, pin: str, path: str = "/enter") -> object:
    return visitor.send(visitor.get(path), "/enter/pin", login=login, pin=pin)


def place(answer: object) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("location")  # type: ignore[attr-defined]


def test_a_pin_lets_its_person_in_and_on_to_where_he_wanted(porch: Porch) -> None:
    porch.with_pin()
    visitor = porch.visitor()
    assert place(visitor.get("/me")) == (303, "/enter?next=/me")
    answer = by_pin(visitor, WANG, PIN, "/enter?next=/me")
    assert place(answer) == (303, "/me")
    assert "138****0001" in visitor.get("/me").text


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.RETAIL, "/m/accounts"),
        (Role.GUARDIAN, "/care/guard"),
        (Role.RISK, "/console"),
        (Role.SECURITY, "/console"),
    ],
)
def test_who_wanted_nowhere_begins_where_his_role_does(porch: Porch, role: Role, home: str) -> None:
    porch.with_pin(STAFF, role)
    assert place(by_pin(porch.visitor(), STAFF, PIN)) == (303, home)


def test_a_customer_of_the_care_edition_begins_there_in_his_own_language(porch: Porch) -> None:
    one = porch.enrolled(settings=Settings("zh", "care", "dark", 4))
    visitor = porch.visitor()
    answer = visitor.send(visitor.get("/enter/code"), "/enter/code", code=one.code)
    assert place(answer) == (303, "/me/ways-in")
    page = visitor.get("/me/wishes").text
    assert 'data-edition="care" data-theme="dark" data-size="4"' in page
    assert "关怀版" in page


def test_a_wrong_pin_is_told_on_the_same_page_and_what_was_typed_stays(porch: Porch) -> None:
    porch.with_pin()
    answer = porch.visitor()
    said = answer.send(answer.get("/enter?next=/me"), "/enter/pin", login=WANG, pin="314159")
    assert said.status_code == 401
    assert 'role="alert"' in said.text
    assert f'value="{WANG}"' in said.text
    assert 'name="next" value="/me"' in said.text
    assert "314159" not in said.text


def test_an_unknown_log_in_is_answered_by_the_same_page(porch: Porch) -> None:
    porch.with_pin()
    pages = []
    for login in (WANG, LI):
        visitor = porch.visitor()
        said = visitor.send(visitor.get("/enter"), "/enter/pin", login=login, pin="000000")
        text = re.sub(r'(value|options)="[^"]*"', "", said.text)
        pages.append((said.status_code, text))
    assert pages[0] == pages[1]


def test_after_five_failures_the_page_says_how_long_to_wait(porch: Porch) -> None:
    porch.with_pin()
    visitor = porch.visitor()
    for _ in range(5):
        by_pin(visitor, WANG, "000000")
    said = visitor.send(visitor.get("/enter"), "/enter/pin", login=WANG, pin=PIN)
    assert said.status_code == 429
    assert "wait 1 min" in said.text


def test_an_empty_form_is_told_beside_its_fields(porch: Porch) -> None:
    visitor = porch.visitor()
    said = visitor.send(visitor.get("/enter"), "/enter/pin", login="", pin="")
    assert said.status_code == 422
    assert said.text.count('aria-invalid="true"') == 2


def test_a_passkey_made_at_the_first_visit_lets_in_ever_after(porch: Porch) -> None:
    one = porch.enrolled()
    visitor = porch.visitor()
    visitor.send(visitor.get("/enter/code"), "/enter/code", code=one.code)
    page = visitor.get("/me/passkeys/new")
    made = PHONE.register(visitor.asked(page))
    answer = visitor.send(page, "/me/passkeys/new", label="Phone", credential=made)
    assert place(answer) == (303, "/me/ways-in")
    assert "Phone" in visitor.get("/me/ways-in").text
    later = porch.visitor()
    page = later.get("/enter?next=/me/devices")
    signed = PHONE.sign(later.asked(page))
    assert place(later.send(page, "/enter/passkey", credential=signed)) == (303, "/me/devices")
    again = later.get("/enter")
    assert place(again) == (303, "/m/accounts")


def test_a_passkey_that_proves_nothing_leaves_one_at_the_door(porch: Porch) -> None:
    visitor = porch.visitor()
    page = visitor.get("/enter")
    said = visitor.send(page, "/enter/passkey", credential=PHONE.sign(visitor.asked(page)))
    assert said.status_code == 401
    assert "passkey was not accepted" in said.text
    assert visitor.send(page, "/enter/passkey", credential="{}").status_code == 401
    assert visitor.send(page, "/enter/passkey", options="x").status_code == 200


def test_who_has_several_roles_chooses_and_can_change(porch: Porch) -> None:
    porch.with_pin(WANG, Role.RETAIL, Role.GUARDIAN)
    visitor = porch.visitor()
    assert place(by_pin(visitor, WANG, PIN)) == (303, "/enter/role")
    before = visitor.cookies[COOKIE]
    page = visitor.get("/enter/role")
    assert place(visitor.send(page, "/enter/role", **{"as": "risk:"})) == (303, "/enter/role")
    page = visitor.get("/enter/role")
    assert place(visitor.send(page, "/enter/role", **{"as": "guardian:"})) == (303, "/care/guard")
    assert visitor.cookies[COOKIE] != before
    assert "Family guardian" in visitor.get("/me").text


def test_who_leaves_is_out(porch: Porch) -> None:
    visitor = porch.inside(porch.enrolled().person)
    assert place(visitor.send(visitor.get("/me"), "/enter/leave")) == (303, "/enter")
    assert visitor.cookies[COOKIE] == ""
    assert place(visitor.get("/me")) == (303, "/enter?next=/me")


def test_a_code_that_is_no_code_is_refused(porch: Porch) -> None:
    visitor = porch.visitor()
    said = visitor.send(visitor.get("/enter/code"), "/enter/code", code="aaaa")
    assert said.status_code == 401
    assert "wrong, used or expired" in said.text
    assert visitor.send(visitor.get("/enter/code"), "/enter/code", code="").status_code == 422


def test_recovery_is_answered_alike_and_seen_by_who_is_still_in(porch: Porch) -> None:
    who = porch.enrolled().person
    inside_already = porch.inside(who)
    pages = []
    for login in (WANG, LI):
        visitor = porch.visitor()
        pages.append(visitor.send(visitor.get("/enter/recover"), "/enter/recover", login=login))
    texts = [re.sub(r'value="[^"]*"', "", page.text) for page in pages]
    assert texts[0] == texts[1]
    assert "has begun" in texts[0]
    page = inside_already.get("/me")
    assert "Somebody asked to recover" in page.text
    action = re.findall(r'action="(/me/recovery/[^"]*/cancel)"', page.text)[0]
    assert place(inside_already.send(page, action)) == (303, "/me")
    assert "Somebody asked to recover" not in inside_already.get("/me").text


def test_ways_in_are_changed_after_a_fresh_proof(porch: Porch) -> None:
    visitor = porch.inside(porch.with_pin())
    porch.clock.skip(6 * MINUTE)
    page = visitor.get("/me/pin")
    assert "Confirm that it is you" in page.text
    assert place(visitor.send(page, "/me/prove", pin=PIN)) == (303, "/me/pin")
    assert "New six-digit PIN" in visitor.get("/me/pin").text


def test_what_is_sent_without_a_fresh_proof_changes_nothing(porch: Porch) -> None:
    visitor = porch.inside(porch.with_pin())
    pin, new = visitor.get("/me/pin"), visitor.get("/me/passkeys/new")
    made = PHONE.register(visitor.asked(new))
    porch.clock.skip(6 * MINUTE)
    assert place(visitor.send(pin, "/me/pin", pin="314159", again="314159")) == (303, "/me/pin")
    answer = visitor.send(new, "/me/passkeys/new", label="x", credential=made)
    assert place(answer) == (303, "/me/passkeys/new")
    assert "Confirm that it is you" in visitor.get("/me/passkeys/new").text
    assert place(by_pin(porch.visitor(), WANG, PIN)) == (303, "/m/accounts")


def test_a_wrong_pin_at_a_proof_proves_nothing(porch: Porch) -> None:
    visitor = porch.inside(porch.with_pin())
    porch.clock.skip(6 * MINUTE)
    said = visitor.send(visitor.get("/me/pin"), "/me/prove", pin="314159")
    assert said.status_code in {401, 403, 422}
    assert "Confirm that it is you" in visitor.get("/me/pin").text


def test_who_has_nothing_to_prove_with_is_told_what_to_do(porch: Porch) -> None:
    visitor = porch.inside(porch.enrolled().person)
    porch.clock.skip(6 * MINUTE)
    assert "come in by a one-time code" in visitor.get("/me/pin").text


@pytest.mark.parametrize(
    ("pin", "again", "said"),
    [
        ("314159", "314158", "not the same"),
        ("123456", "123456", "guessed too easily"),
        ("12", "12", "six digits"),
        ("", "", "this is needed"),
    ],
)
def test_an_unfit_pin_is_told_beside_its_field(
    porch: Porch, pin: str, again: str, said: str
) -> None:
    visitor = porch.inside(porch.enrolled().person)
    answer = visitor.send(visitor.get("/me/pin"), "/me/pin", pin=pin, again=again)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_pin_is_set_changed_and_removed_once_there_is_a_passkey(porch: Porch) -> None:
    visitor = porch.inside(porch.enrolled().person)
    page = visitor.get("/me/pin")
    assert place(visitor.send(page, "/me/pin", pin=PIN, again=PIN)) == (303, "/me/ways-in")
    page = visitor.get("/me/passkeys/new")
    made = PHONE.register(visitor.asked(page))
    visitor.send(page, "/me/passkeys/new", label="Phone", credential=made)
    page = visitor.get("/me/pin")
    assert place(visitor.send(page, "/me/pin/remove")) == (303, "/me/ways-in")
    assert "Set a PIN" in visitor.get("/me/ways-in").text


def test_a_passkey_is_removed_after_a_fresh_proof_unless_it_is_the_last_way_in(
    porch: Porch,
) -> None:
    who = porch.enrolled().person
    visitor = porch.inside(who)
    page = visitor.get("/me/passkeys/new")
    made = PHONE.register(visitor.asked(page))
    visitor.send(page, "/me/passkeys/new", label="Phone", credential=made)
    page = visitor.get("/me/ways-in")
    (path,) = re.findall(r'action="(/me/passkeys/[^"]*/remove)"', page.text)
    assert "this is your last way in" in visitor.send(page, path).text
    stranger = porch.inside(porch.enrolled(LI).person)
    said = stranger.send(stranger.get("/me"), "/enter/leave", to=path)
    assert "there is no such passkey" in said.text
    porch.clock.skip(6 * MINUTE)
    page = visitor.get("/me/ways-in")
    assert place(visitor.send(page, path)) == (303, "/me/ways-in?confirm=1")
    assert "Confirm that it is you" in visitor.get("/me/ways-in?confirm=1").text


def test_a_person_logs_his_other_devices_out(porch: Porch) -> None:
    who = porch.enrolled().person
    here, there, third = (porch.inside(who) for _ in range(3))
    page = here.get("/me/devices")
    ends = re.findall(r'action="(/me/devices/[^"]*/end)"', page.text)
    assert len(ends) == 2
    here.send(page, ends[0])
    assert [v.get("/me").status_code for v in (there, third)].count(200) == 1
    here.send(here.get("/me/devices"), "/me/devices/end")
    assert [v.get("/me").status_code for v in (here, there, third)] == [200, 303, 303]


def test_wishes_are_kept_with_the_person_and_meet_him_on_his_next_device(porch: Porch) -> None:
    who = porch.with_pin()
    visitor = porch.inside(who)
    visitor.send(visitor.get("/me/wishes"), "/me/preferences", theme="dark")
    other = porch.visitor()
    by_pin(other, WANG, PIN)
    assert 'data-theme="dark"' in other.get("/me").text


def test_a_guardian_is_invited_accepts_and_either_side_ends_it(porch: Porch) -> None:
    elder, child = (porch.inside(porch.enrolled(login).person) for login in (WANG, LI))
    said = elder.send(elder.get("/me/family"), "/me/family/invite", login=WANG, limit="5000")
    assert "nobody guards himself" in said.text
    answer = elder.send(elder.get("/me/family"), "/me/family/invite", login=LI, limit="5000")
    assert place(answer) == (303, "/me/family")
    page = child.get("/me/family")
    assert "¥5,000.00" in page.text
    accept = re.findall(r'action="(/me/family/[^"]*/accept)"', page.text)[0]
    child.send(page, accept)
    page = elder.get("/me/family")
    assert "Live" in page.text
    end = re.findall(r'action="(/me/family/[^"]*/end)"', page.text)[0]
    elder.send(page, end)
    assert "No guardians yet" in child.get("/me/family").text


def test_an_invitation_without_a_limit_keeps_what_was_typed(porch: Porch) -> None:
    elder = porch.inside(porch.enrolled().person)
    said = elder.send(elder.get("/me/family"), "/me/family/invite", login=LI, limit="much")
    assert said.status_code == 422
    assert 'value="much"' in said.text


@pytest.mark.parametrize("path", ["/me", "/me/ways-in", "/me/events", "/me/devices", "/me/wishes"])
@pytest.mark.parametrize(("login", "role"), [(WANG, Role.RETAIL), (STAFF, Role.RISK)])
def test_every_own_page_stands_in_the_layout_of_its_area(
    porch: Porch, path: str, login: str, role: Role
) -> None:
    visitor = porch.inside(porch.enrolled(login, role).person, role)
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.text.count("<h1>") == 1
    assert ('class="desk"' in answer.text) == (role is Role.RISK)


@pytest.mark.parametrize(
    "said",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "",
        "me",
        "/a\r\nSet-Cookie: x",
        "/a b",
        "/" + "x" * 2001,
    ],
)
def test_nobody_is_led_out_of_the_house(said: str) -> None:
    assert inside(said) is None


@given(st.text())
def test_what_is_inside_begins_with_one_slash(said: str) -> None:
    found = inside(said)
    assert found is None or (found[0] == "/" and found[1:2] not in {"/", "\\"})


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Android · Chrome"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "iPhone · Safari"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Edg/140.0", "Windows · Edge"),
        ("curl/8", "unknown device"),
        ("", "unknown device"),
    ],
)
def test_a_device_is_called_as_its_owner_would(agent: str, name: str) -> None:
    assert device_of(agent).en == name


def test_every_text_has_its_english() -> None:
    known, wanted = catalogue("entrance"), extracted("entrance")
    assert {m.id for m in known if m.id} == {m.id for m in wanted if m.id}
    assert [m.id for m in known if m.id and not m.string] == []


def test_the_language_is_changed_there_and_back(porch: Porch) -> None:
    visitor = porch.inside(porch.enrolled().person)
    visitor.send(visitor.get("/me/wishes"), "/me/preferences", language="zh")
    assert "关怀版" in visitor.get("/me/wishes").text
    visitor.send(visitor.get("/me/wishes"), "/me/preferences", language="en")
    assert "Care edition" in visitor.get("/me/wishes").text
