"""Passkeys in a real Chromium with a virtual authenticator: made, used, refused, signed with."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.house import House
from tests.browser.phone import Device, newcomer, phone_of

from heliu.parties.identity.api import (
    Enrolled,
    Happening,
    Membership,
    Role,
    security_events_of,
)


@pytest.fixture
def somebody(house: House) -> Enrolled:
    """A new customer."""
    return newcomer(house.stage.bank.database, Membership(Role.RETAIL))


@pytest.fixture
def device(browser: Browser, house: House, somebody: Enrolled) -> Iterator[Device]:
    """His phone."""
    with phone_of(somebody, browser, house) as phone:
        yield phone


def test_a_passkey_is_made_and_logs_in(device: Device) -> None:
    expect(device.page.get_by_text("Linux · Chrome").first).to_be_visible()
    device.log_out()
    device.log_in()
    device.inside()
    expect(device.page.get_by_text("136****")).to_be_visible()


def test_a_phone_that_does_not_recognise_its_owner_lets_nobody_in(device: Device) -> None:
    device.log_out()
    device.verified(yes=False)
    device.log_in()
    expect(device.page.locator("[data-passkey-error]").first).to_be_visible()
    device.open("/me")
    assert "/enter" in device.page.url


def test_a_copied_key_is_refused_and_its_owner_is_told(
    device: Device, house: House, somebody: Enrolled
) -> None:
    device.log_out()
    device.log_in()
    device.inside()
    device.log_out()
    device.rewind()
    device.log_in()
    expect(device.page.get_by_role("alert").filter(has_text="may have a copy")).to_be_visible()
    with house.stage.bank.database.transaction() as tx:
        told = security_events_of(tx, somebody.person.id)[0]
    assert told.happening is Happening.PASSKEY_CLONED


def test_what_is_shown_is_signed_with_the_passkey(
    device: Device, house: House, somebody: Enrolled
) -> None:
    device.hold(house.stage.bank.database, somebody)
    device.open("/me/pin")
    expect(device.page.get_by_text("Confirm that it is you")).to_be_visible()
    device.page.locator("[data-passkey=get]").click()
    expect(device.page.get_by_label("New six-digit PIN")).to_be_visible()
    with house.stage.bank.database.transaction() as tx:
        told = security_events_of(tx, somebody.person.id)[0]
    assert (told.happening, told.about["method"]) == (Happening.ORDER_SIGNED, "passkey")
