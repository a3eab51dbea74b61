"""Golden flows of people in a real Chromium: a transfer taken back, a task said, a son's yes."""

import re
from typing import Final

import pytest
from playwright.sync_api import Browser, Error, Page, expect
from tests.browser.driving import Look
from tests.browser.entering import alone, enter
from tests.browser.house import House
from tests.browser.measuring import CARE, axe, pixel_contrast, sideways, small_type, targets

from heliu.app.ecosystem.residents import PIN, RESIDENTS
from heliu.parties.identity.api import person_of_login
from heliu.payments.deposits.api import holder_of_person, transfers_of

ELDER: Final = 60
ELDER_TYPE: Final = (18, 1.3)
MINE: Final = re.compile(r"/(m|care)/transfers/[0-9a-f-]{36}$")


def ordered(house: House, who: str) -> int:
    """How many transfers a resident has ordered."""
    login = next(one.login for one in RESIDENTS if one.key == who)
    with house.stage.bank.database.transaction() as tx:
        person = person_of_login(tx, login)
        assert person is not None
        return len(transfers_of(tx, holder_of_person(person.id)))


def to_sign(page: Page, house: House, amount: str) -> None:
    """As far as the transfer that is shown to be signed, to the first of the payees."""
    page.goto(f"{house.url}/m/transfers")
    page.locator("section[aria-labelledby=h-who] .rows a").first.click()
    page.get_by_label("金额（元）").fill(amount)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("六位密码", exact=True).fill(PIN)


def test_a_transfer_is_signed_and_taken_back_by_one_press(browser: Browser, house: House) -> None:
    with alone(browser, house) as page:
        enter(page, house, "retail")
        to_sign(page, house, "66.60")
        page.get_by_role("button", name="用密码确认").click()
        page.wait_for_url(MINE)
        expect(page.get_by_text("还没有付出，可以撤回")).to_be_visible()
        page.get_by_role("button", name="撤回这笔转账").click()
        expect(page.get_by_text("已撤回").first).to_be_visible()


def test_who_presses_twice_pays_once(browser: Browser, house: House) -> None:
    before = ordered(house, "retail")
    with alone(browser, house) as page:
        enter(page, house, "retail")
        to_sign(page, house, "12.30")
        page.get_by_role("button", name="用密码确认").dblclick()
        page.wait_for_url(MINE)
    assert ordered(house, "retail") == before + 1


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_the_way_back_repeats_no_payment(
    browser: Browser, house: House, *, javascript: bool
) -> None:
    before = ordered(house, "retail")
    with alone(browser, house, javascript=javascript) as page:
        enter(page, house, "retail")
        to_sign(page, house, "7.80")
        page.get_by_role("button", name="用密码确认").click()
        page.wait_for_url(MINE)
        # The signed form answered a form itself: the browser does not send that again unasked.
        with pytest.raises(Error, match="ERR_CACHE_MISS"):
            page.go_back()
    assert ordered(house, "retail") == before + 1


def test_an_elder_says_a_task_hears_it_again_and_signs_it(browser: Browser, house: House) -> None:
    before = ordered(house, "elder")
    with alone(browser, house, Look(edition="care")) as page:
        enter(page, house, "elder")
        page.goto(f"{house.url}/care/say")
        page.get_by_label("您想办什么").fill("给林悦转两百块")
        page.get_by_role("button", name="好了").click()
        expect(page.get_by_text("您要给林悦转二百元，对吗？")).to_be_visible()
        assert ordered(house, "elder") == before
        page.get_by_role("link", name="对，去办").click()
        expect(page.get_by_label("金额（元）")).to_have_value("200.00")
        page.get_by_role("button", name="下一步").click()
        assert [*axe(page, care=True), *targets(page, ELDER), *sideways(page)] == []
        assert [*small_type(page, *ELDER_TYPE), *pixel_contrast(page, CARE)] == []
        page.get_by_label("六位密码", exact=True).fill(PIN)
        page.get_by_role("button", name="用密码确认").click()
        page.wait_for_url(MINE)
        page.get_by_role("button", name="撤回，不付了").click()
        expect(page.get_by_role("button", name="撤回，不付了")).to_have_count(0)
    assert ordered(house, "elder") == before + 1


def test_a_son_says_yes_to_what_his_mother_pays_and_sees_no_balance(
    browser: Browser, house: House
) -> None:
    with alone(browser, house) as page:
        enter(page, house, "guardian")
        expect(page.get_by_text("可用")).to_have_count(0)
        waiting = page.get_by_role("link", name="去看看")
        before = waiting.count()
        waiting.first.click()
        expect(page.get_by_text("林桂芳想：")).to_be_visible()
        page.get_by_role("button", name="同意付").click()
        page.wait_for_url("**/care/guard")
        assert page.get_by_role("link", name="去看看").count() == before - 1
