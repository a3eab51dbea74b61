"""What EPCIS 2.0 asks across the fields of one event: it names what it is about, and to whom.

Source: GS1 EPCIS 2.0.1 sections 7.4.2 to 7.4.6, event type by event type.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from heliu.flows.logistics.epcis_shape import Fault, required

Event = Mapping[str, object]


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


ACROSS: Final[Mapping[str, Callable[[Event], Sequence[Fault]]]] = {
    "ObjectEvent": _across_object,
    "AggregationEvent": _across_aggregation,
    "AssociationEvent": _across_association,
    "TransactionEvent": _across_transaction,
    "TransformationEvent": _across_transformation,
}
