"""Groups of connected customers (一组关联客户): who stands and falls together, for the group limit.

The rule on large exposures (商业银行大额风险暴露管理办法, 银保监会令 2018 年第 1 号) puts together
who is bound by control and who is economically dependent; so does Basel LEX10 (10.10), whose sure
sign of control is more than half of the votes. From what a register shows:

- control: more than half of the shares, directly or along a chain, and two under one controller;
- dependence: one enterprise guarantees another's debts. A professional guarantor (融资担保公司, of
  role `guarantor`) is in that business and connects nobody, nor does one the bank does not know.

An owner is known by USCC, else by its exact registered name. A natural person has only a name here,
and namesakes are common: two enterprises of one owner's name are connected only if they share a
telephone, address or bank account as well. One legal representative is no control; it stays a lead
(see relatedness). Dependence by turnover (half of receipts from one customer) is not seen here.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from heliu.parties.party.domain.enterprise import Profile, Relation, RelationKind, Role
from heliu.parties.party.domain.relatedness import account_key, address_key, phone_key

CONTROLLING_SHARE: Final = Decimal("0.5")  # more than this
_ORGANISATION: Final = re.compile(
    r"公司|集团|合伙|企业|中心|合作社|委员会|管理局|银行|基金|[厂店院所]$"
    r"|\b(?:LTD|LIMITED|INC|LLC|GMBH|CORP|PLC)\b\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reach:
    """By whom others may be held or guaranteed: codes and exact names to look up."""

    owners: frozenset[str]
    owner_names: frozenset[str]
    guarantors: frozenset[str]
    guarantor_names: frozenset[str]


def group_ids(profiles: Mapping[str, Profile]) -> dict[str, str]:
    """The group of every USCC that occurs in `profiles` (by USCC): its smallest USCC."""
    parents: dict[Hashable, Hashable] = {}
    for profile in profiles.values():
        _root(parents, profile.uscc)
    for first, second in _ties(profiles):
        parents[_root(parents, first)] = _root(parents, second)
    smallest: dict[Hashable, str] = {}
    codes = [node for node in parents if isinstance(node, str)]
    for code in codes:
        root = _root(parents, code)
        smallest[root] = min(code, smallest.get(root, code))
    return {code: smallest[_root(parents, code)] for code in codes}


def reach(codes: Iterable[str], profiles: Mapping[str, Profile]) -> Reach:
    """Whom to look up to find what is connected with `codes`, one step further."""
    known = [profiles[code] for code in codes if code in profiles]
    controllers = [r for profile in known for r in profile.relations if controls(r)]
    backing = [p for p in known if Role.GUARANTOR not in p.roles]
    names = {p.name_zh for p in known} | {r.name for r in controllers if r.name}
    return Reach(
        owners=frozenset({*codes, *(r.uscc for r in controllers if r.uscc)}),
        owner_names=frozenset(names),
        guarantors=frozenset(p.uscc for p in backing),
        guarantor_names=frozenset(p.name_zh for p in backing),
    )


def named_by(codes: Iterable[str], profiles: Mapping[str, Profile]) -> tuple[set[str], set[str]]:
    """Codes and names of the controllers and guarantors of `codes`."""
    relations = [
        relation
        for code in codes
        if code in profiles
        for relation in profiles[code].relations
        if controls(relation) or relation.kind is RelationKind.GUARANTOR
    ]
    return {r.uscc for r in relations if r.uscc}, {r.name for r in relations if not r.uscc}


def controls(relation: Relation) -> bool:
    """Whether the other side of `relation` controls by its shares."""
    return relation.kind is RelationKind.SHAREHOLDER and (relation.share or 0) > CONTROLLING_SHARE


def _ties(profiles: Mapping[str, Profile]) -> Iterator[tuple[Hashable, Hashable]]:
    """Pairs of nodes that are one group: USCCs, registered names, persons with a second trace."""
    registered: dict[str, list[Profile]] = {}
    for profile in profiles.values():
        registered.setdefault(profile.name_zh, []).append(profile)
    for profile in profiles.values():
        for relation in profile.relations:
            if controls(relation):
                yield from _control(profile, relation, registered)
            elif relation.kind is RelationKind.GUARANTOR:
                for backer in _backers(relation, profiles, registered):
                    yield profile.uscc, backer.uscc


def _control(
    profile: Profile, relation: Relation, registered: Mapping[str, list[Profile]]
) -> Iterator[tuple[Hashable, Hashable]]:
    if relation.uscc:
        yield profile.uscc, relation.uscc
    if relation.name in registered or _ORGANISATION.search(relation.name):
        yield profile.uscc, ("name", relation.name)
        for owner in registered.get(relation.name, ()):
            yield ("name", relation.name), owner.uscc
    elif not relation.uscc:
        for trace in _traces(profile):
            yield profile.uscc, ("person", relation.name, *trace)


def _backers(
    relation: Relation, profiles: Mapping[str, Profile], registered: Mapping[str, list[Profile]]
) -> list[Profile]:
    if relation.uscc is None:
        found = registered.get(relation.name, [])
    else:
        found = [profiles[relation.uscc]] if relation.uscc in profiles else []
    return [backer for backer in found if Role.GUARANTOR not in backer.roles]


def _traces(profile: Profile) -> Iterator[tuple[str, str]]:
    traces = [
        ("phone", phone_key(profile.phone or "")),
        ("address", address_key(profile.address or "")),
        *(("account", account_key(account.number)) for account in profile.accounts),
    ]
    return (trace for trace in traces if trace[1])


def _root(parents: dict[Hashable, Hashable], node: Hashable) -> Hashable:
    """The representative of `node`'s group so far (union-find with path halving)."""
    parents.setdefault(node, node)
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node
