"""Standard words of GS1 CBV 2.0: business steps, dispositions and the other closed lists.

Source: GS1 Core Business Vocabulary 2.0 (2022), sections 7.1 to 7.8. Measurement types are
a code list of the GS1 Web Vocabulary that keeps growing: they are read, never judged.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# The white space of Unicode is spelled out: one look at a table instead of ten comparisons.
_BLANKS: Final = r"\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
URI: Final = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:[^{_BLANKS}<>\"{{}}|\\^`]+")
_GS1_FORM: Final = re.compile(
    r"(?:urn:epcglobal:cbv:(?P<urn>[a-z]+):|https?://ref\.gs1\.org/cbv/(?P<web>[A-Za-z]+)-"
    r"|cbv:(?P<curie>[A-Z][A-Za-z]*)-"
    r"|(?:gs1:|https?://(?:www\.|ref\.)?gs1\.org/voc/)(?P<voc>(?:SensorAlertType-)?))"
    r"(?P<word>[A-Za-z0-9_]+)"
)
_GS1_OWN: Final = re.compile(
    r"urn:epcglobal:cbv:|https?://ref\.gs1\.org/cbv/|cbv:(?:BizStep|Disp|BTT|SDT|ER|Comp)-"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One closed list: its name, its tags in URNs and web URIs, its words."""

    name: str
    name_zh: str
    tags: frozenset[str]
    words: frozenset[str]


def _list(name: str, name_zh: str, tags: str, words: str) -> Vocabulary:
    return Vocabulary(name, name_zh, frozenset(tags.split()), frozenset(words.split()))


BIZ_STEP: Final = _list(
    "business step",
    "业务步骤",
    "bizstep BizStep",
    """accepting arriving assembling collecting commissioning consigning creating_class_instance
    cycle_counting decommissioning departing destroying disassembling dispensing encoding
    entering_exiting holding inspecting installing killing loading other packing picking
    receiving removing repackaging repairing replacing reserving retail_selling sampling
    sensor_reporting shipping staging_outbound stock_taking stocking storing transporting
    unloading unpacking void_shipping""",
)
DISPOSITION: Final = _list(
    "disposition",
    "状态",
    "disp Disp",
    """active available completeness_inferred completeness_verified conformant container_closed
    container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit
    inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement
    no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved
    retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable
    unknown""",
)
BIZ_TRANSACTION: Final = _list(
    "business transaction type",
    "业务单据类型",
    "btt BTT",
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt",
)
SOURCE_DESTINATION: Final = _list(
    "source or destination type",
    "来源或去向类型",
    "sdt SDT",
    "owning_party possessing_party location",
)
ERROR_REASON: Final = _list("error reason", "差错原因", "er ER", "did_not_occur incorrect_data")
COMPONENT: Final = _list(
    "component",
    "分量",
    "comp Comp",
    """x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting
    northing latitude longitude altitude geocoordinate""",
)
SENSOR_ALERT: Final = _list(
    "sensor alert type",
    "传感器告警类型",
    "SensorAlertType- sensoralert",
    "ALARM_CONDITION ERROR_CONDITION",
)
ACTIONS: Final = frozenset({"ADD", "OBSERVE", "DELETE"})


def is_uri(value: object) -> bool:
    """Whether `value` is text of the form scheme:rest without white space (RFC 3986)."""
    return isinstance(value, str) and URI.fullmatch(value) is not None


def standard_word(value: str, vocabulary: Vocabulary) -> str | None:
    """The bare word of `value` if it is one of the list's, in any of the forms GS1 allows.

    A bare word, urn:epcglobal:cbv:<tag>:word, https://ref.gs1.org/cbv/<Tag>-word, cbv:<Tag>-word,
    or for sensor alerts gs1:word and https://gs1.org/voc/word.
    """
    if value in vocabulary.words:
        return value
    found = _GS1_FORM.fullmatch(value)
    if found is None or found["word"] not in vocabulary.words:
        return None
    tag = found["urn"] or found["web"] or found["curie"] or found["voc"]
    return found["word"] if not tag or tag in vocabulary.tags else None


def is_word_or_own_uri(value: object, vocabulary: Vocabulary) -> bool:
    """Whether `value` is a standard word or a user vocabulary's own URI (CBV 2.0, 6.2).

    A URI inside GS1's own CBV namespace that the list does not hold is neither.
    """
    if not isinstance(value, str):
        return False
    if value in vocabulary.words:
        return True
    if not is_uri(value):
        return False
    gs1s_own = _GS1_OWN.match(value) is not None
    return not gs1s_own or standard_word(value, vocabulary) is not None


REFERENCE_KINDS: Final[Mapping[str, str]] = {
    "po": "order",
    "desadv": "despatch",
    "recadv": "receipt",
    "inv": "invoice",
}
"""Business transaction types that name a document of ours, and the kind of that document."""
