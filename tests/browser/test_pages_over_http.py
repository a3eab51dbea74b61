"""Every page as it comes over the wire: reached by links, guarded, free of inline code."""

import httpx
import pytest
from lxml import html
from tests.browser.house import House

from heliu.app.ecosystem.residents import RESIDENTS
from heliu.channels.pages.api import POLICY

WHO = ["", *(one.key for one in RESIDENTS)]
# Asked for by a browser or a script, or shown only while something happens: a job runs, somebody
# with several roles chooses, proves who he is, looks at a passkey he has made, or maps a table; an
# offer stands; nobody guards an elder.
NOT_BY_LINKS = {
    "/live", "/jobs/{id}", "/offline", "/manifest.webmanifest", "/icon.svg", "/favicon.ico",
    "/enter/role", "/me/prove", "/me/passkeys/{id}", "/portal/tables/{id}",
    "/m/offers/{id}", "/m/all/offers", "/m/all/done/{id}",
    "/care/family/invite", "/care/lines", "/care/voice/{what}", "/care/voice/transfers/{id}",
    "/console/exports/{id}", "/console/find",
}  # fmt: skip
WELL = {httpx.codes.OK, httpx.codes.SEE_OTHER}
INLINE = "//*[@style] | //style | //script[not(@src)] | //*[@*[starts-with(name(), 'on')]]"
WORTH_COMPRESSING = 1400


def test_somebody_comes_to_every_page_by_links(house: House) -> None:
    reached = {house.route_of(path).path for who in WHO for path in house.walked(who)}
    pages = {route.path for route in house.routes if route.method == "GET"}
    assert sorted(pages - reached - NOT_BY_LINKS) == []


@pytest.mark.parametrize("who", WHO)
def test_no_link_leads_nowhere(house: House, who: str) -> None:
    walked = house.walked(who)
    assert {path: shown.status for path, shown in walked.items() if shown.status not in WELL} == {}


@pytest.mark.parametrize("who", WHO)
def test_a_link_that_is_shown_may_be_followed(house: House, who: str) -> None:
    sent_away = [
        path
        for path, shown in house.walked(who).items()
        if who and shown.headers.get("location", "").startswith("/enter")
    ]
    assert sent_away == []


@pytest.mark.parametrize("who", WHO)
def test_the_policy_is_exact_and_nothing_is_inline(house: House, who: str) -> None:
    pages = {path: one for path, one in house.walked(who).items() if one.is_page and one.body}
    other = {
        path: one.headers.get("content-security-policy")
        for path, one in pages.items()
        if one.headers.get("content-security-policy") != POLICY
    }
    inline = {path: html.fromstring(one.body).xpath(INLINE) for path, one in pages.items()}
    assert other == {}
    assert {path: found for path, found in inline.items() if found} == {}


@pytest.mark.parametrize("who", WHO)
def test_a_page_is_not_kept_by_anybody_between_and_comes_compressed(house: House, who: str) -> None:
    pages = {path: one for path, one in house.walked(who).items() if one.is_page and one.body}
    kept = [path for path, one in pages.items() if one.headers["cache-control"] != "no-store"]
    plain = [
        path
        for path, one in pages.items()
        if len(one.body) > WORTH_COMPRESSING and one.headers.get("content-encoding") != "br"
    ]
    assert (kept, plain) == ([], [])


@pytest.mark.parametrize("who", WHO)
def test_every_form_goes_to_a_route_that_takes_it(house: House, who: str) -> None:
    posts = [route for route in house.routes if route.method == "POST"]
    forms = {
        (path, form.action)
        for path, shown in house.walked(who).items()
        for form in shown.posting_forms
    }
    lost = [
        (path, action)
        for path, action in sorted(forms)
        if not any(route.parameters(action.partition("?")[0]) is not None for route in posts)
    ]
    assert lost == []


def test_the_session_s_cookie_is_the_host_s_own_and_out_of_reach_of_scripts(house: House) -> None:
    visitor = house.stranger()
    entered = visitor.send(visitor.get("/").form("/enter/as").filled(who="supplier"))
    (cookie,) = [c for c in entered.headers.get_list("set-cookie") if c.startswith("__Host-")]
    said = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"path=/", "secure", "httponly", "samesite=lax"} <= said
    assert not any(part.startswith("domain") for part in said)
