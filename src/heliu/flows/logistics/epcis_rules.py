"""What EPCIS 2.0 asks of a document and of each event, field by field and across fields.

Sources: GS1 EPCIS 2.0.1 sections 7.3 and 7.4 and its JSON schema, GS1 CBV 2.0. CBV states no
normative table of business steps and dispositions that exclude each other, so none is kept here.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from heliu.flows.intake.api import Severity
from heliu.flows.logistics import epcis_vocabulary as cbv
from heliu.flows.logistics.epcis_across import ACROSS, Event
from heliu.flows.logistics.epcis_shape import (
    Check,
    Fault,
    Scope,
    boolean,
    each,
    faults_of,
    hexadecimal,
    mapping,
    number,
    required,
    shape,
    shown,
    text,
    time,
    unit,
    uri,
    uris,
    word,
    worse,
    wrong,
    zone_offset,
)

_TYPE_NAME: Final = re.compile(r"[A-Za-z][\w.-]*:\S+")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?")


def _action(value: object, scope: Scope) -> Fault | None:
    del scope
    if isinstance(value, str) and value in cbv.ACTIONS:
        return None
    return wrong(
        value, "动作 ADD, OBSERVE 或 DELETE", "ADD, OBSERVE or DELETE", "epcis.action_unknown"
    )


def _document_type(value: object, scope: Scope) -> Fault | None:
    del scope
    if isinstance(value, str) and value in DOCUMENT_TYPES:
        return None
    zh, en = "EPCIS 文档类型", "an EPCIS document type"
    return wrong(value, zh, en, "epcis.document_type_unknown")


def _context(value: object, scope: Scope) -> Fault | None:
    del scope
    parts = value if isinstance(value, list) else [value]
    if parts and all(_is_declared(part) for part in parts):
        return None
    zh, en = "JSON-LD 上下文", "a JSON-LD context"
    return wrong(value, zh, en, "epcis.context_invalid")


def _is_declared(part: object) -> bool:
    if not isinstance(part, dict):
        return cbv.is_uri(part)
    return all(
        name[:1] == "@" or not isinstance(to, str) or to[:1] == "@" or cbv.is_uri(to)
        for name, to in part.items()
    )


def _ilmd(value: object, scope: Scope) -> Fault | None:
    if not isinstance(value, dict):
        return wrong(value, "对象", "an object")
    for key in value:
        if scope.unknown_field(key) is not None:
            zh = f"ilmd 字段 {shown(key)} 没有已声明的命名空间"
            en = f"ilmd field {shown(key)} has no declared namespace"
            return Fault("epcis.ilmd_namespace", "", zh, en).under(key)
    return None


def _certification(value: object, scope: Scope) -> Fault | None:
    """A URI, or a node whose details (GS1 Web Vocabulary) are complete and dated soundly."""
    if isinstance(value, str):
        return uri(value, scope)
    if not isinstance(value, dict):
        return wrong(value, "证书 URI", "the URI of a certificate", _CERTIFICATION)
    if cbv.is_uri(value.get("id", value.get("@id"))):
        return None
    return _certified(value, scope)


_CERTIFICATION: Final = "epcis.certification_invalid"
_CERTIFICATE_NAMES: Final = ("agency", "uri", "identification", "value", "standard")


def _certified(node: Mapping[str, object], scope: Scope) -> Fault | None:
    named, worst = False, None
    for key, value in node.items():
        plain = key.rsplit(":", 1)[-1].rsplit("/", 1)[-1].lower()
        detailed = plain == "certificationdetails"
        fault = _details(value, scope) if detailed else _dated(plain, value)
        worst = worse(worse(worst, scope.unknown_field(key)), fault and fault.under(key))
        if worst is not None and worst.refuses:
            return worst
        named = named or detailed or plain.removeprefix("certification") in _CERTIFICATE_NAMES
    if named:
        return worst
    zh, en = "证书没有机构、编号或 URI", "the certificate names no agency, number or URI"
    return Fault(_CERTIFICATION, "", zh, en)


def _details(value: object, scope: Scope) -> Fault | None:
    worst = None
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            return wrong(item, "证书明细", "certification details", _CERTIFICATION)
        worst = worse(worst, _certified(item, scope))
    return worst


def _dated(name: str, value: object) -> Fault | None:
    if not name.endswith("date") or _is_date(value):
        return None
    return wrong(value, "日期", "a date", _CERTIFICATION)


def _is_date(value: object) -> bool:
    text_ = value.get("@value") if isinstance(value, dict) else value
    if not isinstance(text_, str) or _DATE.fullmatch(text_) is None:
        return False
    try:
        date.fromisoformat(text_[:10])
    except ValueError:
        return False
    return True


def _certifications(value: object, scope: Scope) -> Fault | None:
    if isinstance(value, list):
        return each(_certification)(value, scope)
    return _certification(value, scope)


def _quantity(value: object, scope: Scope) -> Fault | None:
    fault = _QUANTITY_SHAPE(value, scope)
    if not isinstance(value, dict) or (fault is not None and fault.refuses):
        return fault
    quantity = value.get("quantity")
    if quantity is None:
        if "uom" in value:
            zh, en = "有计量单位却没有数量", "there is a unit but no quantity"
            return Fault("epcis.quantity_missing", "/uom", zh, en)
    elif quantity < 0:
        return wrong(quantity, "非负数量", "a quantity of zero or more", "epcis.quantity_negative")
    return fault


_QUANTITY_SHAPE: Final = shape({"epcClass": uri, "quantity": number, "uom": unit}, "epcClass")
_ID_SHAPE: Final = shape({"id": uri}, "id")
_STEP: Final = word(cbv.BIZ_STEP)
_DISPOSITION: Final = word(cbv.DISPOSITION)
_PARTY_TYPE: Final = word(cbv.SOURCE_DESTINATION)
_SENSOR_PLACE: Final[Mapping[str, Check]] = {
    "time": time,
    "deviceID": uri,
    "deviceMetadata": uri,
    "rawData": uri,
    "dataProcessingMethod": uri,
    "bizRules": uri,
}
_SENSOR_REPORT_SHAPE: Final = shape(
    {
        **_SENSOR_PLACE,
        "type": text,
        "exception": word(cbv.SENSOR_ALERT, Severity.FLAGGED),
        "component": word(cbv.COMPONENT, Severity.FLAGGED),
        "microorganism": uri,
        "chemicalSubstance": uri,
        "coordinateReferenceSystem": uri,
        "value": number,
        "minValue": number,
        "maxValue": number,
        "meanValue": number,
        "sDev": number,
        "percRank": number,
        "percValue": number,
        "stringValue": text,
        "booleanValue": boolean,
        "hexBinaryValue": hexadecimal,
        "uriValue": uri,
        "uom": text,
    }
)


def _sensor_report(value: object, scope: Scope) -> Fault | None:
    """A report says what it measured, or which exception it raises."""
    fault = _SENSOR_REPORT_SHAPE(value, scope)
    if not isinstance(value, dict) or "type" in value or "exception" in value:
        return fault
    return fault if fault is not None and fault.refuses else required("type")


_SENSOR_ELEMENT: Final = shape(
    {
        "sensorMetadata": shape({**_SENSOR_PLACE, "startTime": time, "endTime": time}),
        "sensorReport": each(_sensor_report, least=1),
    },
    "sensorReport",
)
_CORE: Final[Mapping[str, Check]] = {
    "@context": _context,
    "type": text,
    "eventTime": time,
    "recordTime": time,
    "eventTimeZoneOffset": zone_offset,
    "eventID": uri,
    "certificationInfo": _certifications,
    "errorDeclaration": shape(
        {
            "declarationTime": time,
            "reason": word(cbv.ERROR_REASON),
            "correctiveEventIDs": uris,
        },
        "declarationTime",
    ),
}
_COMMON: Final[Mapping[str, Check]] = {
    **_CORE,
    "bizStep": _STEP,
    "disposition": _DISPOSITION,
    "persistentDisposition": shape({"set": each(_DISPOSITION), "unset": each(_DISPOSITION)}),
    "readPoint": _ID_SHAPE,
    "bizLocation": _ID_SHAPE,
    "bizTransactionList": each(
        shape({"type": word(cbv.BIZ_TRANSACTION), "bizTransaction": uri}, "bizTransaction")
    ),
    "sourceList": each(shape({"type": _PARTY_TYPE, "source": uri}, "type", "source")),
    "destinationList": each(
        shape({"type": _PARTY_TYPE, "destination": uri}, "type", "destination")
    ),
    "sensorElementList": each(_SENSOR_ELEMENT),
}
_QUANTITIES: Final[Check] = each(_quantity)
_CHILDREN: Final[Mapping[str, Check]] = {
    **_COMMON,
    "action": _action,
    "parentID": uri,
    "childEPCs": uris,
    "childQuantityList": _QUANTITIES,
}
_FIELDS: Final[Mapping[str, Mapping[str, Check]]] = {
    "ObjectEvent": {
        **_COMMON,
        "action": _action,
        "epcList": uris,
        "quantityList": _QUANTITIES,
        "ilmd": _ilmd,
    },
    "AggregationEvent": _CHILDREN,
    "AssociationEvent": _CHILDREN,
    "TransactionEvent": {
        **_COMMON,
        "action": _action,
        "parentID": uri,
        "epcList": uris,
        "quantityList": _QUANTITIES,
    },
    "TransformationEvent": {
        **_COMMON,
        "transformationID": uri,
        "inputEPCList": uris,
        "inputQuantityList": _QUANTITIES,
        "outputEPCList": uris,
        "outputQuantityList": _QUANTITIES,
        "ilmd": _ilmd,
    },
}
_SHARED: Final[Mapping[str, Check]] = {
    key: check for fields in _FIELDS.values() for key, check in fields.items()
}
_TIMED: Final = ("eventTime", "eventTimeZoneOffset")
_DOCUMENT: Final[Mapping[str, Check]] = {
    "@context": _context,
    "id": uri,
    "type": _document_type,
    "schemaVersion": text,
    "creationDate": time,
    "instanceIdentifier": text,
    "sender": text,
    "receiver": text,
    "epcisHeader": mapping,
    "epcisBody": mapping,
}
_QUERY_MUST: Final = ("type", "epcisBody")
_DOCUMENT_MUST: Final = ("type", "schemaVersion", "creationDate", "epcisBody")
DOCUMENT_TYPES: Final = frozenset({"EPCISDocument", "EPCISQueryDocument"})
EVENT_TYPES: Final = frozenset(_FIELDS)


def document_faults(document: Mapping[str, object]) -> list[Fault]:
    """Faults of the envelope of an EPCISDocument or EPCISQueryDocument, not of its events."""
    query = document.get("type") == "EPCISQueryDocument"
    must = _QUERY_MUST if query else _DOCUMENT_MUST
    scope = Scope().with_context(document.get("@context"))
    faults = [] if "@context" in document else [_context_missing()]
    return faults + faults_of(document, _DOCUMENT, must, scope)


def event_faults(event: object, scope: Scope, *, bare: bool = False) -> list[Fault]:
    """Every fault of one event. A `bare` event, outside a document, brings its own @context."""
    if not isinstance(event, dict):
        return [wrong(event, "事件对象", "an event object")]
    missing = [_context_missing()] if bare and "@context" not in event else []
    if "@context" in event:
        scope = scope.with_context(event["@context"])
    kind = event.get("type")
    if not isinstance(kind, str):
        return [*missing, required("type")]
    fields = _FIELDS.get(kind)
    if fields is None:
        return missing + _extended_faults(event, kind, scope)
    must = _TIMED if kind == "TransformationEvent" else (*_TIMED, "action")
    return [*missing, *faults_of(event, fields, must, scope), *ACROSS[kind](event)]


def _context_missing() -> Fault:
    zh, en = "缺少 @context", "there is no @context"
    return Fault("epcis.context_required", "/@context", zh, en)


def _extended_faults(event: Event, kind: str, scope: Scope) -> list[Fault]:
    if _TYPE_NAME.fullmatch(kind) is None and kind not in scope.names and not scope.foreign:
        zh, en = f"未知的事件类型 {shown(kind)}", f"unknown event type {shown(kind)}"
        return [Fault("epcis.event_type_unknown", "/type", zh, en)]
    # Its own fields are its publisher's affair; those it shares with others are the standard's.
    shared = {key: value for key, value in event.items() if key in _SHARED}
    return faults_of(shared, _SHARED, _TIMED, scope)
