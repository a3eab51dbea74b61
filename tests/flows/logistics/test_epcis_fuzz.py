"""Damaged EPCIS: whatever bytes come, a reading goes out, and nothing refused feeds anything."""

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.flows.intake.api import Blob, Reading, read_blob
from heliu.flows.logistics.epcis import EpcisConnector

AT = {"eventTime": "2026-06-03T10:00:00Z", "eventTimeZoneOffset": "+08:00"}
EPC = "urn:epc:id:sgtin:6901234.056789.1"
FULL: dict[str, Any] = {
    "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {"own": "https://o/"}],
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-06-03T18:00:00+08:00",
    "epcisBody": {
        "eventList": [
            {
                "type": "ObjectEvent",
                "eventID": "urn:uuid:1",
                "action": "ADD",
                "bizStep": "receiving",
                "disposition": "in_progress",
                "epcList": [EPC],
                "quantityList": [{"epcClass": "urn:epc:class:x:1", "quantity": 5, "uom": "KGM"}],
                "readPoint": {"id": "urn:x:1"},
                "bizLocation": {"id": "urn:x:2"},
                "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:3"}],
                "sourceList": [{"type": "location", "source": "urn:x:4"}],
                "destinationList": [{"type": "location", "destination": "urn:x:5"}],
                "persistentDisposition": {"set": ["damaged"], "unset": ["reserved"]},
                "certificationInfo": [{"gs1:certificationAgency": "CNAS", "gs1:auditDate": "x"}],
                "errorDeclaration": {"declarationTime": AT["eventTime"]},
                "sensorElementList": [
                    {
                        "sensorMetadata": {"time": AT["eventTime"]},
                        "sensorReport": [{"type": "T", "value": 9, "exception": "own:HOT"}],
                    }
                ],
                "ilmd": {"own:lot": "1"},
                **AT,
            },
            {
                "type": "AssociationEvent",
                "action": "ADD",
                "parentID": EPC,
                "childEPCs": [EPC],
                **AT,
            },
            {"type": "TransformationEvent", "inputEPCList": [EPC], "outputEPCList": [EPC], **AT},
        ]
    },
}
SOUND = json.dumps(FULL).encode()

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(-9, 9)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def places(tree: Any) -> list[tuple[str | int, ...]]:
    """Every path into `tree`."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found: list[tuple[str | int, ...]] = []
    for key, value in inside:
        found.append((key,))
        if isinstance(value, dict | list):
            found += [(key, *rest) for rest in places(value)]
    return found


PLACES = places(FULL)


def replaced(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    tree: Any = copy.deepcopy(FULL)
    at = tree
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return dict(tree)


def read(data: bytes) -> Reading:
    _, reading = read_blob((EpcisConnector(),), Blob("folder", "a.json", "", data))
    assert not (reading.refused and reading.documents)
    json.dumps(reading.facts)
    return reading


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(PLACES), value=anything)
def test_a_wrong_value_anywhere_makes_a_reading(path: tuple[str | int, ...], value: object) -> None:
    read(json.dumps(replaced(path, value)).encode())


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(SOUND) - 1), cut=st.integers(0, 40), junk=st.binary(max_size=6))
def test_damaged_bytes_make_a_reading(at: int, cut: int, junk: bytes) -> None:
    read(SOUND[:at] + junk + SOUND[at + cut :])


@settings(max_examples=60, deadline=None)
@given(value=anything)
def test_a_list_or_event_of_anything_makes_a_reading(value: object) -> None:
    read(json.dumps([{"type": "ObjectEvent"}, value]).encode())
    read(json.dumps({"type": "EPCISDocument", "epcisBody": value}).encode())


def test_a_value_nested_beyond_reason_is_told_without_falling_over() -> None:
    deep = "[" * 900 + "]" * 900
    text = json.dumps(replaced(("epcisBody", "eventList", 0, "bizStep"), "DEEP"))
    assert read(text.replace('"DEEP"', deep).encode()).refused
