"""What EPCIS 2.0 forbids, as tables: one change to a sound document, one complaint at its place."""

from typing import Any

import pytest

from heliu.flows.intake.api import Blob, Head, Reading, Severity
from heliu.flows.logistics import epcis_vocabulary as cbv
from heliu.flows.logistics.epcis import EpcisConnector
from heliu.flows.logistics.epcis_identifiers import check_digit, gtin_of, instance_class

Json = dict[str, Any]
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
EPC = "urn:epc:id:sgtin:6901234.056789.1"
QUANTITY = {"epcClass": "urn:epc:class:lgtin:6901234.056789.L7", "quantity": 5}
AT = {"eventTime": "2026-06-03T10:00:00Z", "eventTimeZoneOffset": "+08:00"}
ORDER = [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:69:1"}]
OBJECT = {"type": "ObjectEvent", "action": "OBSERVE", "epcList": [EPC], **AT}
COMMISSIONED = {**OBJECT, "action": "ADD"}
PACKED = {"type": "AggregationEvent", "action": "ADD", "parentID": EPC, "childEPCs": [EPC], **AT}
MOUNTED = {**PACKED, "type": "AssociationEvent"}
ORDERED = {**OBJECT, "type": "TransactionEvent", "bizTransactionList": ORDER}
MADE = {"type": "TransformationEvent", "inputEPCList": [EPC], "outputEPCList": [EPC], **AT}
SENSED = {"sensorReport": [{"type": "Temperature", "value": 4}]}
GONE = object()


def document(*events: object, **changed: object) -> Json:
    whole = {
        "@context": [CONTEXT, {"own": "https://heliu.example/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-03T18:00:00+08:00",
        "epcisBody": {"eventList": list(events)},
        **changed,
    }
    return {key: value for key, value in whole.items() if value is not GONE}


def read(json: object) -> Reading:
    return EpcisConnector().read(Blob("folder", "a.json", "", b""), Head("a.json", None, json))


def said(json: object) -> list[tuple[str, str]]:
    return [(complaint.code, complaint.place) for complaint in read(json).complaints]


def changed(event: Json, **fields: object) -> Json:
    return {key: value for key, value in {**event, **fields}.items() if value is not GONE}


@pytest.mark.parametrize("event", [OBJECT, COMMISSIONED, PACKED, MOUNTED, ORDERED, MADE])
def test_the_least_event_of_each_type_is_sound(event: Json) -> None:
    reading = read(document(event))
    assert reading.complaints == ()
    assert len(reading.documents) == 1


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"@context": GONE}, "context_required", "/@context"),
        ({"@context": []}, "context_invalid", "/@context"),
        ({"@context": 7}, "context_invalid", "/@context"),
        ({"@context": ["not a uri"]}, "context_invalid", "/@context"),
        ({"@context": [CONTEXT, {"own": "nowhere"}]}, "context_invalid", "/@context"),
        ({"type": GONE}, "required", "/type"),
        ({"type": "EPCISFile"}, "document_type_unknown", "/type"),
        ({"schemaVersion": GONE}, "required", "/schemaVersion"),
        ({"schemaVersion": 2}, "type", "/schemaVersion"),
        ({"creationDate": GONE}, "required", "/creationDate"),
        ({"creationDate": "2026-06-03"}, "time_invalid", "/creationDate"),
        ({"epcisHeader": []}, "type", "/epcisHeader"),
        ({"author": "x"}, "unknown_field", "/author"),
        ({"other:author": "x"}, "prefix_undeclared", "/other:author"),
        ({"epcisBody": {}}, "required", "/epcisBody/eventList"),
        ({"epcisBody": {"eventList": {}}}, "required", "/epcisBody/eventList"),
    ],
)
def test_an_envelope_is_held_to_the_standard(fields: Json, code: str, place: str) -> None:
    assert said(document(OBJECT, **fields)) == [(f"epcis.{code}", place)]


@pytest.mark.parametrize(
    ("event", "code", "place"),
    [
        (5, "type", ""),
        ({}, "required", "/type"),
        ({"type": "own:Weighing", **AT, "bizTransactionList": 5}, "type", "/bizTransactionList"),
        (
            {"type": "own:Weighing", "eventTime": AT["eventTime"]},
            "required",
            "/eventTimeZoneOffset",
        ),
        (changed(OBJECT, type="ObjectEvents"), "event_type_unknown", "/type"),
        (changed(OBJECT, action=GONE), "required", "/action"),
        (changed(OBJECT, action="observe"), "action_unknown", "/action"),
        (changed(OBJECT, action=["ADD"]), "action_unknown", "/action"),
        (changed(MADE, action="ADD"), "unknown_field", "/action"),
        (changed(OBJECT, eventTime=GONE), "required", "/eventTime"),
        (changed(OBJECT, eventTime="03/06/2026"), "time_invalid", "/eventTime"),
        (changed(OBJECT, eventTime="2026-06-03T10:00:00"), "time_invalid", "/eventTime"),
        (changed(OBJECT, eventTime="2026-06-31T10:00:00Z"), "time_invalid", "/eventTime"),
        (changed(OBJECT, eventTime="2026-06-03T10:00:00+0800"), "time_invalid", "/eventTime"),
        (changed(OBJECT, eventTime=1780480800), "time_invalid", "/eventTime"),
        (changed(OBJECT, recordTime="yesterday"), "time_invalid", "/recordTime"),
        (changed(OBJECT, eventTimeZoneOffset=GONE), "required", "/eventTimeZoneOffset"),
        (changed(OBJECT, eventTimeZoneOffset="8"), "offset_invalid", "/eventTimeZoneOffset"),
        (changed(OBJECT, eventTimeZoneOffset="+15:00"), "offset_invalid", "/eventTimeZoneOffset"),
        (changed(OBJECT, eventTimeZoneOffset="Z"), "offset_invalid", "/eventTimeZoneOffset"),
        (changed(OBJECT, eventID="no uri"), "uri_invalid", "/eventID"),
        (changed(OBJECT, epcList=GONE), "identifiers_required", ""),
        (changed(OBJECT, epcList=[]), "identifiers_required", ""),
        (changed(OBJECT, epcList=EPC), "type", "/epcList"),
        (changed(OBJECT, epcList=[EPC, 5]), "uri_invalid", "/epcList/1"),
        (changed(OBJECT, epcList=[EPC, "0614141"]), "uri_invalid", "/epcList/1"),
        (changed(OBJECT, parentID=EPC), "unknown_field", "/parentID"),
        (changed(OBJECT, colour="red"), "unknown_field", "/colour"),
        (changed(OBJECT, **{"a/b": 1}), "unknown_field", "/a~1b"),
        (changed(OBJECT, **{"other:colour": 1}), "prefix_undeclared", "/other:colour"),
        (changed(OBJECT, readPoint="urn:x:y"), "type", "/readPoint"),
        (changed(OBJECT, readPoint={}), "required", "/readPoint/id"),
        (changed(OBJECT, bizLocation={"id": 5}), "uri_invalid", "/bizLocation/id"),
        (changed(OBJECT, bizStep="transforming"), "business_step_unknown", "/bizStep"),
        (changed(OBJECT, bizStep="Receiving"), "business_step_unknown", "/bizStep"),
        (changed(OBJECT, bizStep=None), "business_step_unknown", "/bizStep"),
        (
            changed(OBJECT, bizStep="urn:epcglobal:cbv:bizstep:transforming"),
            "business_step_unknown",
            "/bizStep",
        ),
        (
            changed(OBJECT, bizStep="https://ref.gs1.org/cbv/Disp-active"),
            "business_step_unknown",
            "/bizStep",
        ),
        (changed(OBJECT, bizStep="cbv:BizStep-x"), "business_step_unknown", "/bizStep"),
        (changed(OBJECT, disposition="in_transport"), "disposition_unknown", "/disposition"),
        (
            changed(OBJECT, persistentDisposition={"set": ["complete"]}),
            "disposition_unknown",
            "/persistentDisposition/set/0",
        ),
        (
            changed(OBJECT, bizTransactionList=[{"type": "po"}]),
            "required",
            "/bizTransactionList/0/bizTransaction",
        ),
        (
            changed(OBJECT, bizTransactionList=[{**ORDER[0], "type": "order"}]),
            "business_transaction_type_unknown",
            "/bizTransactionList/0/type",
        ),
        (
            changed(OBJECT, sourceList=[{"type": "owner", "source": EPC}]),
            "source_or_destination_type_unknown",
            "/sourceList/0/type",
        ),
        (
            changed(OBJECT, sourceList=[{"type": "location", "destination": EPC}]),
            "unknown_field",
            "/sourceList/0/destination",
        ),
        (
            changed(OBJECT, destinationList=[{"destination": EPC}]),
            "required",
            "/destinationList/0/type",
        ),
        (changed(OBJECT, errorDeclaration={}), "required", "/errorDeclaration/declarationTime"),
        (
            changed(OBJECT, errorDeclaration={"declarationTime": AT["eventTime"], "reason": "bad"}),
            "error_reason_unknown",
            "/errorDeclaration/reason",
        ),
    ],
)
def test_an_event_is_held_to_the_standard(event: Any, code: str, place: str) -> None:
    assert said(document(event)) == [(f"epcis.{code}", f"/epcisBody/eventList/0{place}")]


@pytest.mark.parametrize(
    ("item", "code", "place"),
    [
        ("urn:x:y", "type", "/0"),
        ({"quantity": 5}, "required", "/0/epcClass"),
        ({**QUANTITY, "epcClass": "beeswax"}, "uri_invalid", "/0/epcClass"),
        ({**QUANTITY, "quantity": "5"}, "type", "/0/quantity"),
        ({**QUANTITY, "quantity": True}, "type", "/0/quantity"),
        ({**QUANTITY, "quantity": -1}, "quantity_negative", "/0"),
        ({**QUANTITY, "uom": "kilograms"}, "unit_invalid", "/0/uom"),
        ({**QUANTITY, "uom": 5}, "unit_invalid", "/0/uom"),
        ({**QUANTITY, "weight": 5}, "unknown_field", "/0/weight"),
        ({"epcClass": QUANTITY["epcClass"], "uom": "KGM"}, "quantity_missing", "/0/uom"),
    ],
)
def test_a_quantity_is_held_to_the_standard(item: object, code: str, place: str) -> None:
    event = changed(OBJECT, quantityList=[item])
    wanted = [(f"epcis.{code}", f"/epcisBody/eventList/0/quantityList{place}")]
    assert said(document(event)) == wanted


@pytest.mark.parametrize(
    ("element", "code", "place"),
    [
        ({}, "required", "/sensorReport"),
        ({"sensorReport": []}, "empty_list", "/sensorReport"),
        ({"sensorReport": [{}]}, "required", "/sensorReport/0/type"),
        ({"sensorReport": [{"type": 5}]}, "type", "/sensorReport/0/type"),
        ({"sensorReport": [{"type": "T", "value": "9"}]}, "type", "/sensorReport/0/value"),
        (
            {"sensorReport": [{"type": "T", "degrees": 9}]},
            "unknown_field",
            "/sensorReport/0/degrees",
        ),
        ({"sensorReport": [{"type": "T", "time": "9"}]}, "time_invalid", "/sensorReport/0/time"),
        (
            {"sensorReport": [{"type": "T", "hexBinaryValue": "xyz"}]},
            "type",
            "/sensorReport/0/hexBinaryValue",
        ),
        (
            {"sensorReport": [{"type": "T", "booleanValue": 1}]},
            "type",
            "/sensorReport/0/booleanValue",
        ),
        (
            {"sensorReport": [{"type": "T", "exception": "HOT"}]},
            "sensor_alert_type_unknown",
            "/sensorReport/0/exception",
        ),
        ({**SENSED, "sensorMetadata": {"time": "now"}}, "time_invalid", "/sensorMetadata/time"),
        ({**SENSED, "sensorMetadata": {"id": "x:y"}}, "unknown_field", "/sensorMetadata/id"),
    ],
)
def test_sensor_data_is_held_to_the_standard(element: Json, code: str, place: str) -> None:
    event = changed(OBJECT, sensorElementList=[element])
    wanted = [(f"epcis.{code}", f"/epcisBody/eventList/0/sensorElementList/0{place}")]
    assert said(document(event)) == wanted


@pytest.mark.parametrize(
    ("event", "code", "place"),
    [
        (changed(PACKED, parentID=GONE), "required", "/parentID"),
        (changed(PACKED, childEPCs=[]), "identifiers_required", ""),
        (changed(PACKED, action="OBSERVE", childEPCs=GONE), "identifiers_required", ""),
        (changed(MOUNTED, parentID=GONE, action="OBSERVE"), "required", "/parentID"),
        (changed(MOUNTED, childEPCs=GONE), "identifiers_required", ""),
        (changed(ORDERED, bizTransactionList=GONE), "required", "/bizTransactionList"),
        (changed(ORDERED, bizTransactionList=[]), "required", "/bizTransactionList"),
        (changed(ORDERED, epcList=GONE), "identifiers_required", ""),
        (changed(MADE, inputEPCList=GONE), "identifiers_required", ""),
        (changed(MADE, outputEPCList=[]), "identifiers_required", ""),
        (
            changed(MADE, inputEPCList=[], outputEPCList=[], transformationID="urn:x:1"),
            "identifiers_required",
            "",
        ),
        (changed(OBJECT, ilmd={"own:lot": "1"}), "ilmd_forbidden", "/ilmd"),
        (changed(COMMISSIONED, ilmd={"lot": "1"}), "ilmd_namespace", "/ilmd/lot"),
        (changed(COMMISSIONED, ilmd={"other:lot": "1"}), "ilmd_namespace", "/ilmd/other:lot"),
        (changed(COMMISSIONED, ilmd=["own:lot"]), "type", "/ilmd"),
    ],
)
def test_fields_of_an_event_agree_with_each_other(event: Json, code: str, place: str) -> None:
    assert said(document(event)) == [(f"epcis.{code}", f"/epcisBody/eventList/0{place}")]


@pytest.mark.parametrize(
    "event",
    [
        changed(PACKED, action="OBSERVE", parentID=GONE),
        changed(PACKED, action="DELETE", childEPCs=GONE),
        changed(PACKED, childEPCs=GONE, childQuantityList=[QUANTITY]),
        changed(ORDERED, action="DELETE", epcList=GONE),
        changed(MADE, outputEPCList=GONE, transformationID="urn:x:1"),
        changed(OBJECT, epcList=[], sensorElementList=[SENSED], readPoint={"id": "urn:x:1"}),
        changed(COMMISSIONED, ilmd={"cbvmda:lotNumber": "1", "https://x.example/lot": 2}),
        changed(OBJECT, bizStep="https://own.example/steps/weighing"),
        changed(OBJECT, bizStep="own:weighing"),
        changed(OBJECT, **{"@context": {"late": "https://late.example/"}, "late:note": 1}),
        changed(OBJECT, certificationInfo=["https://c.example/1", "https://c.example/2"]),
        {"type": "own:WeighingEvent", "own:mass": 5, **AT},
        changed(OBJECT, eventTime="2026-06-03T10:00:00.123456789+14:00"),
        changed(OBJECT, quantityList=[{"epcClass": QUANTITY["epcClass"]}]),
    ],
)
def test_what_the_standard_allows_is_not_complained_of(event: Json) -> None:
    assert said(document(event)) == []


@pytest.mark.parametrize(
    ("certificate", "place"),
    [
        ("A1", ""),
        (5, ""),
        ([5], "/0"),
        (["https://c.example/1", "no uri"], "/1"),
        (
            {"gs1:certificationAgency": "CNAS", "gs1:certificationAuditDate": "soon"},
            "/gs1:certificationAuditDate",
        ),
        ({"gs1:certificationStartDate": "2026-01-01"}, ""),
        ({"gs1:certificationDetails": ["x"]}, "/gs1:certificationDetails"),
        (
            {"gs1:CertificationDetails": {"gs1:certificationEndDate": "2026-02-30"}},
            "/gs1:CertificationDetails/gs1:certificationEndDate",
        ),
        ({"agency": "CNAS"}, "/agency"),
    ],
)
def test_a_certificate_is_a_uri_or_named_and_dated(certificate: object, place: str) -> None:
    ((code, at),) = said(document(changed(OBJECT, certificationInfo=certificate)))
    assert code in {
        "epcis.certification_invalid",
        "epcis.uri_invalid",
        "epcis.unknown_field",
    }
    assert at == f"/epcisBody/eventList/0/certificationInfo{place}"


@pytest.mark.parametrize(
    "certificate",
    [
        {"id": "https://c.example/1"},
        {
            "gs1:certificationAgency": "CNAS",
            "gs1:certificationAuditDate": {"@value": "2026-01-01"},
        },
        {"gs1:CertificationDetails": [{"gs1:certificationValue": "A1"}]},
    ],
)
def test_a_described_certificate_is_accepted(certificate: Json) -> None:
    assert said(document(changed(OBJECT, certificationInfo=certificate))) == []


def test_a_context_of_another_publisher_may_define_any_term() -> None:
    whole = document(
        changed(OBJECT, colour="red"), **{"@context": [CONTEXT, "https://x.example/c"]}
    )
    assert said(whole) == []


def test_a_context_with_a_default_vocabulary_defines_any_term() -> None:
    own = {"@vocab": "https://own.example/", "@language": "zh", "lot": {"@id": "own:lot"}}
    whole = document(changed(OBJECT, colour="red"), **{"@context": [CONTEXT, own]})
    assert said(whole) == []


def test_an_undeclared_prefix_flags_the_document_but_keeps_its_events() -> None:
    reading = read(document(changed(OBJECT, **{"other:colour": "red"})))
    assert [complaint.severity for complaint in reading.complaints] == [Severity.FLAGGED]
    assert len(reading.documents) == 1


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        (
            {"sourceList": [{"a:b": "owning_party", "source": EPC}]},
            "required",
            "/sourceList/0/type",
        ),
        (
            {"quantityList": [{**QUANTITY, "a:b": 1, "quantity": -1}]},
            "quantity_negative",
            "/quantityList/0",
        ),
        (
            {"sensorElementList": [{"sensorReport": [{"a:b": 1, "value": 4}]}]},
            "required",
            "/sensorElementList/0/sensorReport/0/type",
        ),
        (
            {"certificationInfo": [{"a:b": 1, "gs1:certificationAgency": 1, "gs1:endDate": 0}]},
            "certification_invalid",
            "/certificationInfo/0/gs1:endDate",
        ),
        (
            {"sourceList": [{"a:b": 1, "type": "location", "source": EPC}, 7]},
            "type",
            "/sourceList/1",
        ),
    ],
)
def test_an_undeclared_prefix_hides_no_graver_fault(fields: Json, code: str, place: str) -> None:
    reading = read(document(changed(OBJECT, **fields)))
    assert [(c.code, c.place) for c in reading.complaints] == [
        (f"epcis.{code}", f"/epcisBody/eventList/0{place}")
    ]
    assert reading.documents == ()


def test_every_breach_of_an_event_is_named_at_once() -> None:
    event = changed(OBJECT, action=GONE, bizStep="x y", epcList=GONE)
    assert [code for code, _ in said(document(event))] == [
        "epcis.business_step_unknown",
        "epcis.required",
        "epcis.identifiers_required",
    ]


def test_of_a_hopeless_document_only_so_much_is_told() -> None:
    reading = read(document(*[changed(OBJECT, action="LOOK")] * 1000))
    assert reading.refused
    assert len(reading.complaints) == 200
    assert reading.facts["event_count"] == 1000


def test_what_is_not_even_an_object_is_refused() -> None:
    assert said("EPCISDocument") == [("epcis.type", "")]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("shipping", "shipping"),
        ("urn:epcglobal:cbv:bizstep:shipping", "shipping"),
        ("https://ref.gs1.org/cbv/BizStep-shipping", "shipping"),
        ("cbv:BizStep-shipping", "shipping"),
        ("urn:epcglobal:cbv:disp:shipping", None),
        ("https://ref.gs1.org/cbv/BizStep-sailing", None),
        ("https://own.example/shipping", None),
    ],
)
def test_a_standard_word_is_known_in_every_form(value: str, word: str | None) -> None:
    assert cbv.standard_word(value, cbv.BIZ_STEP) == word


@pytest.mark.parametrize("value", ["ALARM_CONDITION", "gs1:ALARM_CONDITION"])
def test_a_sensor_alert_is_known_by_its_gs1_name(value: str) -> None:
    assert cbv.standard_word(value, cbv.SENSOR_ALERT) == "ALARM_CONDITION"


def test_the_lists_have_as_many_words_as_the_standard() -> None:
    assert (len(cbv.BIZ_STEP.words), len(cbv.DISPOSITION.words)) == (41, 33)
    assert (len(cbv.BIZ_TRANSACTION.words), len(cbv.SOURCE_DESTINATION.words)) == (13, 3)


@pytest.mark.parametrize(
    ("epc_class", "gtin"),
    [
        ("urn:epc:idpat:sgtin:6901234.056789.*", "06901234567892"),
        ("urn:epc:class:lgtin:6901234.156789.L7", "16901234567899"),
        ("https://id.gs1.org/01/06901234567892/10/L7", "06901234567892"),
        ("https://id.gs1.org/01/06901234567892", "06901234567892"),
        ("urn:epc:idpat:sgtin:69012345.056789.*", None),
        ("urn:epc:idpat:grai:6901234.55555.*", None),
        ("https://id.gs1.org/00/006901234567892", None),
    ],
)
def test_a_class_of_goods_is_known_by_its_gtin(epc_class: str, gtin: str | None) -> None:
    assert gtin_of(epc_class) == gtin


@pytest.mark.parametrize(
    ("epc", "item"),
    [
        ("urn:epc:id:sgtin:6901234.056789.A7", "urn:epc:idpat:sgtin:6901234.056789.*"),
        ("https://id.cn/01/06901234567892/21/A7", "https://id.cn/01/06901234567892"),
        ("https://id.cn/01/06901234567892/10/L7/21/A7", "https://id.cn/01/06901234567892"),
        ("https://id.cn/01/06901234567892/10/L7", None),
        ("urn:epc:id:sscc:6901234.1234567890", None),
    ],
)
def test_a_serial_counts_towards_its_class(epc: str, item: str | None) -> None:
    assert instance_class(epc) == item


@pytest.mark.parametrize(("digits", "check"), [("690123456789", "2"), ("0", "0"), ("9", "3")])
def test_a_check_digit_is_that_of_gs1(digits: str, check: str) -> None:
    assert check_digit(digits) == check
