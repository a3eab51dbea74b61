"""The programme file: what people write, and how mistakes are named."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from heliu.credit.products.api import (
    DayCount,
    ProductKind,
    Programme,
    ProgrammeFile,
    programmes,
    read_programme,
    release_programmes,
)
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.party.api import complete_uscc

BUYER, SELLER = complete_uscc("9112010112345678"), complete_uscc("9112010187654321")
SCHEMA = Path(__file__).parents[3] / "docs" / "generated" / "programme.schema.json"
TEXT = f"""\
programme: tests-payables
version: 1
effective_from: 2026-01-01
name: {{zh: 测试, en: Tests}}
core_enterprise: {{uscc: "{BUYER}", name: {{zh: 买方, en: Buyer}}, account: "A-1"}}
currency: CNY
product:
  {{kind: bullet, annual_rate: "0.0485", day_count: act/360, max_tenor_days: 180, grace_days: 3}}
advance_rate: "0.80"
evidence: {{order: required, receipt: required, approval: optional}}
tolerances:
  quantity_over: "0.02"
  quantity_under: "1"
  price: "0.01"
  amount_minor: 5
  invoice_before_receipt_days: 3
  unit_aliases: {{KGM: [KG, 千克]}}
limits: {{programme: "50000000.00", obligor: "30000000.00", supplier: "2000000.00"}}
suppliers:
  - {{uscc: "{SELLER}", name: {{zh: 卖方, en: Seller}}, account: "B-1", limit: "1500000.00"}}
"""


def read(tmp_path: Path, text: str) -> Programme:
    path = tmp_path / "programme.yaml"
    path.write_text(text, encoding="utf-8")
    return read_programme(path)


def test_a_programme_is_read_exactly(tmp_path: Path) -> None:
    programme = read(tmp_path, TEXT)
    assert (programme.code, programme.version, programme.effective_from) == (
        "tests-payables",
        1,
        date(2026, 1, 1),
    )
    assert programme.product.annual_rate == Decimal("0.0485")
    assert (programme.product.kind, programme.product.day_count) == (
        ProductKind.BULLET,
        DayCount.ACT_360,
    )
    assert programme.supplier_limit == Money(200_000_000)
    enrolled = programme.supplier(SELLER)
    assert enrolled is not None
    assert enrolled.limit == Money(150_000_000)
    assert programme.supplier("nobody") is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('advance_rate: "0.80"', 'advance_rate: "1.80"', "line 9, advance_rate"),
        ("kind: bullet", "kind: balloon", "line 8, product.kind"),
        ("  amount_minor: 5", "  amount_minor: -5", "line 15, tolerances.amount_minor"),
        ('account: "B-1"', 'acount: "B-1"', "line 20, suppliers.0.acount"),
        (f'"{SELLER}"', '"91120101876543210X"', "91120101876543210X"),
        (f'"{SELLER}"', f'"{BUYER}"', "listed twice"),
        ("currency: CNY", "currency: [", "line 9"),
        ('"50000000.00"', '"0.001"', "finer than its minor unit"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(Refusal, match=r"programme\.invalid") as refused:
        read(tmp_path, TEXT.replace(old, new))
    assert says in refused.value.reason.en
    assert refused.value.cure.zh


def test_a_missing_file_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"programme\.invalid"):
        read_programme(tmp_path / "none.yaml")


def test_a_released_version_is_read_back_as_it_was_and_never_changes(
    tmp_path: Path, tx: Tx
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    programme = read(tmp_path, TEXT)
    release_programmes(tx, SYSTEM, [programme, programme], now)
    release_programmes(tx, SYSTEM, [programme], now)
    assert programmes(tx) == [programme]
    changed = read(tmp_path, TEXT.replace('"0.80"', '"0.90"'))
    with pytest.raises(Refusal, match="version_changed"):
        release_programmes(tx, SYSTEM, [changed], now)
    raised = read(tmp_path, TEXT.replace('"0.80"', '"0.90"').replace("version: 1", "version: 2"))
    release_programmes(tx, SYSTEM, [raised], now)
    assert programmes(tx) == [raised]


def test_the_published_schema_is_in_step() -> None:
    schema = json.dumps(ProgrammeFile.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert SCHEMA.read_text(encoding="utf-8") == schema
