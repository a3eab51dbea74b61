"""The portal as its people use it: two confirm a payable, a key is tried, tables and lists come."""

import subprocess
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.driving import Look
from tests.browser.entering import Room, alone, let_in
from tests.browser.house import House
from tests.browser.measuring import STANDARD, axe, pixel_contrast, sideways, small_type, targets
from tests.browser.visiting import Form, Visitor

from heliu.app.ecosystem.desk_work import supplier_list
from heliu.app.ecosystem.residents import PIN

MAKER, CHECKER, STRANGER = "enterprise_maker", "enterprise_checker", "other_maker"
DESK = Look(width=1280)
WAITING = "/portal/payables?state=waiting&q=A02"
TABLE = (
    "单据编号,开票日,供应商,供应商税号,含税金额,到期\n"
    "FP1001,2026-04-01,海润,91370214MA51P2WK6J,11300.00,2026-06-30\n"
    "FP1002,2026-13-01,海润,91370214MA51P2WK6J,abc,2026-06-30\n"
    "FP1003,2026-04-02\n"
)


def path_of(house: House, page: Page) -> str:
    return page.url.removeprefix(house.url)


def proposing(maker: Visitor, **fields: str) -> Form:
    """The form that proposes the first payable that waits."""
    shown = maker.get("/portal/payables?state=waiting")
    payable = next(link for link in shown.links if link.startswith("/portal/payables/"))
    form = shown.form("/portal/payables/propose")
    hidden = {name: value for name, value in form.fields.items() if name.startswith("_")}
    ticked = {"id": payable.rsplit("/", 1)[1], "act": "confirm"}
    return Form(form.action, {**hidden, **ticked, **fields})


def sign(page: Page) -> None:
    """With the PIN, as somebody without a passkey does."""
    page.locator("input[name=pin]").fill(PIN)
    page.locator("button[data-signed]").click()
    page.wait_for_load_state()


def test_a_payable_is_confirmed_by_two_people(room: Room, house: House) -> None:
    maker, checker = room.page(MAKER, DESK), room.page(CHECKER, DESK)
    maker.goto(house.url + WAITING)
    number = maker.locator("tbody th a").first.inner_text()
    maker.locator("tbody [type=checkbox]").first.check()
    maker.locator(".bulk button[value=confirm]").click()
    maker.wait_for_url("**/portal/proposals/*")
    expect(maker.locator("input[name=pin]")).to_have_count(0)
    checker.goto(maker.url)
    expect(checker.locator("#order")).to_contain_text("确认 1 笔应付账款")
    sign(checker)
    expect(checker.get_by_text("已签名", exact=True)).to_be_visible()
    checker.get_by_role("link", name=number).click()
    expect(checker.get_by_text("已确认", exact=True)).to_be_visible()
    expect(checker.get_by_text("缺少核心企业对应付款的确认")).to_have_count(0)
    assert room.noise(MAKER, DESK) == room.noise(CHECKER, DESK) == []


def test_a_wrong_pin_confirms_nothing_and_the_right_one_still_does(
    browser: Browser, house: House
) -> None:
    maker = house.as_(MAKER)
    proposed = maker.send(proposing(maker)).headers["location"]
    with alone(browser, house, DESK, javascript=False) as page:
        let_in(page.context, house, CHECKER)
        page.goto(house.url + proposed)
        page.locator("input[name=pin]").fill("000000")
        page.locator("button[data-signed]").click()
        expect(page.locator("[role=alert]")).to_be_visible()
        page.goto(house.url + proposed)
        page.locator("details", has_text="退回经办").locator("summary").click()
        page.get_by_role("button", name="退回", exact=True).click()
        page.locator("textarea[name=reason]").fill("金额待核")
        page.get_by_role("button", name="退回", exact=True).click()
        expect(page.get_by_text("金额待核")).to_be_visible()
    assert "已退回" in maker.get(proposed).text


def test_a_form_sent_twice_is_one_proposal(house: House) -> None:
    maker = house.enter(MAKER)
    form = proposing(maker)
    first, second = maker.send(form), maker.send(form)
    assert (first.status, second.status) == (httpx.codes.SEE_OTHER, httpx.codes.SEE_OTHER)
    assert first.headers["location"] == second.headers["location"]
    give_back(house, first.headers["location"])


def test_a_dispute_says_why_and_keeps_what_was_ticked(house: House) -> None:
    maker = house.enter(MAKER)
    shown = maker.send(proposing(maker, act="dispute", reason=""))
    assert shown.status == httpx.codes.UNPROCESSABLE_ENTITY
    assert "提出争议须写明原因" in shown.text
    assert "checked" in shown.text


def give_back(house: House, proposal: str) -> None:
    checker = house.as_(CHECKER)
    form = checker.get(proposal).form(proposal + "/return")
    assert checker.send(form.filled(reason="再看")).status == httpx.codes.SEE_OTHER


def test_nothing_of_one_enterprise_is_there_for_another(house: House) -> None:
    maker, stranger = house.as_(MAKER), house.as_(STRANGER)
    key = next(one for one in maker.get("/portal/connect").links if "/connect/hk_" in one)
    proposal = next(
        one for one in maker.get("/portal/proposals").links if one.startswith("/portal/proposals/")
    )
    run = next(one for one in maker.get("/portal/suppliers").links if "/runs/" in one)
    payable = next(
        one for one in maker.get("/portal/payables").links if one.startswith("/portal/payables/")
    )
    paper = next(
        one for one in maker.get("/portal/documents").links if one.startswith("/portal/documents/")
    )
    programme = next(
        one
        for one in maker.get("/portal/programmes").links
        if one.startswith("/portal/programmes/")
    )
    theirs = [key, proposal, run, payable, paper, paper + "/file", paper + "/proof", programme]
    assert {path: maker.get(path).status for path in theirs} == dict.fromkeys(theirs, 200)
    assert {path: stranger.get(path).status for path in theirs} == dict.fromkeys(theirs, 404)


def test_a_secret_is_shown_once_and_the_signed_call_is_heard(room: Room, house: House) -> None:
    page = room.page(MAKER, DESK)
    page.goto(house.url + "/portal/connect")
    page.locator("#f-name").fill("ERP 试用")
    page.get_by_role("button", name="发放").click()
    page.wait_for_url("**/portal/connect/hk_*")
    issued = path_of(house, page)
    expect(page.locator("#heard")).to_contain_text("还没有收到")
    page.get_by_role("button", name="显示密钥").click()
    secret = page.locator("#secret-value").inner_text()
    assert secret.startswith("hs_")
    line = page.locator("#curl").inner_text()
    subprocess.run(["bash", "-c", line + " -sf"], check=True, capture_output=True, timeout=20)
    expect(page.locator("#heard")).to_contain_text("签名有效")
    again = subprocess.run(
        ["bash", "-c", line + " -s"], check=True, capture_output=True, timeout=20
    )
    assert b"signature.replayed" in again.stdout
    expect(page.locator("#heard .alert")).to_have_class("alert bad")
    page.goto(house.url + issued)
    assert secret not in page.content()
    expect(page.get_by_role("button", name="显示密钥")).to_have_count(0)
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_text("已停用", exact=True)).to_be_visible()
    assert room.noise(MAKER, DESK) == []


def test_a_key_of_one_person_never_confirms_payables(house: House) -> None:
    maker = house.enter(MAKER)
    form = maker.get("/portal/connect").form("/portal/connect")
    shown = maker.send(form.filled(name="夹带", permission="approvals:write"))
    assert shown.status == httpx.codes.UNPROCESSABLE_ENTITY
    assert "夹带" in shown.text


def test_a_table_in_ones_own_columns_comes_in_row_by_row(
    room: Room, house: House, tmp_path: Path
) -> None:
    file = tmp_path / "应付.csv"
    file.write_text(TABLE, "gb18030")
    page = room.page(MAKER, DESK)
    page.goto(house.url + "/portal/tables")
    page.locator("#f-table").set_input_files(file)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/portal/tables/*")
    page.select_option("#f-invoice_no", "")
    page.get_by_role("button", name="重新预览").click()
    expect(page.get_by_text("还不能导入")).to_be_visible()
    assert "_token" not in page.url
    page.select_option("#f-invoice_no", "单据编号")
    page.get_by_role("button", name="重新预览").click()
    rows = page.locator("table").first.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("可以")
    expect(rows.nth(1)).to_contain_text("开票日期 无法识别")
    expect(rows.nth(2)).to_contain_text("应有 6 列，实有 2 列")
    # No link leads here, so that it is measured here.
    assert (axe(page), targets(page, 24), small_type(page, 12, 1.0)) == ([], [], [])
    page.set_viewport_size({"width": 320, "height": 800})
    assert sideways(page) == []
    page.set_viewport_size(DESK.viewport)
    page.get_by_role("button", name="保存对应并导入").click()
    page.wait_for_url("**/portal/documents?brought=1*")
    expect(page.get_by_role("link", name="FP1001")).to_be_visible()
    page.goto(house.url + "/portal/tables")
    expect(page.get_by_text("上次：单据编号")).to_be_visible()


def test_a_table_of_what_is_right_is_proposed_with_its_amounts(room: Room, house: House) -> None:
    page = room.page(MAKER, DESK)
    page.goto(house.url + "/portal/payables?state=waiting")
    row = page.locator("tbody tr").first
    number, owed = row.locator("th a").inner_text(), row.locator("td.n").first.inner_text()
    page.goto(house.url + "/portal/suppliers")
    code = page.locator("a.row", has_text="海润").first.get_attribute("href") or ""
    less = Decimal(owed.replace(",", "")) - 100
    text = f"{TABLE.splitlines()[0]}\n{number},2026-04-06,海润,{code[-18:]},{less},2026-06-05\n"
    page.goto(house.url + "/portal/tables")
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("#f-table").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/portal/tables/*")
    page.select_option("#f-invoice_no", "单据编号")
    page.get_by_role("button", name="重新预览").click()
    assert pixel_contrast(page, STANDARD) == []
    page.reload()
    page.get_by_role("button", name="按此表提交确认 1 笔").click()
    page.wait_for_url("**/portal/proposals/*")
    expect(page.locator("tbody td.n")).to_have_text(f"{less:,}")
    give_back(house, path_of(house, page))


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.xlsx", b"PK\x03\x04rest", "电子表格"),
        ("a.csv", b"\x7fELF\x00\x01", "不是文本文件"),
        ("a.csv", b"\n\n", "第一行应为表头"),
    ],
)
def test_a_file_that_is_no_table_is_refused_beside_its_field(
    room: Room, house: House, name: str, data: bytes, why: str
) -> None:
    page = room.page(MAKER, DESK)
    page.goto(house.url + "/portal/tables")
    page.locator("#f-table").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#f-table-e")).to_contain_text(why)


def test_a_list_of_suppliers_is_ranked_and_the_approved_are_asked_in(
    room: Room, house: House
) -> None:
    page = room.page(MAKER, DESK)
    page.goto(house.url + "/portal/suppliers")
    data = supplier_list().replace("号厂".encode(), "号有限公司".encode())
    page.locator("#f-list").set_input_files(
        {"name": "名单.csv", "mimeType": "text/csv", "buffer": data}
    )
    page.get_by_role("button", name="开始预审").click()
    page.get_by_role("link", name="查看结果").click()
    page.wait_for_url("**/portal/suppliers/runs/*")
    expect(page.locator("tbody tr").first).to_contain_text("烟台包装7号有限公司")
    expect(page.get_by_text("企业成立不足一年 → 成立满一年后重新提交").first).to_be_attached()
    expect(page.locator("#bad")).to_be_visible()
    page.get_by_role("button", name="邀请全部通过的供应商").click()
    page.wait_for_url("**/portal/programmes/*")
    expect(page.get_by_text("待银行发布").first).to_be_visible()
