"""EPCIS 2.0 events as the house reads them: facts, documents, and the yardstick of real files."""

import json
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from heliu.flows.intake.api import Blob, Kind, Reading, read_blob
from heliu.flows.logistics.epcis import EpcisConnector

SHARED = Path(os.environ.get("HELIU_SHARED", Path(__file__).parents[4] / "shared"))
YARDSTICK = SHARED / "data" / "trade" / "expected.json"
EXPECTED: dict[str, dict[str, Any]] = (
    json.loads(YARDSTICK.read_text("utf-8"))["documents"] if YARDSTICK.exists() else {}
)
EPCIS = sorted(name for name in EXPECTED if name.startswith("epcis/"))
SOUND = [name for name in EPCIS if EXPECTED[name]["intended_valid"]]
DEFECTIVE = [name for name in EPCIS if not EXPECTED[name]["intended_valid"]]
NOT_FACTS = {"intended_valid", "sha256", "source", "defect"}
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

RECEIVING = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:6f1d3f7e-52a7-4d0f-8b8e-2f4f4b9a1c01",
    "eventTime": "2026-06-03T17:30:00.250Z",
    "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE",
    "bizStep": "https://ref.gs1.org/cbv/BizStep-receiving",
    "disposition": "urn:epcglobal:cbv:disp:in_progress",
    "epcList": [
        "urn:epc:id:sgtin:6901234.056789.1",
        "urn:epc:id:sgtin:6901234.056789.2",
        "urn:epc:id:sscc:6901234.1234567890",
        "https://id.example.cn/01/16901234567891/21/A7",
    ],
    "quantityList": [
        {"epcClass": "urn:epc:class:lgtin:6901234.056789.L7", "quantity": 90.50, "uom": "KGM"},
        {"epcClass": "urn:epc:idpat:grai:6901234.55555.*"},
    ],
    "readPoint": {"id": "urn:epc:id:sgln:6901234.00001.0"},
    "bizLocation": {"id": "urn:epc:id:sgln:6901234.00002.0"},
    "bizTransactionList": [
        {"type": "po", "bizTransaction": "https://erp.example.cn/po/PO-7781?rev=2"},
        {"type": "urn:epcglobal:cbv:btt:desadv", "bizTransaction": "urn:epcglobal:cbv:bt:69:DN-55"},
        {"type": "cbv:BTT-po", "bizTransaction": "urn:epcglobal:cbv:bt:69:PO-7782"},
        {"type": "bol", "bizTransaction": "urn:epcglobal:cbv:bt:69:B-1"},
        {"bizTransaction": "urn:epcglobal:cbv:bt:69:X-1"},
    ],
    "sourceList": [
        {"type": "location", "source": "urn:epc:id:sgln:6901234.00009.0"},
        {"type": "owning_party", "source": "urn:epc:id:pgln:6901234.00009"},
    ],
    "destinationList": [
        {"type": "possessing_party", "destination": "urn:epc:id:pgln:6909999.00001"}
    ],
    "persistentDisposition": {"set": ["completeness_verified"]},
    "certificationInfo": "https://certificates.example.cn/A1",
    "sensorElementList": [
        {
            "sensorMetadata": {"time": "2026-06-03T17:29:00Z"},
            "sensorReport": [
                {"type": "gs1:Temperature", "value": 9.8, "exception": "gs1:ALARM_CONDITION"},
                {"type": "RelativeHumidity", "value": 41},
                {"exception": "ERROR_CONDITION"},
            ],
        }
    ],
    "heliu:note": {"anything": ["goes"]},
}
DOCUMENT = {
    "@context": [CONTEXT, {"heliu": "https://heliu.example/epcis/"}],
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-06-03T18:00:00+08:00",
    "epcisBody": {"eventList": [RECEIVING]},
}


def read(json_: object, name: str = "a.json") -> Reading:
    blob = Blob("folder", name, "", json.dumps(json_).encode())
    connector, reading = read_blob((EpcisConnector(),), blob)
    assert connector == "gs1-epcis-json"
    return reading


def same(value: object) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("name", EPCIS)
def test_every_field_of_a_real_document_is_read_as_written(name: str, shared_data: Path) -> None:
    data = (shared_data / "trade" / name).read_bytes()
    _, reading = read_blob((EpcisConnector(),), Blob("folder", name, "", data))
    wanted = {key: value for key, value in EXPECTED[name].items() if key not in NOT_FACTS}
    assert same(reading.facts) == same(wanted)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_real_document_has_no_complaint(name: str, shared_data: Path) -> None:
    data = (shared_data / "trade" / name).read_bytes()
    _, reading = read_blob((EpcisConnector(),), Blob("folder", name, "", data))
    assert reading.complaints == ()
    assert len(reading.documents) == EXPECTED[name]["event_count"]


@pytest.mark.parametrize("name", DEFECTIVE)
def test_a_defective_real_document_is_refused(name: str, shared_data: Path) -> None:
    data = (shared_data / "trade" / name).read_bytes()
    _, reading = read_blob((EpcisConnector(),), Blob("folder", name, "", data))
    assert reading.refused
    assert reading.documents == ()


def test_a_receiving_event_becomes_evidence_of_goods() -> None:
    reading = read(DOCUMENT)
    assert reading.complaints == ()
    (event,) = reading.documents
    assert (event.kind, event.number) == (Kind.LOGISTICS_EVENT, RECEIVING["eventID"])
    assert event.place == "/epcisBody/eventList/0"
    assert event.issued_on == date(2026, 6, 4), "the day is the day at the place of the event"
    assert event.references == {"order": ("PO-7781", "PO-7782"), "despatch": ("DN-55",)}
    assert not event.void
    assert event.attributes == {
        "type": "ObjectEvent",
        "epc_count": "4",
        "source": "urn:epc:id:pgln:6901234.00009",
        "destination": "urn:epc:id:pgln:6909999.00001",
        "persistent": "completeness_verified",
        "certification": "https://certificates.example.cn/A1",
    }


def test_an_observation_speaks_the_standard_words() -> None:
    observation = read(DOCUMENT).documents[0].observation
    assert observation is not None
    assert observation.event_at == datetime(2026, 6, 3, 17, 30, 0, 250_000, tzinfo=UTC)
    assert (observation.biz_step, observation.disposition) == ("receiving", "in_progress")
    assert observation.action == "OBSERVE"
    assert observation.read_point == "urn:epc:id:sgln:6901234.00001.0"
    assert observation.location == "urn:epc:id:sgln:6901234.00002.0"
    assert observation.sensor_alarms == ("Temperature ALARM_CONDITION", "ERROR_CONDITION")


def test_quantities_and_counted_serials_become_lines_by_gtin() -> None:
    lines = read(DOCUMENT).documents[0].lines
    assert [(line.item_keys["standard"], line.quantity, line.unit) for line in lines] == [
        ("06901234567892", Decimal("90.5"), "KGM"),
        ("urn:epc:idpat:grai:6901234.55555.*", None, None),
        ("06901234567892", Decimal(2), None),
        ("16901234567891", Decimal(1), None),
    ]
    assert lines[0].place == "/epcisBody/eventList/0/quantityList/0"


def test_a_quantity_keeps_every_digit_that_was_written() -> None:
    digits = "0.12345678901234567890"
    text = json.dumps(DOCUMENT).replace("90.5", digits)
    blob = Blob("folder", "a.json", "", text.encode())
    _, reading = read_blob((EpcisConnector(),), blob)
    assert reading.facts["events"][0]["quantityList"][0]["quantity"] == digits
    assert reading.documents[0].lines[0].quantity == Decimal(digits)


def test_an_event_declared_erroneous_is_void() -> None:
    declared = {"declarationTime": "2026-06-05T08:00:00Z", "reason": "did_not_occur"}
    event = {**RECEIVING, "errorDeclaration": declared}
    (document,) = read({**DOCUMENT, "epcisBody": {"eventList": [event]}}).documents
    assert document.void


def test_an_event_without_an_id_is_numbered_by_its_time() -> None:
    event = {key: value for key, value in RECEIVING.items() if key != "eventID"}
    (document,) = read({**DOCUMENT, "epcisBody": {"eventList": [event]}}).documents
    assert document.number == "2026-06-03T17:30:00.250Z"


def test_query_results_are_read_like_a_document() -> None:
    query = {
        "@context": DOCUMENT["@context"],
        "type": "EPCISQueryDocument",
        "epcisBody": {
            "queryResults": {"queryName": "q", "resultsBody": {"eventList": [RECEIVING]}}
        },
    }
    reading = read(query)
    assert reading.complaints == ()
    assert reading.documents[0].place == "/epcisBody/queryResults/resultsBody/eventList/0"
    assert reading.facts["event_count"] == 1


def test_a_bare_event_brings_its_own_context() -> None:
    reading = read({"@context": DOCUMENT["@context"], **RECEIVING})
    assert reading.complaints == ()
    assert reading.documents[0].place == "/"
    assert (reading.facts["type"], reading.facts["created"]) == ("ObjectEvent", None)


def test_a_bare_event_without_a_context_is_refused() -> None:
    event = {key: value for key, value in RECEIVING.items() if key != "heliu:note"}
    assert [c.code for c in read(event).complaints] == ["epcis.context_required"]


def test_a_bare_list_of_events_is_read_event_by_event() -> None:
    event = {key: value for key, value in RECEIVING.items() if key != "heliu:note"}
    reading = read([event, {**event, "eventID": "urn:uuid:2"}])
    assert [document.place for document in reading.documents] == ["/0", "/1"]
    assert reading.facts["event_count"] == 2


def test_one_bad_event_refuses_the_document_and_names_its_place() -> None:
    bad = {**RECEIVING, "action": "LOOK"}
    reading = read({**DOCUMENT, "epcisBody": {"eventList": [RECEIVING, bad]}})
    assert reading.refused
    assert [c.place for c in reading.complaints] == ["/epcisBody/eventList/1/action"]
    assert reading.facts["event_count"] == 2


@pytest.mark.parametrize(
    ("identifier", "number"),
    [
        ("urn:epcglobal:cbv:bt:0614141073467:1152", "1152"),
        ("https://erp.example.cn/po/12345678", "12345678"),
        ("https://erp.example.cn/po/12345678/?a=1#b", "12345678"),
        ("urn:uuid:f81d4fae-7dec-11d0", "f81d4fae-7dec-11d0"),
    ],
)
def test_a_document_is_referenced_by_the_last_segment(identifier: str, number: str) -> None:
    order = [{"type": "inv", "bizTransaction": identifier}]
    event = {**RECEIVING, "bizTransactionList": order}
    (document,) = read({**DOCUMENT, "epcisBody": {"eventList": [event]}}).documents
    assert document.references == {"invoice": (number,)}


@pytest.mark.parametrize("json_", [[], {}, [1], {"type": "Invoice"}, {"format": "x"}, 3, None])
def test_other_json_is_left_to_other_connectors(json_: object) -> None:
    blob = Blob("folder", "a.json", "", json.dumps(json_).encode())
    connector, reading = read_blob((EpcisConnector(),), blob)
    assert connector == ""
    assert [c.code for c in reading.complaints] == ["document.unknown_kind"]
