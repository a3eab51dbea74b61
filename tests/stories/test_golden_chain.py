"""The golden chain: 100 kg ordered, 90 received, 100 invoiced for 107.50, and credited later.

Seven documents of one trade (OASIS UBL 2.0 examples) go through the real connectors. What may be
financed at each point of the story, and why, is told by findings. The amounts: 107.50 as invoiced;
less 1.75, because the tax of 17.50 was reckoned on 100.00 although an allowance left 90.00 (17.5 %
of 90.00 is 15.75); of the 105.75 that the sums support, 90/100 were received: 95.175, rounded
down. Without the tax correction it would be 96.75.
"""

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from heliu.flows.confluence.connectors import CONNECTORS
from heliu.flows.intake.api import Blob, Filed, Kind, read_blob
from heliu.flows.verification.api import (
    FindingSeverity,
    LineKey,
    Presence,
    Requirements,
    Tolerances,
    TradeCase,
    Verification,
    VerificationTerms,
    dilution,
    verify,
)
from heliu.ground.money import Money

TERMS = VerificationTerms(
    Tolerances(Decimal("0.02"), Decimal(1), Decimal("0.01"), 5, 3, {}),
    Requirements(Presence.REQUIRED, Presence.REQUIRED, Presence.OPTIONAL),
    currency="GBP",
    as_of=date(2005, 6, 26),
    core_enterprise="12356478",
    suppliers=frozenset({"1752692355"}),
    max_tenor_days=90,
)
FIELDS = {
    "orders": Kind.ORDER,
    "responses": Kind.ORDER_RESPONSE,
    "despatches": Kind.DESPATCH_ADVICE,
    "receipts": Kind.RECEIPT_ADVICE,
    "remittances": Kind.REMITTANCE_ADVICE,
    "credit_notes": Kind.CREDIT_NOTE,
}
UNTIL_INVOICE = ("orders", "responses", "despatches", "receipts")

Chain = dict[Kind, Filed]


@pytest.fixture(scope="module")
def chain(shared_data: Path) -> Chain:
    """The documents as the connectors read them, one of each kind."""
    filed = {}
    for path in sorted((shared_data / "trade" / "golden-chain").glob("*.xml")):
        data = path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        _, reading = read_blob(CONNECTORS, Blob("folder", path.name, sha256, data))
        (document,) = reading.documents
        filed[document.kind] = Filed(uuid5(NAMESPACE_URL, sha256), sha256, path.name, document)
    return filed


def case(chain: Chain, *fields: str) -> TradeCase:
    known: dict[str, Any] = {name: (chain[FIELDS[name]],) for name in fields}
    return TradeCase(chain[Kind.INVOICE], **known)


def told(verification: Verification) -> dict[str, Money | None]:
    return {found.code: found.effect for found in verification.findings}


def pounds(amount: str) -> Money:
    return Money.of(amount, "GBP")


@pytest.mark.parametrize(
    ("known", "eligible"),
    [
        ((), "0"),
        (("orders",), "0"),
        (("orders", "responses", "despatches"), "0"),
        (UNTIL_INVOICE, "95.17"),
        ((*UNTIL_INVOICE, "remittances"), "95.17"),
        ((*UNTIL_INVOICE, "credit_notes"), "0"),
        ((*UNTIL_INVOICE, "remittances", "credit_notes"), "0"),
    ],
    ids="+".join,
)
def test_what_is_eligible_follows_the_documents_as_they_arrive(
    chain: Chain, known: tuple[str, ...], eligible: str
) -> None:
    verification = verify(case(chain, *known), TERMS)
    assert verification.invoiced == pounds("107.50")
    assert verification.eligible == pounds(eligible)


def test_the_ten_kilograms_that_never_came_and_the_tax_on_the_allowance_are_taken_off(
    chain: Chain,
) -> None:
    verification = verify(case(chain, *UNTIL_INVOICE), TERMS)
    effects = {code: effect for code, effect in told(verification).items() if effect}
    assert effects == {
        "tax.exceeds_base": pounds("1.75"),
        "quantity.exceeds_receipt": pounds("10.58"),
    }
    (line,) = verification.lines
    assert (line.invoiced, line.ordered) == (Decimal(100), Decimal(100))
    assert (line.received, line.supported) == (Decimal(90), Decimal(90))


def test_every_trap_of_the_chain_is_explained(chain: Chain) -> None:
    whole = verify(case(chain, *UNTIL_INVOICE, "remittances", "credit_notes"), TERMS)
    assert told(whole).keys() == {
        "price.stated_differs",  # 100.00 a kilogram on the order, 1.00 on the invoice
        "tax.exceeds_base",  # 17.50 reckoned on 100.00 instead of 90.00
        "order.payable_without_tax",  # 100.00 leaves out its own 17.50
        "receipt.line_without_order_line",  # only the header names the order
        "credit_note.exceeds_receipt",  # credits 100, received 90
        "credit_note.after_remittance",
        "credit_note.allowance_unstated",
        "currency.from_amounts",  # no document currency anywhere
        "quantity.exceeds_receipt",
        "receipt.short_or_rejected",
        "remittance.announced",
        "credit_note.reduces",
    }


def test_every_finding_cites_the_file_it_was_read_in(chain: Chain) -> None:
    whole = verify(case(chain, *UNTIL_INVOICE, "remittances", "credit_notes"), TERMS)
    kept = {(filed.id, filed.sha256) for filed in chain.values()}
    cited = {(e.document_id, e.sha256) for found in whole.findings for e in found.evidence}
    assert cited <= kept
    assert all(found.evidence for found in whole.findings)


def test_a_second_invoice_finds_the_delivery_used_up(chain: Chain) -> None:
    first = verify(case(chain, *UNTIL_INVOICE), TERMS)
    assert first.uses == {
        LineKey(Kind.ORDER, "AEG012345", "1"): 90,
        LineKey(Kind.RECEIPT_ADVICE, "658398", "1"): 90,
    }
    again = case(chain, *UNTIL_INVOICE)
    second = verify(
        TradeCase(again.invoice, again.orders, receipts=again.receipts, consumed=first.uses), TERMS
    )
    assert second.eligible == pounds("0")
    assert "quantity.already_used" in told(second)


def test_without_the_receipt_the_refusal_says_what_would_cure_it(chain: Chain) -> None:
    verification = verify(case(chain, "orders", "despatches"), TERMS)
    blocking = [f for f in verification.findings if f.severity is FindingSeverity.BLOCKING]
    assert [f.code for f in blocking] == ["receipt.missing"]
    assert blocking[0].cure.en == "the warehouse or the buyer sends the receipt"


def test_the_credit_note_after_financing_leaves_the_whole_draw_uncovered(chain: Chain) -> None:
    owed = verify(case(chain, *UNTIL_INVOICE), TERMS).eligible
    after = dilution(case(chain, *UNTIL_INVOICE, "credit_notes"), owed, pounds("76.13"))
    assert (after.diluted, after.collectable) == (pounds("95.17"), pounds("0"))
    assert after.shortfall == pounds("76.13")
