"""Door of the verdicts desk."""

from heliu.decisions.verdicts.domain.explaining import Explained, Points, RuleAnswer
from heliu.decisions.verdicts.domain.release import Release
from heliu.decisions.verdicts.domain.verdict import (
    MAX_REASONS,
    DecisionCommand,
    FeatureValue,
    Outcome,
    Profile,
    Reason,
    Replay,
    Verdict,
    verdict_id,
)
from heliu.decisions.verdicts.errors import (
    KeyReused,
    ReleaseChanged,
    ReleaseInvalid,
    UnknownRelease,
    VerdictUnknown,
)
from heliu.decisions.verdicts.release_file import packaged_release, read_release
from heliu.decisions.verdicts.service import (
    Dossier,
    Otherwise,
    decide,
    dossier,
    find,
    register_release,
    replay,
    verdicts_of,
    what_if,
)
from heliu.decisions.verdicts.store_staff import (
    Decision,
    RefusedFor,
    Span,
    decided_by_span,
    decided_since,
    refused_for,
    search_verdicts,
)

__all__ = [
    "MAX_REASONS",
    "Decision",
    "DecisionCommand",
    "Dossier",
    "Explained",
    "FeatureValue",
    "KeyReused",
    "Otherwise",
    "Outcome",
    "Points",
    "Profile",
    "Reason",
    "RefusedFor",
    "Release",
    "ReleaseChanged",
    "ReleaseInvalid",
    "Replay",
    "RuleAnswer",
    "Span",
    "UnknownRelease",
    "Verdict",
    "VerdictUnknown",
    "decide",
    "decided_by_span",
    "decided_since",
    "dossier",
    "find",
    "packaged_release",
    "read_release",
    "refused_for",
    "register_release",
    "replay",
    "search_verdicts",
    "verdict_id",
    "verdicts_of",
    "what_if",
]
