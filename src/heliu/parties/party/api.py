"""Door of the party desk."""

from heliu.parties.party.domain.enterprise import (
    Account,
    AsOf,
    Party,
    Profile,
    Recorded,
    RecordParty,
    Relation,
    RelationKind,
    Role,
    Status,
)
from heliu.parties.party.domain.relatedness import TIE_TEXT, RelatedPair, Tie
from heliu.parties.party.domain.uscc import (
    USCC_ALPHABET,
    UsccFault,
    complete_uscc,
    uscc_fault,
    valid_uscc,
)
from heliu.parties.party.service import find_parties, group_of, record_parties, related_pairs

__all__ = [
    "TIE_TEXT",
    "USCC_ALPHABET",
    "Account",
    "AsOf",
    "Party",
    "Profile",
    "RecordParty",
    "Recorded",
    "RelatedPair",
    "Relation",
    "RelationKind",
    "Role",
    "Status",
    "Tie",
    "UsccFault",
    "complete_uscc",
    "find_parties",
    "group_of",
    "record_parties",
    "related_pairs",
    "uscc_fault",
    "valid_uscc",
]
