"""The UBL connector of the commercial flow, among its neighbours."""

from pathlib import Path

import pytest

from heliu.flows.commercial.api import CONNECTORS
from heliu.flows.intake.api import Blob, Head, Kind, read_blob

SAMPLES = Path(__file__).parents[1] / "intake" / "ubl"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        ("order", Kind.ORDER),
        ("order-response-simple", Kind.ORDER_RESPONSE),
        ("invoice", Kind.INVOICE),
        ("credit-note", Kind.CREDIT_NOTE),
        ("remittance-advice", Kind.REMITTANCE_ADVICE),
    ],
)
def test_commercial_documents_are_read(sample: str, kind: Kind) -> None:
    data = (SAMPLES / f"{sample}.xml").read_bytes()
    name, reading = read_blob(CONNECTORS, Blob("test", f"{sample}.xml", "00", data))
    assert (name, [d.kind for d in reading.documents]) == ("ubl-commercial", [kind])


@pytest.mark.parametrize(
    "root",
    [
        "Order OrderChange OrderCancellation OrderResponse OrderResponseSimple Quotation",
        "Invoice CreditNote DebitNote SelfBilledInvoice SelfBilledCreditNote FreightInvoice",
        "RemittanceAdvice Statement",
    ],
)
def test_every_commercial_type_is_recognised(root: str) -> None:
    heads = [Head("a.xml", f"{{{UBL}{name}-2}}{name}", None) for name in root.split()]
    assert all(CONNECTORS[0].recognises(head) for head in heads)


@pytest.mark.parametrize("sample", ["receipt-advice", "waybill", "catalogue"])
def test_what_moves_goods_is_left_to_logistics(sample: str) -> None:
    data = (SAMPLES / f"{sample}.xml").read_bytes()
    name, reading = read_blob(CONNECTORS, Blob("test", f"{sample}.xml", "00", data))
    assert (name, reading.refused) == ("", True)
