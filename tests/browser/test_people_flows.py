"""What people come for, in a real browser: pay and take back, by keys alone, without scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.driving import Look
from tests.browser.entering import alone, enter
from tests.browser.house import House

from heliu.app.ecosystem.residents import PIN

CARE = Look(edition="care")
ENGLISH = Look(language="en")


def sign(page: Page, press: str) -> None:
    """Sign the shown order by the PIN (who has no passkey finds its field open)."""
    page.locator("[name=pin]").fill(PIN)
    page.get_by_role("button", name=press).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_customer_pays_and_takes_it_back(browser: Browser, house: House, scripts: bool) -> None:  # noqa: FBT001
    with alone(browser, house, javascript=scripts) as page:
        enter(page, house, "retail")
        page.get_by_role("link", name="转账", exact=True).first.click()
        page.goto(house.url + "/m/transfers")
        page.locator("a[href^='/m/transfers/new?to=']").first.click()
        page.locator("[name=amount]").fill("12.34")
        page.get_by_role("button", name="下一步").click()
        expect(page.locator("#order")).to_contain_text("12.34 元")
        sign(page, "用密码确认")
        expect(page.get_by_role("heading", name="还没有付出，可以撤回")).to_be_visible()
        page.get_by_role("button", name="撤回这笔转账").click()
        expect(page.get_by_role("heading", name="已撤回")).to_be_visible()


def test_an_elder_says_what_she_wants_and_signs_what_was_read_back(
    browser: Browser, house: House
) -> None:
    with alone(browser, house, CARE) as page:
        enter(page, house, "elder")
        page.goto(house.url + "/care/say")
        page.locator("#f-task").fill("给林小川转两百块")
        page.get_by_role("button", name="好了").click()
        expect(page.locator("#told")).to_have_text("您要给林小川转二百元，对吗？")
        page.get_by_role("link", name="对，去办").click()
        expect(page.locator("[name=amount]")).to_have_value("200.00")
        page.get_by_role("button", name="下一步").click()
        expect(page.locator("#told")).to_contain_text("您要付给林小川二百元")
        sign(page, "用密码确认")
        expect(page.locator("#told")).to_contain_text("之前您可以撤回")
        page.get_by_role("button", name="撤回，不付了").click()
        expect(page.locator("#told")).to_contain_text("已经撤回")


def test_a_question_is_asked_and_answered_by_keys_alone(browser: Browser, house: House) -> None:
    with alone(browser, house, ENGLISH) as page:
        enter(page, house, "retail")
        page.goto(house.url + "/m/ask")
        page.locator("[name=q]").focus()
        page.keyboard.type("how much for power this year")
        page.keyboard.press("Enter")
        expect(page.locator("#answer")).to_contain_text("for electricity")
        page.locator("details:has(pre) > summary").focus()
        page.keyboard.press("Enter")
        expect(page.locator("pre")).to_contain_text("SELECT j.business_date")
