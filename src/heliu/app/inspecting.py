"""What `heliu inspect` says of a file: facts as written, and every complaint in both languages."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from heliu.flows.confluence.api import CONNECTORS
from heliu.flows.intake.api import Blob, Complaint, Facts, Unreadable, blobs_from, read_blob


def inspect_files(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """One result per file (per member of an archive), in the order given; nothing is stored."""
    for item in blobs_from(paths, "inspect"):
        yield inspect_blob(item)


def inspect_blob(item: Blob | Unreadable) -> dict[str, Any]:
    """File, whether it may be used, facts, and complaints with code, place and message."""
    if isinstance(item, Unreadable):
        return _result(item.file, {}, (item.complaint,), refused=True)
    _, reading = read_blob(CONNECTORS, item)
    return _result(item.file, reading.facts, reading.complaints, refused=reading.refused)


def _result(
    file: str, facts: Facts, complaints: Sequence[Complaint], *, refused: bool
) -> dict[str, Any]:
    return {
        "file": file,
        "ok": not refused,
        "facts": facts,
        "complaints": [
            {
                "code": complaint.code,
                "place": complaint.place,
                "message": complaint.message.en,
                "message_zh": complaint.message.zh,
                "severity": complaint.severity,
            }
            for complaint in complaints
        ],
    }
