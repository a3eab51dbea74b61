"""What EPCIS 2.0 asks of a document and of each event, field by field and across fields.

Sources: GS1 EPCIS 2.0.1 sections 7.3 and 7.4 and its JSON schema, GS1 CBV 2.0. CBV states no
normative table of business steps and dispositions that exclude each other, so none is kept here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from heliu.flows.intake.api import Severity
from heliu.flows.logistics import epcis_vocabulary as cbv
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
    wrong,
    zone_offset,
)

Event = Mapping[str, object]
_TYPE_NAME: Final = re.compile(r"[A-Za-z][\w.-]*:\S+")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?")


def _action(value: object, scope: Scope) -> Fault | None:
    del scope
    if isinstance(value, str) and value in cbv.ACTIONS:
        return None
    return wrong(
        value, "动作 ADD, OBSERVE 或 DELETE", "ADD, OBSERVE or DELETE", "epcis.action_unknown"
    )


def _context(value: object, scope: Scope) -> Fault | None:
    del scope
    parts = value if isinstance(value, list) else [value]
    if parts and all(isinstance(part, dict) or cbv.is_uri(part) for part in parts):
        return None
    zh, en = "JSON-LD 上下文", "a JSON-LD context"
    return wrong(value, zh, en, "epcis.context_invalid")


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
    named = False
    for key, value in node.items():
        fault = scope.unknown_field(key)
        if fault is not None:
            return fault
        plain = key.rsplit(":", 1)[-1].rsplit("/", 1)[-1].lower()
        if plain == "certificationdetails":
            for item in value if isinstance(value, list) else [value]:
                if not isinstance(item, dict):
                    return wrong(item, "证书明细", "certification details", _CERTIFICATION).under(
                        key
                    )
                fault = _certified(item, scope)
                if fault is not None:
                    return fault.under(key)
            named = True
        elif plain.endswith("date") and not _is_date(value):
            return wrong(value, "日期", "a date", _CERTIFICATION).under(key)
        named = named or plain.removeprefix("certification") in _CERTIFICATE_NAMES
    if named:
        return None
    zh, en = "证书没有机构、编号或 URI", "the certificate names no agency, number or URI"
    return Fault(_CERTIFICATION, "", zh, en)


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
    if fault is not None or not isinstance(value, dict):
        return fault
    quantity = value.get("quantity")
    if isinstance(quantity, bool | str) or quantity is None:
        if "uom" in value:
            zh, en = "有计量单位却没有数量", "there is a unit but no quantity"
            return Fault("epcis.quantity_missing", "/uom", zh, en)
        return None
    if quantity < 0:
        return wrong(quantity, "非负数量", "a quantity of zero or more", "epcis.quantity_negative")
    return None


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
    if fault is None and isinstance(value, dict) and not value.keys() & {"type", "exception"}:
        return required("type")
    return fault


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
_TIMED: Final = ("eventTime", "eventTimeZoneOffset")
_DOCUMENT: Final[Mapping[str, Check]] = {
    "@context": _context,
    "id": uri,
    "type": text,
    "schemaVersion": text,
    "creationDate": time,
    "instanceIdentifier": text,
    "sender": text,
    "receiver": text,
    "epcisHeader": mapping,
    "epcisBody": mapping,
}
EVENT_TYPES: Final = frozenset(_FIELDS)


def document_faults(document: Mapping[str, object]) -> list[Fault]:
    """Faults of the envelope of an EPCISDocument or EPCISQueryDocument, not of its events."""
    query = document.get("type") == "EPCISQueryDocument"
    must = ("epcisBody",) if query else ("schemaVersion", "creationDate", "epcisBody")
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
    return [*missing, *faults_of(event, fields, must, scope), *_ACROSS[kind](event)]


def _context_missing() -> Fault:
    zh, en = "缺少 @context", "there is no @context"
    return Fault("epcis.context_required", "/@context", zh, en)


def _extended_faults(event: Event, kind: str, scope: Scope) -> list[Fault]:
    if _TYPE_NAME.fullmatch(kind) is None and kind not in scope.names and not scope.foreign:
        zh, en = f"未知的事件类型 {shown(kind)}", f"unknown event type {shown(kind)}"
        return [Fault("epcis.event_type_unknown", "/type", zh, en)]
    core = {key: value for key, value in event.items() if key in _CORE}
    return faults_of(core, _CORE, _TIMED, scope)


def _filled(event: Event, *keys: str) -> bool:
    return any(event.get(key) for key in keys)


def _identifiers_missing(keys: str) -> Fault:
    return Fault(
        "epcis.identifiers_required",
        "",
        f"事件没有标识: {keys} 均缺失或为空",
        f"the event identifies nothing: {keys} are all missing or empty",
    )


def _across_object(event: Event) -> Sequence[Fault]:
    faults = []
    if not _filled(event, "epcList", "quantityList", "sensorElementList"):
        faults.append(_identifiers_missing("epcList, quantityList"))
    if "ilmd" in event and event.get("action") in ("OBSERVE", "DELETE"):
        zh, en = "只有 ADD 事件可带 ilmd", "only an ADD event may carry ilmd"
        faults.append(Fault("epcis.ilmd_forbidden", "/ilmd", zh, en))
    return faults


def _across_aggregation(event: Event) -> Sequence[Fault]:
    parent_optional = event.get("action") == "OBSERVE"
    return _across_children(event, parent_optional=parent_optional)


def _across_association(event: Event) -> Sequence[Fault]:
    return _across_children(event, parent_optional=False)


def _across_children(event: Event, *, parent_optional: bool) -> Sequence[Fault]:
    faults = []
    if not parent_optional and "parentID" not in event:
        faults.append(required("parentID"))
    if event.get("action") != "DELETE" and not _filled(event, "childEPCs", "childQuantityList"):
        faults.append(_identifiers_missing("childEPCs, childQuantityList"))
    return faults


def _across_transaction(event: Event) -> Sequence[Fault]:
    faults = []
    if not _filled(event, "bizTransactionList"):
        faults.append(required("bizTransactionList"))
    if event.get("action") != "DELETE" and not _filled(event, "epcList", "quantityList"):
        faults.append(_identifiers_missing("epcList, quantityList"))
    return faults


def _across_transformation(event: Event) -> Sequence[Fault]:
    takes = _filled(event, "inputEPCList", "inputQuantityList")
    gives = _filled(event, "outputEPCList", "outputQuantityList")
    if (takes and gives) or ((takes or gives) and "transformationID" in event):
        return []
    return [
        _identifiers_missing("inputEPCList / inputQuantityList, outputEPCList / outputQuantityList")
    ]


_ACROSS: Final[Mapping[str, Callable[[Event], Sequence[Fault]]]] = {
    "ObjectEvent": _across_object,
    "AggregationEvent": _across_aggregation,
    "AssociationEvent": _across_association,
    "TransactionEvent": _across_transaction,
    "TransformationEvent": _across_transformation,
}
