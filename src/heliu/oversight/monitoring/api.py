"""Door of the monitoring desk."""

from heliu.oversight.monitoring.domain.rule import Measure, Rule, RuleBook, Severity
from heliu.oversight.monitoring.domain.sight import Subject, SubjectKind
from heliu.oversight.monitoring.domain.signals import Seen
from heliu.oversight.monitoring.domain.warning import Raised, WarningEvent, WarningEventKind
from heliu.oversight.monitoring.rules_file import shipped
from heliu.oversight.monitoring.service import Answer, agree_covenants, answer, watch_day
from heliu.oversight.monitoring.store import Covenant, Watched, all_warnings, by_party, standing

__all__ = [
    "Answer",
    "Covenant",
    "Measure",
    "Raised",
    "Rule",
    "RuleBook",
    "Seen",
    "Severity",
    "Subject",
    "SubjectKind",
    "WarningEvent",
    "WarningEventKind",
    "Watched",
    "agree_covenants",
    "all_warnings",
    "answer",
    "by_party",
    "shipped",
    "standing",
    "watch_day",
]
