"""Who the bank is on its rail comes from its settings, never by default in production."""

from collections.abc import Iterator

import pytest

from heliu.app.serve.loops import rail_profile
from heliu.app.settings import settings
from heliu.ground.errors import Refusal
from heliu.payments.rails.api import Form, Profile


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_without_settings_the_bank_speaks_to_the_simulator() -> None:
    assert rail_profile() == Profile()


def test_the_settings_say_who_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELIU_RAIL__FORM", "customer")
    monkeypatch.setenv("HELIU_RAIL__INSTITUTION", "HXBKCNBJ")
    monkeypatch.setenv("HELIU_RAIL__ACCOUNT", "1100220033004400")
    said = rail_profile()
    assert (said.form, said.institution) == (Form.CUSTOMER, "HXBKCNBJ")
    assert said.account == "1100220033004400"
    assert said.counterparty == Profile().counterparty


def test_production_refuses_the_simulators_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELIU_PROFILE", "production")
    with pytest.raises(Refusal) as refused:
        rail_profile()
    assert refused.value.code == "settings.rail_is_simulated"
    monkeypatch.setenv("HELIU_RAIL__INSTITUTION", "HXBKCNBJ")
    settings.cache_clear()
    assert rail_profile().institution == "HXBKCNBJ"


def test_a_wrong_setting_names_its_variable_and_repeats_no_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HELIU_RAIL__INSTITUTION", "not a bic")
    with pytest.raises(Refusal) as refused:
        settings()
    assert "HELIU_RAIL__INSTITUTION" in refused.value.cure.en
    assert "not a bic" not in refused.value.reason.en
