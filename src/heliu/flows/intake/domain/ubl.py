"""UBL 2.0 to 2.4: bytes in, a reading out. Both the commercial and the logistics flow read it."""

from heliu.flows.intake.domain.reading import Blob, Complaint, Reading, any_refused, refusal
from heliu.flows.intake.domain.trade import Flow
from heliu.flows.intake.domain.ubl_arithmetic import sums_of
from heliu.flows.intake.domain.ubl_documents import document_of
from heliu.flows.intake.domain.ubl_facts import facts_of
from heliu.flows.intake.domain.ubl_names import document_type
from heliu.flows.intake.domain.ubl_profiles import profile_faults
from heliu.flows.intake.domain.ubl_rules import faults
from heliu.flows.intake.domain.ubl_tree import take_apart
from heliu.flows.intake.domain.untrusted import parse_xml


def ubl_flow(root: str | None) -> Flow | None:
    """The flow whose connector reads a root "{namespace}Local"; None if it is not UBL."""
    form = document_type(root)
    return None if form is None else form.flow


def read_ubl(blob: Blob) -> Reading:
    """Everything a UBL document says, as facts and as one trade document, and what is wrong."""
    root = parse_xml(blob.data)
    if isinstance(root, Complaint):
        return Reading({"well_formed": False, "sha256": blob.sha256}, complaints=(root,))
    form = document_type(root.tag)
    if form is None:
        zh = f"根元素 {root.tag} 不是 UBL 2 单据"
        en = f"the root {root.tag} is no UBL 2 document"
        return refusal("document.unknown_kind", "/", zh, en)
    tree = take_apart(root)
    sums = sums_of(tree)
    complaints = [*faults(tree, sums, form), *profile_faults(tree, sums, form)]
    documents = () if any_refused(complaints) else (document_of(tree, sums, form),)
    return Reading(
        lambda: facts_of(tree, sums) | {"well_formed": True, "sha256": blob.sha256},
        documents,
        tuple(complaints),
    )
