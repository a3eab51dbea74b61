"""GS1 EPCIS 2.0 in JSON and JSON-LD: documents, query results, single events, lists of events.

Every event becomes one LOGISTICS_EVENT. `number` is the event id, or the event time where the
sender gave none. `void` marks an event its sender has declared to be in error. `attributes` are:
parent (the container or assembly), epc_count (identified instances), source and destination
(owning party, else possessing party, else location), persistent (dispositions set),
certification (URIs), type (message type).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from heliu.flows.intake.api import (
    Blob,
    Complaint,
    Facts,
    Head,
    Kind,
    Line,
    Observation,
    Reading,
    Severity,
    TradeDocument,
    refusal,
)
from heliu.flows.logistics import epcis_vocabulary as cbv
from heliu.flows.logistics.epcis_facts import event_facts, plain
from heliu.flows.logistics.epcis_identifiers import gtin_of, instance_class, last_segment
from heliu.flows.logistics.epcis_rules import (
    DOCUMENT_TYPES,
    EVENT_TYPES,
    document_faults,
    event_faults,
)
from heliu.flows.logistics.epcis_shape import Fault, Scope, instant
from heliu.ground.text import Text

Json = Mapping[str, Any]
_DELIVERED: Final = ("quantityList", "childQuantityList", "outputQuantityList")
_INSTANCES: Final = ("epcList", "childEPCs", "outputEPCList")
_MEASURED: Final = re.compile(r"[:/-]")
_MAX_COMPLAINTS: Final = 200
_NOTHING: Final[Json] = {}
_PARTY_ORDER: Final = ("owning_party", "possessing_party", "location")


class EpcisConnector:
    """Reads EPCIS 2.0 JSON. Any breach of the standard in any event refuses the document."""

    name = "gs1-epcis-json"

    def recognises(self, head: Head) -> bool:
        """An EPCIS document by type or body; an event by type; a list by its first event."""
        json = head.json
        if isinstance(json, list):
            return bool(json) and _is_event(json[0])
        return isinstance(json, dict) and (
            _is_type(json.get("type"), DOCUMENT_TYPES) or "epcisBody" in json or _is_event(json)
        )

    def read(self, blob: Blob, head: Head) -> Reading:
        """Facts of every event, a document for each, a complaint for each breach."""
        del blob
        json = head.json
        if isinstance(json, list):
            return _reading({"type": None}, json, _checked(json, "", Scope()), [])
        if not isinstance(json, dict):
            zh, en = "EPCIS 须为对象或事件列表", "EPCIS is an object or a list of events"
            return refusal("epcis.type", "", zh, en)
        if not _is_type(json.get("type"), DOCUMENT_TYPES) and "epcisBody" not in json:
            return _reading(json, [json], [("", json, event_faults(json, Scope(), bare=True))], [])
        return _document(json)


def _is_type(value: object, types: frozenset[str]) -> bool:
    return isinstance(value, str) and value in types


def _is_event(json: object) -> bool:
    return isinstance(json, dict) and (
        _is_type(json.get("type"), EVENT_TYPES)
        or ("eventTime" in json and "eventTimeZoneOffset" in json)
    )


def _document(json: Json) -> Reading:
    faults = document_faults(json)
    scope = Scope().with_context(json.get("@context"))
    events, place = _event_list(json)
    if events is None:
        zh, en = "没有 eventList 列表", "there is no eventList list"
        faults.append(Fault("epcis.required", place, zh, en))
    checked = _checked(events or [], place, scope)
    return _reading(json, events or [], checked, faults)


def _event_list(json: Json) -> tuple[list[Any] | None, str]:
    at, place = json.get("epcisBody"), "/epcisBody"
    if json.get("type") == "EPCISQueryDocument":
        for key in ("queryResults", "resultsBody"):
            at, place = (at.get(key) if isinstance(at, dict) else None), f"{place}/{key}"
    found = at.get("eventList") if isinstance(at, dict) else None
    return (found if isinstance(found, list) else None), f"{place}/eventList"


Checked = tuple[str, object, list[Fault]]


def _checked(events: Sequence[object], place: str, scope: Scope) -> list[Checked]:
    """Every event with its faults; of what is hopeless, only as much as anyone would read."""
    checked: list[Checked] = []
    found, refused = 0, False
    for at, event in enumerate(events):
        faults = event_faults(event, scope)
        refused = refused or any(fault.severity is Severity.REFUSED for fault in faults)
        found += len(faults)
        checked.append((f"{place}/{at}", event, faults))
        if refused and found >= _MAX_COMPLAINTS:
            break
    return checked


def _reading(
    json: Json, events: Sequence[object], checked: Sequence[Checked], faults: Sequence[Fault]
) -> Reading:
    complaints = [_complaint("", fault) for fault in faults]
    for place, _, event_has in checked:
        complaints.extend(_complaint(place, fault) for fault in event_has)
    refused = any(complaint.severity is Severity.REFUSED for complaint in complaints)
    # The rules let only sound events through: what is refused is never made a document.
    sound = () if refused else checked
    documents = [_logistics_event(e, place) for place, e, _ in sound if isinstance(e, dict)]
    return Reading(lambda: _facts(json, events), tuple(documents), tuple(complaints))


def _facts(json: Json, events: Sequence[object]) -> Facts:
    return {
        "well_formed": True,
        "type": plain(json.get("type")),
        "schema_version": plain(json.get("schemaVersion")),
        "created": plain(json.get("creationDate")),
        "has_context": "@context" in json or _first_has_context(events, json),
        "event_count": len(events),
        "events": [event_facts(event) for event in events if isinstance(event, dict)],
    }


def _first_has_context(events: Sequence[object], json: Json) -> bool:
    return json.get("type") is None and any(
        isinstance(event, dict) and "@context" in event for event in events[:1]
    )


def _complaint(place: str, fault: Fault) -> Complaint:
    return Complaint(fault.code, place + fault.at or "/", Text(fault.zh, fault.en), fault.severity)


def _logistics_event(event: Json, place: str) -> TradeDocument:
    """The document of one event that passed the rules."""
    at = instant(event["eventTime"])
    assert at is not None, "the rules let only instants pass"
    return TradeDocument(
        Kind.LOGISTICS_EVENT,
        event.get("eventID") or event["eventTime"],
        place or "/",
        at.astimezone(_zone(event["eventTimeZoneOffset"])).date(),
        void="errorDeclaration" in event,
        references=_references(event.get("bizTransactionList", ())),
        lines=_lines(event, place),
        observation=_observation(event, at),
        attributes=_attributes(event),
    )


@lru_cache(maxsize=512)
def _zone(offset: str) -> timezone:
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))


def _observation(event: Json, at: datetime) -> Observation:
    step, disposition = event.get("bizStep"), event.get("disposition")
    return Observation(
        at.astimezone(UTC),
        event["type"],
        event.get("action"),
        step and (cbv.standard_word(step, cbv.BIZ_STEP) or step),
        disposition and (cbv.standard_word(disposition, cbv.DISPOSITION) or disposition),
        event["readPoint"]["id"] if "readPoint" in event else None,
        event["bizLocation"]["id"] if "bizLocation" in event else None,
        tuple(_alarms(event.get("sensorElementList", ()))),
    )


def _alarms(elements: Sequence[Json]) -> Iterator[str]:
    for element in elements:
        for report in element["sensorReport"]:
            if "exception" in report:
                alert = report["exception"]
                alarm = cbv.standard_word(alert, cbv.SENSOR_ALERT) or alert
                measured = _MEASURED.split(report.get("type", ""))[-1]
                yield f"{measured} {alarm}".strip()


def _references(transactions: Sequence[Json]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for transaction in transactions:
        word = cbv.standard_word(transaction.get("type", ""), cbv.BIZ_TRANSACTION)
        kind = cbv.REFERENCE_KINDS.get(word or "")
        if kind is not None:
            found[kind] = (*found.get(kind, ()), last_segment(transaction["bizTransaction"]))
    return found


def _lines(event: Json, place: str) -> tuple[Line, ...]:
    lines: list[Line] = []
    for key in _DELIVERED:
        for at, item in enumerate(event.get(key, ())):
            quantity = item.get("quantity")
            lines.append(
                Line(
                    f"{key}/{at}",
                    f"{place}/{key}/{at}",
                    _item_keys(item["epcClass"]),
                    item.get("uom"),
                    None if quantity is None else Decimal(str(quantity)),
                )
            )
    for key in _INSTANCES:
        if event.get(key):
            lines += _instance_lines(event[key], key, place)
    return tuple(lines)


def _instance_lines(epcs: Sequence[str], key: str, place: str) -> Iterator[Line]:
    """Instances of trade items counted by class: ten serials of one GTIN are a quantity of ten."""
    counts = Counter(filter(None, map(instance_class, epcs)))
    for at, (item, count) in enumerate(counts.items()):
        line = f"{key}/class/{at}"
        yield Line(line, f"{place}/{key}", _item_keys(item), quantity=Decimal(count))


def _item_keys(epc_class: str) -> Mapping[str, str]:
    return {"standard": gtin_of(epc_class) or epc_class, "epc_class": epc_class}


def _attributes(event: Json) -> Mapping[str, str]:
    found = {"type": event["type"]}
    if parent := event.get("parentID"):
        found["parent"] = parent
    found["epc_count"] = str(sum([len(event[key]) for key in _INSTANCES if key in event]))
    if source := _party(event.get("sourceList", ()), "source"):
        found["source"] = source
    if destination := _party(event.get("destinationList", ()), "destination"):
        found["destination"] = destination
    if persistent := event.get("persistentDisposition", _NOTHING).get("set"):
        found["persistent"] = " ".join(persistent)
    if certified := event.get("certificationInfo"):
        certified = certified if isinstance(certified, list) else [certified]
        if uris := " ".join([uri for uri in certified if isinstance(uri, str)]):
            found["certification"] = uris
    return found


def _party(entries: Sequence[Json], key: str) -> str | None:
    by_type = {cbv.standard_word(e["type"], cbv.SOURCE_DESTINATION): e[key] for e in entries}
    return next((by_type[kind] for kind in _PARTY_ORDER if kind in by_type), None)
