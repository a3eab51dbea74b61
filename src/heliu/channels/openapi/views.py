"""What the cold routes answer with, and the JSON they take: the models the page is made of."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from heliu.channels.web.api import Language, said
from heliu.flows.information.api import FORMAT
from heliu.flows.intake.api import Complaint, Outcome

MAX_ITEMS: Final = 20_000
Uscc = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$",
        description="Unified social credit code (GB 32100-2015).",
        examples=["91350200MA00TRD1XC"],
    ),
]
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]


class View(BaseModel):
    """An answer: complete as described, nothing besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Name(View):
    """A name in both languages."""

    zh: str
    en: str


class ComplaintView(View):
    """One thing wrong with a document, with its place in the file."""

    code: str
    place: str
    message: str
    severity: Literal["refused", "flagged"]


class OutcomeView(View):
    """What became of one document."""

    file: str
    status: Literal["accepted", "duplicate", "refused"]
    sha256: str = Field(description="Of the content, hex; empty for what could not be opened.")
    connector: str = Field(description="What read it; empty if nothing did.")
    documents: list[Id] = Field(description="Trade documents it holds; also of a repetition.")
    complaints: list[ComplaintView]


class Outcomes(View):
    """One outcome per document, in the order they were sent (archives: by name inside)."""

    outcomes: list[OutcomeView]


class DocumentView(View):
    """One trade document as the bank understood it."""

    id: Id
    sha256: str
    file: str
    document: dict[str, Any] = Field(description="Canonical form: kind, number, parties, lines.")


class HealthView(View):
    """Whether this process can act."""

    status: Literal["ready", "standby", "down"]


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["heliu-information"]
    version: Literal[1]
    issuer: Uscc
    issued_at: datetime


class PartiesBody(_Envelope):
    """Master data of enterprises, said by the issuer: the connection's own party."""

    parties: list[dict[str, Any]] = Field(min_length=1, max_length=MAX_ITEMS)


class ApprovalsBody(_Envelope):
    """Payables confirmed or rejected by their buyer: the connection's own party."""

    approvals: list[dict[str, Any]] = Field(min_length=1, max_length=MAX_ITEMS)


assert FORMAT == "heliu-information", "the envelope names the connector's format"


def outcome_view(outcome: Outcome, language: Language) -> OutcomeView:
    """One outcome in one language."""
    return OutcomeView(
        file=outcome.file,
        status=outcome.status.value,
        sha256=outcome.sha256,
        connector=outcome.connector,
        documents=[str(one) for one in outcome.documents],
        complaints=[_complaint(one, language) for one in outcome.complaints],
    )


def _complaint(complaint: Complaint, language: Language) -> ComplaintView:
    return ComplaintView(
        code=complaint.code,
        place=complaint.place,
        message=said(complaint.message, language),
        severity=complaint.severity.value,
    )
