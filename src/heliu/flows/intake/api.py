"""Door of the intake desk."""

from heliu.flows.intake.domain.archives import Unreadable, expand
from heliu.flows.intake.domain.codec import decode_document, encode_document
from heliu.flows.intake.domain.filing import Outcome, Read, Status, document_id, read_blobs
from heliu.flows.intake.domain.read import read_blob
from heliu.flows.intake.domain.reading import (
    Blob,
    Complaint,
    Connector,
    Facts,
    Head,
    Reading,
    Severity,
    kept,
    refusal,
)
from heliu.flows.intake.domain.trade import (
    FLOW_OF,
    Cash,
    Filed,
    Flow,
    Kind,
    Line,
    Observation,
    PartyRef,
    Totals,
    TradeDocument,
)
from heliu.flows.intake.domain.ubl import read_ubl, ubl_flow
from heliu.flows.intake.domain.untrusted import parse_json, parse_xml
from heliu.flows.intake.service import (
    content_for,
    documents_since,
    file_blobs,
    file_reads,
    find_documents,
    load_documents,
    papers_addressed_to,
)
from heliu.flows.intake.store_staff import (
    Arrived,
    Came,
    Sought,
    documents_came,
    search_documents,
)
from heliu.flows.intake.ways_in import batches, blobs_from
from heliu.flows.intake.ways_in_inbox import Inbox, Taken, poll, watch

__all__ = [
    "FLOW_OF",
    "Arrived",
    "Blob",
    "Came",
    "Cash",
    "Complaint",
    "Connector",
    "Facts",
    "Filed",
    "Flow",
    "Head",
    "Inbox",
    "Kind",
    "Line",
    "Observation",
    "Outcome",
    "PartyRef",
    "Read",
    "Reading",
    "Severity",
    "Sought",
    "Status",
    "Taken",
    "Totals",
    "TradeDocument",
    "Unreadable",
    "batches",
    "blobs_from",
    "content_for",
    "decode_document",
    "document_id",
    "documents_came",
    "documents_since",
    "encode_document",
    "expand",
    "file_blobs",
    "file_reads",
    "find_documents",
    "kept",
    "load_documents",
    "papers_addressed_to",
    "parse_json",
    "parse_xml",
    "poll",
    "read_blob",
    "read_blobs",
    "read_ubl",
    "refusal",
    "search_documents",
    "ubl_flow",
    "watch",
]
