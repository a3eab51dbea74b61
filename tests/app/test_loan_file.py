"""Files of loan commands: read as they are meant, every mistake told with its entry."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from heliu.app.loan_file import papers_of, read_acts, read_opens, read_stages
from heliu.credit.engine.api import EventKind, Reversal
from heliu.credit.lending.api import Act, EnterStage, Funds, Open
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.payments.orders.api import Payee

TODAY, NOW = date(2026, 1, 5), datetime(2026, 1, 5, tzinfo=UTC)
LOAN, KEY, PAPER = UUID(int=1), UUID(int=2), UUID(int=3)
Read = Callable[[Path, date, datetime], list[Open] | list[Act] | list[EnterStage]]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "commands.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_contract_is_read_as_it_is_meant(written: Callable[[str], Path]) -> None:
    path = written(
        f"""
        product: receivable-with-recourse
        borrower: SUPPLIER
        obligor: BUYER
        principal: "800000.00"
        annual_rate: "0.06"
        periods: 90
        inputs: {{assignment_notified: true, days_to_due: 90}}
        papers: {{invoice: ["{PAPER}"]}}
        base_value: "1000000.00"
        key: "{KEY}"
        """
    )
    assert read_opens(path, TODAY, NOW) == [
        Open(
            key=KEY,
            product="receivable-with-recourse",
            borrower_uscc="SUPPLIER",
            principal=Money(800_000_00),
            annual_rate=Decimal("0.06"),
            on=TODAY,
            periods=90,
            obligor_uscc="BUYER",
            inputs={"assignment_notified": True, "days_to_due": 90},
            evidence={"invoice": (PAPER,)},
            base_value=Money(1_000_000_00),
        )
    ]


def test_acts_are_read_in_order_with_their_details(written: Callable[[str], Path]) -> None:
    path = written(
        f"""
        - {{contract: "{LOAN}", kind: disburse, amount: "5", currency: USD, on: 2026-01-02,
            key: "{KEY}", payee: {{name: N, account: A-1}}}}
        - {{contract: "{LOAN}", kind: repay, amount: "1.50", funds: nostro, key: "{KEY}"}}
        - {{contract: "{LOAN}", kind: reverse, detail: {{of: 2}}, key: "{KEY}"}}
        """
    )
    assert read_acts(path, TODAY, NOW) == [
        Act(
            *(KEY, LOAN, EventKind.DISBURSE, date(2026, 1, 2), Money(500, "USD")),
            payee=Payee("N", "A-1"),
        ),
        Act(KEY, LOAN, EventKind.REPAY, TODAY, Money(150), funds=Funds.NOSTRO),
        Act(KEY, LOAN, EventKind.REVERSE, TODAY, detail=Reversal(2)),
    ]


def test_a_command_without_a_key_gets_one_of_its_own(written: Callable[[str], Path]) -> None:
    path = written(f"[{{contract: '{LOAN}', stage: diluted}}, {{contract: '{LOAN}', stage: x}}]")
    first, second = read_stages(path, TODAY, NOW)
    assert (first.stage, second.stage, first.on) == ("diluted", "x", TODAY)
    assert first.key != second.key


@pytest.mark.parametrize(
    ("read", "text", "says"),
    [
        (read_acts, f"{{contract: '{LOAN}', kind: gift}}", "entry 1"),
        (read_acts, f"{{contract: '{LOAN}', kind: repay, amount: x}}", "'x' is no amount of CNY"),
        (read_acts, f"{{contract: '{LOAN}', kind: repay, amount: '1.001'}}", "no amount of CNY"),
        (read_acts, f"{{contract: '{LOAN}', kind: reverse, detail: {{off: 2}}}}", "detail"),
        (read_acts, f"{{contract: '{LOAN}', kind: repay, detail: {{of: 2}}}}", "detail"),
        (read_acts, "[{kind: repay}]", "entry 1"),
        (read_acts, "[nothing", "commands.yaml"),
        (read_stages, f"{{contract: '{LOAN}', stage: x, worth: 1}}", "unknown field `worth`"),
        (
            read_opens,
            "{product: p, borrower: b, principal: '1', annual_rate: high, periods: 1}",
            "'high' is no rate",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(
    written: Callable[[str], Path], read: Read, text: str, says: str
) -> None:
    with pytest.raises(Refusal, match=r"loan_file\.invalid") as refused:
        read(written(text), TODAY, NOW)
    assert says in refused.value.reason.en
    assert refused.value.cure.zh


def test_papers_are_named_by_kind_and_document() -> None:
    said = [f"invoice={PAPER}", f"receipt={KEY}", f"invoice={LOAN}"]
    assert papers_of(said) == {"invoice": (PAPER, LOAN), "receipt": (KEY,)}


@pytest.mark.parametrize("said", ["invoice", "invoice=", f"{PAPER}", "invoice=INV-1"])
def test_a_paper_without_its_document_is_told(said: str) -> None:
    with pytest.raises(Refusal, match="KIND=DOCUMENT-ID"):
        papers_of([said])


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"loan_file\.invalid"):
        read_acts(tmp_path / "none.yaml", TODAY, NOW)
