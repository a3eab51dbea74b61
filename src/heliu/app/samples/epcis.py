"""EPCIS 2.0 JSON-LD (GS1 EPCIS 2.0, CBV 2.0): goods shipped, watched on the road, received."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from heliu.app.samples.firms import FIRMS, Firm, drawn
from heliu.app.samples.trade import Line, Trade

Event = dict[str, Any]
_CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_OFFSET: Final = "+08:00"
_COLD_CEILING: Final = Decimal("6.0")
_ROAD_HOURS: Final = (2, 10, 18, 26)
_WARM_FROM: Final = 18
_COLD: Final = frozenset({"MILK"})


def events(trade: Trade) -> bytes:
    """The events of one delivery: shipping, the refrigerated road, receiving."""
    listed = [_shipping(trade)]
    if _is_cold(trade):
        listed += [_on_the_road(trade, hours) for hours in _ROAD_HOURS]
    listed.append(_receiving(trade))
    return document(f"{trade.supplier.code}-{trade.serial}", trade.received_on, listed)


def document(name: str, created_on: date, listed: Sequence[Event]) -> bytes:
    """An EPCISDocument of `listed` events."""
    whole = {
        "@context": [_CONTEXT, {"heliu": "https://heliu.example/epcis/"}],
        "id": f"https://heliu.example/epcis/documents/{name}",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": f"{created_on}T16:00:00.000{_OFFSET}",
        "epcisBody": {"eventList": listed},
    }
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode()


def _is_cold(trade: Trade) -> bool:
    return any(line.good.code in _COLD for line in trade.lines)


def _shipping(trade: Trade) -> Event:
    at = f"{trade.despatched_on}T08:30:00.000{_OFFSET}"
    lines = [(line, line.despatched) for line in trade.lines]
    return {
        **_core(trade, at, "shipping", "in_transit", trade.supplier),
        **_goods(trade, lines),
    }


def _receiving(trade: Trade) -> Event:
    at = f"{trade.received_on}T14:20:00.000{_OFFSET}"
    lines = [(line, line.received) for line in trade.lines]
    return {
        **_core(trade, at, "receiving", "in_progress", trade.buyer),
        "bizLocation": {"id": _place(trade.buyer)},
        **_goods(trade, lines),
        **(_measured(trade, at, warm=trade.alarm) if _is_cold(trade) else {}),
    }


def _on_the_road(trade: Trade, hours: int) -> Event:
    day = trade.despatched_on + timedelta(hours=8 + hours) // timedelta(days=1) * timedelta(1)
    at = f"{day}T{(8 + hours) % 24:02d}:30:00.000{_OFFSET}"
    return {
        **_core(trade, at, "transporting", "in_transit", FIRMS["YD"]),
        **_goods(trade, [(line, line.despatched) for line in trade.lines]),
        **_measured(trade, at, warm=trade.alarm and hours >= _WARM_FROM),
    }


def _measured(trade: Trade, at: str, *, warm: bool) -> Event:
    """What the tank's logger says; above the ceiling it raises an alarm itself."""
    logger = f"urn:epc:id:giai:{trade.supplier.gln[:7]}.T{trade.serial:03d}"
    degrees = Decimal("9.8") if warm else 3 + Decimal(drawn(at, logger, below=15)) / 10
    temperature: Event = {"type": "Temperature", "value": float(degrees), "uom": "CEL"}
    if degrees > _COLD_CEILING:
        temperature["exception"] = "ALARM_CONDITION"
    percent = float(55 + drawn(at, logger, "humidity", below=20))
    humidity = {"type": "RelativeHumidity", "value": percent, "uom": "A93"}
    metadata = {"time": at, "deviceID": logger}
    reports = [temperature, humidity]
    return {"sensorElementList": [{"sensorMetadata": metadata, "sensorReport": reports}]}


def _core(trade: Trade, at: str, step: str, disposition: str, reader: Firm) -> Event:
    orders = [("po", trade.buyer, trade.order_no)] if trade.has_order else []
    documents = [*orders, ("desadv", trade.supplier, trade.despatch_no)]
    return {
        "type": "ObjectEvent",
        "eventTime": at,
        "eventTimeZoneOffset": _OFFSET,
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": disposition,
        "readPoint": {"id": _place(reader)},
        "bizTransactionList": [
            {"type": kind, "bizTransaction": f"urn:epcglobal:cbv:bt:{issuer.gln}:{number}"}
            for kind, issuer, number in documents
        ],
    }


def _goods(trade: Trade, lines: Sequence[tuple[Line, int]]) -> Event:
    return {
        "quantityList": [
            {
                "epcClass": f"https://id.gs1.org/01/{line.good.gtin}/10/L{trade.serial:04d}",
                "quantity": quantity,
                **({} if line.good.unit == "EA" else {"uom": line.good.unit}),
            }
            for line, quantity in lines
        ],
        "sourceList": [{"type": "owning_party", "source": _party(trade.supplier)}],
        "destinationList": [{"type": "owning_party", "destination": _party(trade.buyer)}],
    }


def _place(firm: Firm) -> str:
    return f"https://id.gs1.org/414/{firm.gln}"


def _party(firm: Firm) -> str:
    return f"https://id.gs1.org/417/{firm.gln}"
