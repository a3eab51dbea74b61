"""Golden flows of the console's work: cases, the ledger, the end of day, programmes, people."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.driving import Look
from tests.browser.entering import Room
from tests.browser.house import House

from heliu.app.ecosystem.residents import PIN

OK, UNFIT = 200, 422
ENGLISH = Look(language="en")
PATIENCE = 60_000


def opened(room: Room, who: str, path: str) -> Page:
    page = room.page(who)
    page.goto(room.house.url + path)
    return page


def signed(page: Page) -> None:
    secret = page.locator("input[name=pin]")
    expect(secret).to_have_count(1)
    page.locator("details.fold:not([open]) > summary:has-text('六位密码')").evaluate_all(
        "all => all.forEach(one => one.click())"
    )
    secret.fill(PIN)
    page.get_by_role("button", name="用密码确认").click()


def test_a_case_is_taken_by_keyboard_and_taken_back_in_time(room: Room) -> None:
    page = opened(room, "operations", "/console/cases?queue=cash")
    page.keyboard.press("j")
    expect(page.locator("tr[data-row]").first).to_be_focused()
    page.keyboard.press("x")
    page.get_by_role("button", name="我来办").click()
    expect(page.get_by_text("之前都可以撤回")).to_be_visible()
    expect(page.locator("tr[data-row]").first).to_contain_text("即将发出")
    page.get_by_role("button", name="撤回").click()
    expect(page.get_by_text("已撤回，什么都没有发生")).to_be_visible()
    expect(page.locator("tr[data-row]").first).not_to_contain_text("即将发出")


def test_a_case_taken_has_its_owner_once_the_word_is_sent(room: Room) -> None:
    page = opened(room, "operations", "/console/cases?queue=cash")
    page.locator("tr[data-row] input").last.check()
    page.get_by_role("button", name="我来办").click()
    page.wait_for_url("**said=*")
    expect(page.locator("time.count")).to_have_text("已发出", timeout=PATIENCE)
    page.goto(room.house.url + "/console/cases?queue=cash&who=mine")
    expect(page.locator("tr[data-row]").first).to_contain_text("冯远", timeout=PATIENCE)


def test_a_case_is_not_closed_without_a_reason_and_nothing_is_lost(room: Room) -> None:
    page = opened(room, "operations", "/console/cases?queue=cash")
    page.locator("tr[data-row] input:enabled").first.check()
    page.locator("input[name=reason]").fill("too short")
    page.get_by_role("button", name="办结").click()
    expect(page.get_by_role("alert")).to_contain_text("至少十个字")


def test_a_figure_leads_to_its_lines_and_the_papers_under_them(room: Room) -> None:
    page = opened(room, "operations", "/console/ledger")
    expect(page.locator(".badge", has_text="借贷相等")).to_be_visible()
    page.locator("tr[data-row]", has_text=re.compile("loans?")).locator("a").first.click()
    page.locator("tr[data-row] a").first.click()
    page.locator("#f-start").fill("2026-03-01")
    page.get_by_role("button", name="看这段").click()
    page.locator("tr[data-row] a").first.click()
    expect(page.get_by_role("heading", name="它从哪里来")).to_be_visible()
    expect(page.get_by_role("cell", name="发货单").first).to_be_visible()


@pytest.mark.parametrize("query", ["on=2026-03-16", "known=2026-03-16T12:00", "on=never"])
def test_the_books_balance_at_any_instant_asked_for(house: House, query: str) -> None:
    shown = house.as_("operations").get(f"/console/ledger?{query}")
    assert shown.status == OK
    assert "借贷不等" not in shown.text


def test_a_day_is_closed_as_a_job_and_comes_out_the_same_again(room: Room) -> None:
    page = opened(room, "operations", "/console/eod")
    page.get_by_role("button", name="开始日终").click()
    page.get_by_role("link", name="查看结果").click(timeout=PATIENCE)
    expect(page.get_by_text("逐字节相同")).to_be_visible()
    expect(page.locator(".badge", has_text="不符")).to_have_count(0)
    page.get_by_role("button", name="再算一遍并比对").click()
    page.get_by_role("link", name="查看结果").click(timeout=PATIENCE)
    expect(page.get_by_text("逐字节相同")).to_be_visible()


def test_a_day_that_is_not_over_is_not_closed(house: House) -> None:
    visitor = house.as_("operations")
    form = visitor.get("/console/eod").form("/console/eod/close")
    shown = visitor.send(form.filled(until="2099-01-01"))
    assert shown.status == UNFIT
    assert "这一天还没有结束" in shown.text


def test_a_programme_is_changed_by_two_persons_who_see_what_it_means(room: Room) -> None:
    maker, checker = room.page("risk"), room.page("second_risk")
    maker.goto(room.house.url + "/console/programmes/beiling-steel")
    maker.locator("[name=advance_rate]").fill("1.7")
    maker.get_by_role("button", name="看后果").click()
    expect(maker.locator("#f-advance_rate-e")).to_have_text("不大于 1")
    maker.locator("[name=advance_rate]").fill("0.70")
    maker.get_by_role("button", name="看后果").click()
    expect(maker.get_by_role("heading", name="后果")).to_be_visible()
    maker.get_by_role("button", name="提出第").click()
    expect(maker.get_by_text("您提出的版本由另一位同事发布")).to_be_visible()
    checker.goto(maker.url)
    expect(checker.locator("#order")).to_contain_text("advance_rate: 0.80 > 0.70")
    signed(checker)
    expect(checker.locator(".badge", has_text="已发布")).to_be_visible()


def test_nobody_gives_himself_a_role(house: House) -> None:
    visitor = house.as_("security")
    people = visitor.get("/console/people")
    links = [link for link in people.links if link.startswith("/console/people/")]
    mine = next(link for link in links if "<h1>陈默</h1>" in visitor.get(link).text)
    assert "不能给自己授权" in visitor.get(mine).text


def test_a_person_is_made_known_and_his_code_is_shown_once(house: House) -> None:
    visitor = house.as_("security")
    form = visitor.get("/console/people").form("/console/people/enrol")
    shown = visitor.send(form.filled(login="13800001111", name="来客"))
    assert shown.status == OK
    assert "一次性登录码" in shown.text
    again = visitor.send(form.filled(login="13800001111", name="来客"))
    assert again.status == UNFIT


@pytest.mark.parametrize("path", ["/console/cases", "/console/rules", "/console/ledger"])
def test_pages_are_in_english_too(room: Room, path: str) -> None:
    page = room.page("operations", ENGLISH)
    page.goto(room.house.url + path)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert not re.search("[一-鿿]", page.locator("main h1").inner_text())
