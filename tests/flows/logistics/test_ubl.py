"""The UBL connector of the logistics flow, which also keeps what has no flow of its own."""

from pathlib import Path

import pytest

from heliu.flows.intake.api import Blob, Kind, read_blob
from heliu.flows.logistics.api import CONNECTORS

SAMPLES = Path(__file__).parents[1] / "intake" / "ubl"


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        ("receipt-advice", Kind.RECEIPT_ADVICE),
        ("waybill", Kind.WAYBILL),
        ("catalogue", Kind.OTHER),
    ],
)
def test_logistics_documents_are_read(sample: str, kind: Kind) -> None:
    data = (SAMPLES / f"{sample}.xml").read_bytes()
    name, reading = read_blob(CONNECTORS, Blob("test", f"{sample}.xml", "00", data))
    assert (name, [d.kind for d in reading.documents]) == ("ubl-logistics", [kind])


@pytest.mark.parametrize("root", ["DespatchAdvice", "BillOfLading", "ForecastRevision", "Reminder"])
def test_a_type_of_the_standard_is_never_turned_away(root: str) -> None:
    text = (SAMPLES / "receipt-advice.xml").read_text(encoding="utf-8")
    data = text.replace("ReceiptAdvice", root).replace("ReceiptLine", "DespatchLine").encode()
    name, reading = read_blob(CONNECTORS, Blob("test", "a.xml", "00", data))
    assert (name, reading.complaints) == ("ubl-logistics", ())
    assert reading.facts["type"] == root


@pytest.mark.parametrize("sample", ["order", "invoice", "credit-note"])
def test_claims_of_money_are_left_to_the_commercial_flow(sample: str) -> None:
    data = (SAMPLES / f"{sample}.xml").read_bytes()
    name, reading = read_blob(CONNECTORS, Blob("test", f"{sample}.xml", "00", data))
    assert (name, reading.refused) == ("", True)
