"""The facts of an EPCIS event as written: names, counts, quantities, whatever its soundness."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from heliu.flows.intake.api import Facts

_PLAIN: Final = (
    "type",
    "eventID",
    "eventTime",
    "eventTimeZoneOffset",
    "action",
    "bizStep",
    "disposition",
)
_COUNTED: Final = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES: Final = (
    "quantityList",
    "childQuantityList",
    "inputQuantityList",
    "outputQuantityList",
)
_PLACES: Final = ("readPoint", "bizLocation")
_SIDES: Final = (("sourceList", "source"), ("destinationList", "destination"))


def event_facts(event: Mapping[str, Any]) -> Facts:
    """What an event says, field by field; what it does not say has no key."""
    facts: Facts = {key: plain(event[key]) for key in _PLAIN if key in event}
    facts.update(_goods(event))
    for key in _PLACES:
        place = event.get(key)
        if isinstance(place, dict) and "id" in place:
            facts[key] = plain(place["id"])
    facts.update(_trade(event))
    if elements := _objects(event.get("sensorElementList")):
        facts["sensor_elements"] = len(elements)
        facts["sensor_reports"] = sum(len(_objects(e.get("sensorReport"))) for e in elements)
    if "errorDeclaration" in event:
        facts["error_declaration"] = True
    return facts


def _goods(event: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in _COUNTED:
        if isinstance(event.get(key), list):
            yield f"{key}_count", len(event[key])
    for key in _QUANTITIES:
        if listed := _objects(event.get(key)):
            yield key, [_quantity(item) for item in listed]
    if "parentID" in event:
        yield "parent", plain(event["parentID"])


def _trade(event: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if listed := _objects(event.get("bizTransactionList")):
        yield (
            "transactions",
            [
                {"type": plain(item.get("type")), "id": plain(item.get("bizTransaction"))}
                for item in listed
            ],
        )
    for key, name in _SIDES:
        if listed := _objects(event.get(key)):
            yield key, [[plain(item.get("type")), plain(item.get(name))] for item in listed]


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _quantity(item: Mapping[str, Any]) -> Facts:
    return {
        "class": plain(item.get("epcClass")),
        "quantity": plain(item.get("quantity")),
        "uom": plain(item.get("uom")),
    }


def plain(value: object) -> object:
    """A text, number or truth as written; None for what is nested where it may not be.

    A number is a float where a double keeps every digit, else the digits as text.
    """
    if isinstance(value, dict | list):
        return None
    if not isinstance(value, Decimal):
        return value
    double = float(value)
    return double if isfinite(double) and Decimal(repr(double)) == value else str(value)
