"""Door of the verdicts desk."""

from heliu.decisions.verdicts.domain.release import Release
from heliu.decisions.verdicts.domain.verdict import (
    MAX_REASONS,
    DecisionCommand,
    FeatureValue,
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
from heliu.decisions.verdicts.service import decide, find, register_release, replay, verdicts_of

__all__ = [
    "MAX_REASONS",
    "DecisionCommand",
    "FeatureValue",
    "KeyReused",
    "Profile",
    "Reason",
    "Release",
    "ReleaseChanged",
    "ReleaseInvalid",
    "Replay",
    "UnknownRelease",
    "Verdict",
    "VerdictUnknown",
    "decide",
    "find",
    "packaged_release",
    "read_release",
    "register_release",
    "replay",
    "verdict_id",
    "verdicts_of",
]
