"""Door of the acquisition desk."""

from heliu.credit.acquisition.domain.columns import Columns
from heliu.credit.acquisition.domain.complaints import Complaint, Fault
from heliu.credit.acquisition.domain.explaining import Told
from heliu.credit.acquisition.domain.judging import Judged, judge
from heliu.credit.acquisition.domain.plan import (
    TAKE_UP_BASE,
    TAKE_UP_BINS,
    Plan,
    Terms,
    compile_plan,
)
from heliu.credit.acquisition.domain.run import (
    RELEASE,
    AcquireCommand,
    PreApproval,
    Replay,
    Result,
    Run,
)
from heliu.credit.acquisition.domain.screening import features, without_flags
from heliu.credit.acquisition.enrolling import Enrol, Enrolment, LeftOut, enrol
from heliu.credit.acquisition.list_file import HEADERS, MAX_LINES, SCHEMA, SupplierList, read_list
from heliu.credit.acquisition.service import (
    Progress,
    acquire,
    complaints,
    find,
    finish,
    list_of,
    pre_approvals,
    replay,
    runs_under,
    start,
    unfinished,
)

__all__ = [
    "HEADERS",
    "MAX_LINES",
    "RELEASE",
    "SCHEMA",
    "TAKE_UP_BASE",
    "TAKE_UP_BINS",
    "AcquireCommand",
    "Columns",
    "Complaint",
    "Enrol",
    "Enrolment",
    "Fault",
    "Judged",
    "LeftOut",
    "Plan",
    "PreApproval",
    "Progress",
    "Replay",
    "Result",
    "Run",
    "SupplierList",
    "Terms",
    "Told",
    "acquire",
    "compile_plan",
    "complaints",
    "enrol",
    "features",
    "find",
    "finish",
    "judge",
    "list_of",
    "pre_approvals",
    "read_list",
    "replay",
    "runs_under",
    "start",
    "unfinished",
    "without_flags",
]
