"""The front of the house: who may see what, forms that act once, and words when something fails."""

import re
import threading
from datetime import timedelta

import pytest
from tests.channels.pages.hall import SUPPLIER, Hall

from heliu.channels.pages.api import COOKIE, POLICY, PUBLIC, Answer, Pages, Visit
from heliu.channels.pages.assets import static, url
from heliu.parties.identity.api import Right, Role

PARTY, NOTE, TOKEN, KEY = range(4)


def told(hall: Hall, cookies: dict[str, str], path: str = "/own") -> list[str]:
    """What the probe's page says of its visit."""
    return hall.get(path, cookies).text.split("|")


def form(hall: Hall, cookies: dict[str, str], note: str) -> dict[str, str]:
    """A form as the page gave it out, filled in."""
    seen = told(hall, cookies)
    return {"note": note, "_token": seen[TOKEN], "_key": seen[KEY], "_page": "/own"}


def test_a_public_page_is_everybodys_and_carries_the_whole_policy(hall: Hall) -> None:
    answer = hall.get("/open", accept_encoding="br")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-encoding"] == "br"
    assert "unsafe" not in POLICY


def test_who_has_no_session_is_led_to_the_entrance_and_back(hall: Hall) -> None:
    answer = hall.get("/own?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/enter?next=/own%3Fpage%3D2")


def test_a_visitor_acts_for_his_party(hall: Hall) -> None:
    assert told(hall, hall.enter())[PARTY] == SUPPLIER


def test_a_role_without_the_right_is_told_so(hall: Hall) -> None:
    answer = hall.get("/own", hall.enter(Role.RETAIL), accept_language="en")
    assert answer.status_code == 403
    assert "may not open this page" in answer.text


def test_a_session_ends_when_nobody_is_there(hall: Hall) -> None:
    cookies = hall.enter()
    hall.clock.skip(timedelta(minutes=11))
    assert hall.get("/own", cookies).status_code == 303


def test_a_token_is_renewed_while_its_person_works(hall: Hall) -> None:
    cookies = hall.enter()
    for _ in range(2):
        hall.clock.skip(timedelta(minutes=8))
        answer = hall.get("/own", cookies)
        assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(COOKIE + "=")
    assert "Secure; HttpOnly; SameSite=Lax" in cookie


@pytest.mark.parametrize("path", ["/nowhere", "/own/not-an-id", "/own/act/more"])
def test_what_is_not_there_is_not_there(hall: Hall, path: str) -> None:
    answer = hall.get(path, hall.enter(), accept_language="en")
    assert answer.status_code == 404
    assert "there is no such page" in answer.text


def test_a_form_acts_once_however_often_it_is_sent(hall: Hall) -> None:
    cookies = hall.enter()
    sent = form(hall, cookies, "yes")
    first, again = hall.post("/own/act", sent, cookies), hall.post("/own/act", sent, cookies)
    assert first.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert hall.acts == ["yes"]


def test_two_presses_at_the_same_moment_act_once(hall: Hall) -> None:
    cookies = hall.enter()
    sent = form(hall, cookies, "yes")
    places: list[str] = []
    presses = [
        threading.Thread(
            target=lambda: places.append(hall.post("/own/act", sent, cookies).headers["location"])
        )
        for _ in range(4)
    ]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert len(places) == 4
    assert len(set(places)) == 1
    assert hall.acts == ["yes"]


def test_a_form_from_elsewhere_or_without_its_token_does_nothing(hall: Hall) -> None:
    cookies = hall.enter()
    sent = form(hall, cookies, "yes")
    elsewhere = hall.post("/own/act", sent, cookies, sec_fetch_site="cross-site")
    stolen = hall.post("/own/act", {**sent, "_token": "0" * 64}, cookies)
    bare = hall.post("/own/act", {**sent, "_token": ""}, cookies)
    assert [a.status_code for a in (elsewhere, stolen, bare)] == [403, 403, 403]
    assert hall.acts == []


def test_an_old_browser_is_believed_by_its_origin(hall: Hall) -> None:
    cookies = hall.enter()
    sent = form(hall, cookies, "yes")
    wrong = hall.post("/own/act", sent, cookies, sec_fetch_site="", origin="https://evil.example")
    assert wrong.status_code == 403
    assert hall.acts == []


def test_what_was_typed_waits_for_who_must_log_in_again(hall: Hall) -> None:
    cookies = hall.enter()
    sent = form(hall, cookies, "三千件") | {"pin": "135790"}
    hall.clock.skip(timedelta(minutes=11))
    answer = hall.post("/own/act", sent, cookies)
    back = re.fullmatch(r"/enter\?next=(/own%3Fparked%3D[0-9a-f-]{36})", answer.headers["location"])
    assert back is not None
    assert hall.acts == []
    with hall.database.transaction() as tx:
        ((fields,),) = tx.rows("SELECT fields FROM channels.parked_form")
    assert fields == {"note": ["三千件"]}
    path = back[1].replace("%3F", "?").replace("%3D", "=")
    assert told(hall, hall.again(), path)[NOTE] == "三千件"


def test_a_refused_act_says_why_and_what_helps_and_keeps_what_was_typed(hall: Hall) -> None:
    cookies = hall.enter()
    answer = hall.post("/own/act", form(hall, cookies, "no"), cookies, accept_language="en")
    assert answer.status_code == 422
    assert "it cannot be" in answer.text
    assert "try another" in answer.text
    back = re.search(r"/own\?parked=[0-9a-f-]{36}", answer.text)
    assert back is not None
    assert told(hall, cookies, back[0])[NOTE] == "no"


def test_a_refused_form_may_be_sent_again(hall: Hall) -> None:
    cookies = hall.enter()
    sent = form(hall, cookies, "no")
    hall.post("/own/act", sent, cookies)
    assert hall.post("/own/act", {**sent, "note": "yes"}, cookies).status_code == 303
    assert hall.acts == ["no", "yes"]


def test_a_fault_of_ours_leaves_as_an_id(hall: Hall) -> None:
    cookies = hall.enter()
    answer = hall.post("/own/act", form(hall, cookies, "break"), cookies)
    assert answer.status_code == 500
    assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", answer.text)
    assert "secret of ours" not in answer.text


def test_more_than_a_form_takes_is_refused(hall: Hall) -> None:
    cookies = hall.enter()
    answer = hall.post("/own/act", form(hall, cookies, "x" * 70_000), cookies)
    assert answer.status_code == 413
    assert hall.acts == []


def test_the_wish_for_a_language_lasts(hall: Hall) -> None:
    answer = hall.post("/me/preferences", {"language": "en", "back": "/open"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/open")
    name, _, value = answer.headers["set-cookie"].split(";")[0].partition("=")
    assert 'lang="en"' in hall.get("/open", {name: value}, accept_language="zh").text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "evil"])
def test_nobody_is_led_out_of_the_house(hall: Hall, back: str) -> None:
    answer = hall.post("/me/preferences", {"theme": "dark", "back": back})
    assert answer.headers["location"] == "/"


def test_a_static_file_is_kept_for_ever_by_its_hash_and_compressed(hall: Hall) -> None:
    answer = hall.get(url("app.css"), accept_encoding="br, gzip")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "br"
    assert hall.get("/s/app.css").headers["cache-control"] == "public, max-age=86400"
    assert hall.get("/s/../api.py").status_code == 404
    assert set(static()) >= {"app.css", "app.js", "htmx.js", "icons.svg", "num.woff2"}


def test_a_job_is_asked_once_and_its_page_survives_a_reload(hall: Hall) -> None:
    cookies = hall.enter()
    sent = form(hall, cookies, "")
    place = hall.post("/work", sent, cookies).headers["location"]
    assert hall.post("/work", sent, cookies).headers["location"] == place
    waiting = hall.get(place, cookies)
    assert waiting.status_code == 200
    jobs = hall.application.jobs
    assert jobs._one()
    assert not jobs._one()
    assert 'href="/own"' in hall.get(place, cookies).text
    assert hall.get(place, hall.enter(Role.RETAIL)).status_code == 404


def test_a_job_a_killed_process_left_is_done_again(hall: Hall) -> None:
    cookies = hall.enter()
    hall.post("/work", form(hall, cookies, ""), cookies)
    with hall.database.transaction() as tx:
        tx.run("UPDATE channels.job SET state = 'running', step = 1")
    jobs = hall.application.jobs
    assert not jobs._one()
    jobs._take_up()
    assert jobs._one()


def test_a_route_that_asks_nothing_does_not_build() -> None:
    pages = Pages("pages")
    with pytest.raises(AssertionError, match="names no right"):
        pages.get("/hole", "everybody")  # type: ignore[arg-type]


def test_a_handler_takes_what_its_path_names() -> None:
    pages = Pages("pages")

    def handler(visit: Visit, other: int) -> Answer:
        raise NotImplementedError

    with pytest.raises(AssertionError, match="the handler takes"):
        pages.get("/{id}", PUBLIC)(handler)
    assert pages.get("/{other}", Right.SELF)(handler) is handler
