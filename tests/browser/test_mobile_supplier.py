"""A supplier's golden flows in a real Chromium: money by two taps, and everything that goes wrong.

Each finances something of its own: who stands first takes one receivable, the last takes the rest.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.driving import Look
from tests.browser.entering import alone, enter, let_in
from tests.browser.house import House
from tests.browser.measuring import STANDARD, axe, pixel_contrast, sideways, targets
from tests.browser.phone import newcomer, phone_of

from heliu.app.ecosystem.residents import PIN
from heliu.channels.pages.api import COOKIE
from heliu.credit.loans.api import all_loans
from heliu.parties.identity.api import Membership, Role, close_session, session_of

FINGER: Final = 44
MOST_TABS: Final = 60
RECEIPT: Final = re.compile(r"/m/loans/[0-9a-f-]{36}/receipt$")
OFFER: Final = re.compile(r"/m/offers/[0-9a-f-]{36}$")
BOMB_BYTES: Final = 64 * 2**20


def bomb() -> bytes:
    """An archive of a few kilobytes that wants to become very large."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("invoice.xml", bytes(BOMB_BYTES))
    return packed.getvalue()


HOSTILE: Final = {
    "stamp.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "invoice.pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    "invoice.exe": b"MZ\x90\x00" + bytes(60),
    "invoices.zip": bomb(),
}


@pytest.fixture
def supplier(browser: Browser, house: House) -> Iterator[Page]:
    """A window in which the supplier has come in by one click."""
    with alone(browser, house) as page:
        enter(page, house, "supplier")
        yield page


def sound(page: Page) -> list[str]:
    """What is wrong with a page that is there only after an act."""
    return [*axe(page), *targets(page, FINGER), *sideways(page), *pixel_contrast(page, STANDARD)]


def ask(page: Page) -> None:
    """From the first page to the offer of the first receivable that may be financed."""
    page.locator("section[aria-labelledby=ready] .rows a").first.click()
    page.get_by_role("button", name="看报价").click()
    page.wait_for_url(OFFER)


def sign(page: Page) -> None:
    """Sign what is shown by the PIN."""
    page.get_by_label("六位密码", exact=True).fill(PIN)
    page.get_by_role("button", name="用密码确认").click()


def lent(house: House) -> int:
    """How many loans there are."""
    with house.stage.bank.database.transaction() as tx:
        return len(list(all_loans(tx)))


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name, or begins with it, has the focus."""
    said = "(document.activeElement.innerText || document.activeElement.name || '').trim()"
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(said).startswith(name):
            return
    raise AssertionError(f"no stop of the keyboard is called {name}")


def test_an_invoice_becomes_money_by_two_taps_and_a_signature_and_its_proof_is_kept(
    supplier: Page, house: House
) -> None:
    before = lent(house)
    ask(supplier)
    assert sound(supplier) == []
    sign(supplier)
    supplier.wait_for_url(RECEIPT)
    expect(supplier.get_by_text("已放款到账")).to_be_visible()
    supplier.get_by_text("证据与证明").click()
    with supplier.expect_download() as downloading:
        supplier.get_by_role("link", name="下载证明").click()
    proof = json.loads(Path(downloading.value.path()).read_bytes())
    assert proof
    assert lent(house) == before + 1
    # The way back leads to what the offer became, and sending it again is not offered.
    supplier.go_back()
    supplier.wait_for_url(re.compile(r"/m/loans/[0-9a-f-]{36}$"))
    assert lent(house) == before + 1


def test_all_of_it_is_done_by_the_keyboard_alone_and_in_english(
    browser: Browser, house: House
) -> None:
    before = lent(house)
    with alone(browser, house, Look(language="en")) as page:
        let_in(page.context, house, "supplier")
        page.goto(f"{house.url}/m/receivables?stand=ready")
        number = page.locator("main .rows a b").first.inner_text()
        tab_to(page, number)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/m/receivables/"))
        tab_to(page, "See the offer")
        page.keyboard.press("Enter")
        page.wait_for_url(OFFER)
        tab_to(page, "pin")
        page.keyboard.type(PIN)
        page.keyboard.press("Enter")
        page.wait_for_url(RECEIPT)
        assert sound(page) == []
    assert lent(house) == before + 1


def test_a_passkey_made_on_the_phone_signs_a_draw_unless_it_does_not_know_its_owner(
    browser: Browser, house: House
) -> None:
    firm = next(one.firm for one in house.stage.plan.cast if one.firm.code == "A01")
    owner = newcomer(house.stage.bank.database, Membership(Role.SUPPLIER, firm.uscc))
    before = lent(house)
    with phone_of(owner, browser, house) as phone:
        page = phone.page
        phone.open("/m")
        page.locator("section[aria-labelledby=ready] .rows a").first.click()
        page.get_by_role("button", name="See the offer").click()
        page.wait_for_url(OFFER)
        phone.verified(yes=False)
        page.locator("[data-passkey=get]").click()
        expect(page.locator("[data-passkey-error]")).to_be_visible()
        assert lent(house) == before
        phone.verified(yes=True)
        page.locator("[data-passkey=get]").click()
        page.wait_for_url(RECEIPT)
    assert lent(house) == before + 1


def test_a_wrong_pin_is_told_beside_its_field_and_nothing_is_lent(
    supplier: Page, house: House
) -> None:
    before = lent(house)
    ask(supplier)
    supplier.get_by_label("六位密码", exact=True).fill("000000")
    supplier.get_by_role("button", name="用密码确认").click()
    expect(supplier.get_by_role("alert").first).to_be_visible()
    assert lent(house) == before


def test_a_session_that_ended_gives_the_form_back_as_it_was_filled(
    browser: Browser, house: House
) -> None:
    with alone(browser, house) as page:
        enter(page, house, "retail")
        page.goto(f"{house.url}/m/transfers/new")
        page.get_by_label("金额（元）").fill("123.45")
        page.get_by_label("收款人姓名").fill("林桂芳")
        page.get_by_label("收款账号").fill("6222000000000000000")
        page.get_by_label("附言").fill("房租")
        end_session(page, house)
        page.get_by_role("button", name="下一步").click()
        page.wait_for_url(re.compile("/enter"))
        page.get_by_label("手机号").fill("13900000021")
        page.get_by_label("六位 PIN").fill(PIN)
        page.locator("form[action^='/enter/pin'] button").click()
        page.wait_for_url(re.compile("/m/transfers/new"))
        expect(page.get_by_label("金额（元）")).to_have_value("123.45")
        expect(page.get_by_label("附言")).to_have_value("房租")


def end_session(page: Page, house: House) -> None:
    """As idleness ends it."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == COOKIE)
    with house.stage.bank.database.transaction() as tx:
        now = datetime.now(UTC)
        session = session_of(tx, token, now)
        assert session is not None
        close_session(tx, session, now)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_could_harm_is_refused_with_a_reason(supplier: Page, name: str) -> None:
    supplier.goto(supplier.url.partition("?")[0].rstrip("/") + "/documents")
    sent = {"name": name, "mimeType": "application/octet-stream", "buffer": HOSTILE[name]}
    supplier.locator("input[type=file]").set_input_files(sent)  # type: ignore[arg-type]
    supplier.get_by_role("button", name="上传").click()
    took = supplier.locator("section[aria-labelledby=took]")
    expect(took.get_by_text("未收下").first).to_be_visible()
    expect(took.locator("p.dim").first).not_to_be_empty()
    expect(took.get_by_text(name).first).to_be_visible()


def test_everything_is_financed_at_once_without_any_script(browser: Browser, house: House) -> None:
    before = lent(house)
    with alone(browser, house, javascript=False) as page:
        enter(page, house, "supplier")
        page.get_by_role("link", name="全部融资").click()
        page.get_by_role("button", name="看全部报价").click()
        page.wait_for_url(re.compile("/m/all/offers"))
        sign(page)
        page.wait_for_url(re.compile(r"/jobs/"))
        # Without script the page asks again by itself; whoever does not wait presses reload.
        result = page.get_by_role("link", name="查看结果")
        result.wait_for()
        result.click()
        expect(page.get_by_text(re.compile("已放款 [0-9]+ 笔"))).to_be_visible()
    assert lent(house) > before
