"""A contract's text from its template, and what its parties sign. Pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Template
from uuid import UUID

from heliu.books.evidence.api import canonical_json
from heliu.credit.origination.domain.filing import ContractRef, Signer
from heliu.ground.errors import Fault


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled template: the text, and by what it is known."""

    text: str
    ref: ContractRef


def fill(name: str, template: str, words: Mapping[str, str]) -> Filled:
    """The template with every `$word` filled. Raises Fault for one unknown, or one not used.

    What is filled in stands on its own line of meaning: control characters become spaces, so no
    name can add a clause.
    """
    asked = set(Template(template).get_identifiers())
    if asked != words.keys():
        raise Fault(f"template {name} asks for {sorted(asked ^ words.keys())}")
    clean = {key: re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", said) for key, said in words.items()}
    text = Template(template).substitute(clean)
    return Filled(text, ContractRef(name, _sha256(template), _sha256(text)))


def to_sign(application_id: UUID, text_sha256: str, signer: Signer, signed_at: datetime) -> bytes:
    """The bytes a party signs: which contract, as whom, when (canonical JSON)."""
    return canonical_json(
        {
            "application": application_id,
            "contract_sha256": text_sha256,
            "signed_at": signed_at,
            "signer": signer.value,
        }
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
