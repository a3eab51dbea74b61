"""Related enterprises (关联方): who shares a representative, phone, address, account or owner.

CAS 36 (企业会计准则第36号) looks for control and influence; what the documents of trade finance
show are its traces. A shareholder counts from 25 %, the mark of the tax authority's related-party
rules (国家税务总局公告 2016 年第 42 号, art. 2). Persons are compared by name, so namesakes look
related: a tie is a lead, not a proof.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import Final

from heliu.ground.text import Text
from heliu.parties.party.domain.enterprise import Profile, RelationKind

SHARE_THAT_RELATES: Final = Decimal("0.25")
_MIN_PHONE_DIGITS: Final = 7
_COUNTRY: Final = re.compile(r"^(?:00)?86(?=\d{10,11}$)")
_EXTENSION: Final = re.compile(r"(?:(?:转|分机|EXT\.?|X)\s*\d*|(?<=\d{7})-\d{1,4})$")
_REGION: Final = re.compile(r"^(?:中国)?(?:[\u4e00-\u9fff]{2,3}省|[\u4e00-\u9fff]{2,6}自治区)?")
_NUMERAL: Final = re.compile(r"[一二三四五六七八九十]+(?=号|栋|幢|楼|层|室|单元|弄)")
_DIGITS: Final = "零一二三四五六七八九"
_NO_LETTERS: Final = re.compile(r"[^\w-]|_")


class Tie(StrEnum):
    """What two enterprises share."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    PHONE = "phone"
    ADDRESS = "address"
    ACCOUNT = "account"
    SHAREHOLDING = "shareholding"


TIE_TEXT: Final = {
    Tie.LEGAL_REPRESENTATIVE: Text(
        "登记的法定代表人同名", "their legal representatives have the same name"
    ),
    Tie.PHONE: Text("登记的电话号码相同", "they have the same telephone number"),
    Tie.ADDRESS: Text("登记的地址相同", "they have the same address"),
    Tie.ACCOUNT: Text("使用同一银行账户", "they use the same bank account"),
    Tie.SHAREHOLDING: Text(
        "一方持有另一方, 或同一股东持有双方, 不少于 25 % 的股份",
        "one holds 25 % or more of the other, or one owner holds 25 % or more of both",
    ),
}


@dataclass(frozen=True, slots=True)
class RelatedPair:
    """Two enterprises (by USCC, `first` < `second`) and everything they share, in order of Tie."""

    first: str
    second: str
    ties: tuple[Tie, ...]

    @property
    def texts(self) -> tuple[Text, ...]:
        """The ties in both languages, without personal data."""
        return tuple(TIE_TEXT[tie] for tie in self.ties)


def related(profiles: Iterable[Profile]) -> list[RelatedPair]:
    """All related pairs among `profiles` (one each), sorted. Linear but for the pairs found."""
    sharing: dict[tuple[Tie, str], set[str]] = defaultdict(set)
    owners: list[tuple[str, str]] = []
    names = {}
    for profile in profiles:
        names[person_key(profile.name_zh)] = profile.uscc
        for tie, key in _keys(profile):
            sharing[tie, key].add(profile.uscc)
        owners += [(owner, profile.uscc) for owner in _owners(profile)]
    ties: dict[tuple[str, str], set[Tie]] = defaultdict(set)
    for (tie, _), usccs in sharing.items():
        for pair in combinations(sorted(usccs), 2):
            ties[pair].add(tie)
    known = set(names.values())
    for owner, owned in owners:
        holder = owner if owner in known else names.get(owner, owned)
        if holder != owned:
            ties[min(holder, owned), max(holder, owned)].add(Tie.SHAREHOLDING)
    order = list(Tie)
    return [RelatedPair(*pair, tuple(sorted(ties[pair], key=order.index))) for pair in sorted(ties)]


def _keys(profile: Profile) -> Iterator[tuple[Tie, str]]:
    keys = [
        (Tie.LEGAL_REPRESENTATIVE, person_key(profile.legal_representative or "")),
        (Tie.PHONE, phone_key(profile.phone or "")),
        (Tie.ADDRESS, address_key(profile.address or "")),
        *((Tie.ACCOUNT, account_key(account.number)) for account in profile.accounts),
        *((Tie.SHAREHOLDING, owner) for owner in _owners(profile)),
    ]
    yield from ((tie, key) for tie, key in keys if key)


def _owners(profile: Profile) -> list[str]:
    # By code and by name: one register may know the owner's code, another only the name.
    return [
        key
        for relation in profile.relations
        if relation.kind is RelationKind.SHAREHOLDER and (relation.share or 0) >= SHARE_THAT_RELATES
        for key in (relation.uscc or "", person_key(relation.name))
        if key
    ]


def person_key(name: str) -> str:
    """A name without width, case, spaces and dots: 阿依古丽·买买提 is 阿依古丽买买提."""
    return _NO_LETTERS.sub("", _folded(name)).replace("-", "")


def account_key(number: str) -> str:
    """An account number without spaces and hyphens."""
    return person_key(number)


def phone_key(phone: str) -> str:
    """The digits of a telephone number without country code and extension.

    Empty for what is no number: fewer than seven digits, or one digit over and over.
    """
    text = _EXTENSION.sub("", _folded(phone).strip())
    digits = _COUNTRY.sub("", re.sub(r"\D", "", text))
    return digits if len(digits) >= _MIN_PHONE_DIGITS and len(set(digits)) > 1 else ""


def address_key(address: str) -> str:
    """An address without country, province, width, spaces and punctuation; 八号 is 8号.

    Empty without a house number: a whole district is not a shared address.
    """
    text = _NO_LETTERS.sub("", _folded(address).replace("#", "号"))
    text = _NUMERAL.sub(lambda found: str(_number(found[0])), _REGION.sub("", text))
    return text if re.search(r"\d", text) else ""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def _number(numeral: str) -> int:
    tens, ten, units = numeral.partition("十")
    if not ten:
        return int("".join(str(_DIGITS.index(c)) for c in numeral))
    head = _DIGITS.index(tens[-1]) if tens else 1
    tail = _DIGITS.index(units[0]) if units and units[0] != "十" else 0
    return head * 10 + tail
