"""Door of the rails desk."""

from heliu.payments.rails.domain.answers import Answer, Verdict, read_answers, sha256_of
from heliu.payments.rails.domain.writing import (
    Form,
    Instruction,
    PartyOnRail,
    Profile,
    write_instruction,
    write_query,
)
from heliu.payments.rails.file_rail import FileRail
from heliu.payments.rails.rail import Incoming, Outgoing, Rail
from heliu.payments.rails.simulator import Faults, Pace, Simulator, read_faults

__all__ = [
    "Answer",
    "Faults",
    "FileRail",
    "Form",
    "Incoming",
    "Instruction",
    "Outgoing",
    "Pace",
    "PartyOnRail",
    "Profile",
    "Rail",
    "Simulator",
    "Verdict",
    "read_answers",
    "read_faults",
    "sha256_of",
    "write_instruction",
    "write_query",
]
