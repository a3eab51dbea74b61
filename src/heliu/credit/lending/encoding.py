"""Events and commands as JSON: what is stored of a detail, and what a command's digest covers."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from heliu.credit.engine.api import LoanEvent, event_from_json, event_to_json
from heliu.credit.lending.domain.contract import Act, Cancel, EnterStage, Open


def detail_json(event: LoanEvent) -> str:
    """The detail of an event as JSON; null where its kind has none."""
    return json.dumps(event_to_json(event)["detail"], sort_keys=True)


def event_of(row: Sequence[Any]) -> LoanEvent:
    """An event from its row: no, kind, effective on, recorded on, id, amount, detail."""
    no, kind, on, recorded_on, key, amount, detail = row
    return event_from_json(
        {
            "no": no,
            "kind": kind,
            "on": on.isoformat(),
            "recorded_on": recorded_on.isoformat(),
            "id": str(key),
            "amount": amount,
            "detail": detail,
        }
    )


def digest(command: Open | Act | EnterStage | Cancel) -> bytes:
    """SHA-256 of what a command says, so that its key cannot come to mean another one.

    Lots count where there are any: acts recorded before acts could name them keep their digest.
    """
    said = msgspec.to_builtins(command, order="sorted")
    if not said.get("lots", True):
        del said["lots"]
    return hashlib.sha256(msgspec.json.encode(said)).digest()
