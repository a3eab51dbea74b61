"""Golden flows of the console: the wall lives, a trade is seen from every side, tables leave."""

import csv
import io
import time
from uuid import uuid4
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect
from tests.browser.driving import Look
from tests.browser.entering import Room
from tests.browser.house import House
from tests.browser.visiting import Form

WHO = "credit_officer"
LENT = "tr:has-text('已放款') th a, tr:has-text('已结清') th a"


def opened(room: Room, path: str, look: Look | None = None) -> Page:
    page = room.page(WHO, look) if look else room.page(WHO)
    page.goto(room.house.url + path)
    return page


def test_the_wall_draws_itself_anew_and_is_not_stale(room: Room) -> None:
    page = opened(room, "/console")
    with page.expect_response("**/console/tiles*") as drawn:
        pass
    assert drawn.value.status == 200
    expect(page.locator("#flow-commercial")).to_be_visible()
    assert page.locator("#wall").get_attribute("data-stale") is None


def test_every_tile_of_the_wall_says_its_time(room: Room) -> None:
    page = opened(room, "/console?days=7")
    tiles = page.locator(".stat")
    assert tiles.count() == page.locator(".stat:has-text('截至')").count() > 0


def test_a_trade_is_opened_by_keyboard_and_its_decision_comes_out_the_same(room: Room) -> None:
    page = opened(room, "/console/receivables")
    page.keyboard.press("j")
    expect(page.locator("tr[data-row]").first).to_be_focused()
    page.locator(LENT).first.click()
    expect(page.get_by_role("heading", name="一笔生意的全程")).to_be_visible()
    page.get_by_role("link", name="打开决策").click()
    page.get_by_role("link", name="重算一遍").click()
    expect(page.get_by_text("重算结果与当时逐字节相同")).to_be_visible()
    page.get_by_role("link", name="打开应收").click()
    expect(page.get_by_role("heading", name="日记账")).to_be_visible()


def test_a_search_leads_to_the_firm_its_code_names(room: Room) -> None:
    page = opened(room, "/console/firms")
    href = page.locator("tr[data-row] th a").first.get_attribute("href") or ""
    page.get_by_role("searchbox").first.fill(href.rsplit("/", 1)[1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{href}")
    expect(page.get_by_role("heading", name="登记")).to_be_visible()


def test_filters_stand_in_the_address_and_come_back(room: Room) -> None:
    page = opened(room, "/console/receivables?decided=refused&words=INV")
    assert page.get_by_label("授信").input_value() == "refused"
    expect(page.locator("tr[data-row] .badge").first).to_have_text("已拒绝")


@pytest.mark.parametrize("table", ["receivables", "decisions", "documents", "firms"])
def test_every_table_can_be_taken_away(house: House, table: str) -> None:
    visitor = house.as_(WHO)
    told = visitor.get(f"/console/export/{table}.csv")
    rows = list(csv.reader(io.StringIO(told.body.decode("utf-8-sig"))))
    assert len(rows) > 1
    assert "attachment" in told.headers["content-disposition"]
    with ZipFile(io.BytesIO(visitor.get(f"/console/export/{table}.xlsx").body)) as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == len(rows)
    assert visitor.get(f"/console/export/{table}.parquet").body[:4] == b"PAR1"


@pytest.mark.parametrize("path", ["/console/export/people.csv", "/console/export/receivables.exe"])
def test_what_is_no_table_cannot_be_taken_away(house: House, path: str) -> None:
    assert house.as_(WHO).get(path).status == 404


def test_who_may_not_see_trade_may_not_take_it_away(house: House) -> None:
    assert house.as_("operations").get("/console/export/receivables.csv").status == 404
    assert house.as_("security").get("/console/export/receivables.csv").status == 403


def test_a_large_table_is_written_by_a_job_and_belongs_to_who_asked(house: House) -> None:
    visitor, key = house.as_(WHO), str(uuid4())
    token = visitor.get("/console").posting_forms[0].fields["_token"]
    asked = {"_token": token, "_key": key, "decided": "refused"}
    sent = visitor.send(Form("/console/export/receivables.csv", asked))
    assert sent.headers["location"] == f"/jobs/{key}"
    until = time.monotonic() + 20
    while (made := visitor.get(f"/console/exports/{key}")).status != 200:
        assert time.monotonic() < until, "the job is done"
    assert made.body == visitor.get("/console/export/receivables.csv?decided=refused").body
    assert house.as_("risk").get(f"/console/exports/{key}").status == 404
