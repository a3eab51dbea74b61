"""Refusals of the evidence desk."""

from uuid import UUID

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


class EvidenceContradicted(Refusal):
    """The same thing was said differently before; history is not rewritten."""

    def __init__(self, kind: str, subject_id: UUID) -> None:
        super().__init__(
            "evidence.contradicted",
            Text(
                f"{kind} {subject_id} 已以不同内容存证",
                f"{kind} {subject_id} is in the evidence log with another content",
            ),
            Text("以新的编号登记更正", "record the correction under an id of its own"),
            {"kind": kind, "subject_id": str(subject_id)},
        )


class NotInEvidence(Refusal):
    """Nothing in the log (of that size) answers to what was asked for."""

    def __init__(self, asked: str) -> None:
        super().__init__(
            "evidence.unknown",
            Text(f"存证中没有 {asked}", f"the evidence log does not hold {asked}"),
            Text(
                "请核对编号, 或取其登记之后的规模",
                "check the id, or ask for a size after it was recorded",
            ),
            {"asked": asked},
        )


class EvidenceAmbiguous(Refusal):
    """Several leaves speak of the same subject: which one is meant?"""

    def __init__(self, subject_id: UUID, kinds: list[str]) -> None:
        listed = ", ".join(kinds)
        super().__init__(
            "evidence.ambiguous",
            Text(
                f"{subject_id} 有多条存证: {listed}", f"{subject_id} has several leaves: {listed}"
            ),
            Text("请指明种类", "name the kind"),
            {"subject_id": str(subject_id), "kinds": kinds},
        )
