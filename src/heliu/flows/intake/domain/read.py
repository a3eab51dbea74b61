"""One blob through the connectors: the first that recognises it reads it."""

from collections.abc import Sequence

from heliu.flows.intake.domain.reading import Blob, Complaint, Connector, Reading, refusal
from heliu.flows.intake.domain.untrusted import head_of, parse_xml


def read_blob(connectors: Sequence[Connector], blob: Blob) -> tuple[str, Reading]:
    """The name of the connector that read `blob` ("" if none would) and its reading."""
    if not blob.data:
        return "", refusal("file.empty", "/", "文件为空", "the file is empty")
    head = head_of(blob)
    if isinstance(head, Complaint):
        return "", Reading({}, complaints=(head,))
    for connector in connectors:
        if connector.recognises(head):
            return connector.name, connector.read(blob, head)
    return "", _unknown(blob)


def _unknown(blob: Blob) -> Reading:
    # A damaged XML file is told where it is damaged rather than that its kind is unknown.
    if blob.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        parsed = parse_xml(blob.data)
        if isinstance(parsed, Complaint):
            return Reading({}, complaints=(parsed,))
        zh, en = (
            f"不认识的 XML 根元素 {parsed.tag}",
            f"no connector reads the XML root {parsed.tag}",
        )
        return refusal("document.unknown_kind", "/", zh, en)
    return refusal(
        "document.unknown_kind", "/", "不认识的文件格式", "no connector reads this format"
    )
