"""SQL of the party desk."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from psycopg.rows import TupleRow

from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.parties.party.domain.enterprise import (
    Account,
    AsOf,
    Party,
    Profile,
    Relation,
    RelationKind,
    Role,
    Status,
)
from heliu.parties.party.domain.group import CONTROLLING_SHARE, Reach

_REGISTER: Final = """
INSERT INTO parties.party (uscc, first_recorded_at)
VALUES (%s, %s)
ON CONFLICT (uscc) DO NOTHING"""
_LOCK: Final = """
SELECT uscc
FROM parties.party
WHERE uscc = ANY(%s)
ORDER BY uscc
FOR UPDATE"""
_VERSIONS: Final = """
SELECT
  uscc,
  version,
  name_zh,
  name_en,
  status,
  roles,
  legal_representative,
  phone,
  address,
  registered_on,
  effective_on,
  recorded_at
FROM parties.party_version
WHERE uscc = ANY(%s)
ORDER BY uscc, version"""
_IN_FORCE: Final = """
SELECT DISTINCT ON (uscc)
  uscc,
  version,
  name_zh,
  name_en,
  status,
  roles,
  legal_representative,
  phone,
  address,
  registered_on,
  effective_on,
  recorded_at
FROM parties.party_version
WHERE
  uscc = ANY(%s)
  AND effective_on <= %s
  AND recorded_at <= %s
ORDER BY uscc, effective_on DESC, version DESC"""
_ACCOUNTS: Final = """
SELECT
  a.uscc,
  a.version,
  a.account,
  a.bank
FROM parties.party_account AS a
INNER JOIN unnest(%s::text [], %s::integer []) AS wanted (uscc, version)
  ON
    a.uscc = wanted.uscc
    AND a.version = wanted.version
ORDER BY a.uscc, a.version, a.position"""
_RELATIONS: Final = """
SELECT
  r.uscc,
  r.version,
  r.kind,
  r.other_name,
  r.other_uscc,
  r.share
FROM parties.party_relation AS r
INNER JOIN unnest(%s::text [], %s::integer []) AS wanted (uscc, version)
  ON
    r.uscc = wanted.uscc
    AND r.version = wanted.version
ORDER BY r.uscc, r.version, r.position"""
_APPEND_VERSIONS: Final = """
COPY parties.party_version (
  uscc, version, name_zh, name_en, status, roles, legal_representative, phone, address,
  registered_on, effective_on, recorded_at, recorded_by
) FROM STDIN"""
_APPEND_ACCOUNTS: Final = """
COPY parties.party_account (uscc, version, position, account, bank) FROM STDIN"""
_APPEND_RELATIONS: Final = """
COPY parties.party_relation (uscc, version, position, kind, other_name, other_uscc, share)
FROM STDIN"""
# What a version no longer in force says is found too: the caller looks at what is in force.
_NEIGHBOURS: Final = """
SELECT r.uscc
FROM parties.party_relation AS r
WHERE
  r.kind = 'shareholder' AND r.share > %(share)s
  AND (r.other_uscc = ANY(%(owners)s) OR r.other_name = ANY(%(owner_names)s))
UNION
SELECT r.uscc
FROM parties.party_relation AS r
WHERE
  r.kind = 'guarantor'
  AND (r.other_uscc = ANY(%(guarantors)s) OR r.other_name = ANY(%(guarantor_names)s))
UNION
SELECT v.uscc
FROM parties.party_version AS v
WHERE v.name_zh = ANY(%(names)s)"""
_ALL_TIMES: Final = AsOf(date.max, datetime.max.replace(tzinfo=UTC))


def lock(tx: Tx, first_recorded: Mapping[str, datetime]) -> None:
    """Give each enterprise its identity row and hold the rows to the transaction's end."""
    tx.many(_REGISTER, sorted(first_recorded.items()))
    tx.run(_LOCK, (list(first_recorded),))


def versions(tx: Tx, usccs: Sequence[str]) -> list[Party]:
    """Every version of `usccs` ever recorded."""
    return _parties(tx, tx.rows(_VERSIONS, (list(usccs),)))


def in_force(tx: Tx, usccs: Sequence[str], as_of: AsOf | None) -> list[Party]:
    """The version of each of `usccs` that is in force at `as_of`."""
    at = as_of or _ALL_TIMES
    return _parties(tx, tx.rows(_IN_FORCE, (list(usccs), at.on, at.known_at)))


def neighbours(tx: Tx, near: Reach, names: Collection[str]) -> set[str]:
    """Who is or was held or guaranteed by those of `near`, or registered under one of `names`."""
    looked_for = {
        "share": CONTROLLING_SHARE,
        "owners": list(near.owners),
        "owner_names": list(near.owner_names),
        "guarantors": list(near.guarantors),
        "guarantor_names": list(near.guarantor_names),
        "names": list(names),
    }
    return {uscc for (uscc,) in tx.rows(_NEIGHBOURS, looked_for)}


def append(tx: Tx, actor: Actor, parties: Sequence[Party]) -> None:
    """Append new versions with their accounts and relations."""
    tx.copy(_APPEND_VERSIONS, [_version_row(party, actor) for party in parties])
    tx.copy(
        _APPEND_ACCOUNTS,
        [
            (party.uscc, party.version, position, account.number, account.bank)
            for party in parties
            for position, account in enumerate(party.profile.accounts)
        ],
    )
    tx.copy(
        _APPEND_RELATIONS,
        [
            (party.uscc, party.version, position, r.kind, r.name, r.uscc, r.share)
            for party in parties
            for position, r in enumerate(party.profile.relations)
        ],
    )


def _version_row(party: Party, actor: Actor) -> tuple[object, ...]:
    profile = party.profile
    return (
        party.uscc,
        party.version,
        profile.name_zh,
        profile.name_en,
        profile.status,
        sorted(str(role) for role in profile.roles),
        profile.legal_representative,
        profile.phone,
        profile.address,
        profile.registered_on,
        party.effective_on,
        party.recorded_at,
        actor.id,
    )


def _parties(tx: Tx, rows: Sequence[TupleRow]) -> list[Party]:
    wanted = [row[0] for row in rows], [row[1] for row in rows]
    accounts: dict[tuple[str, int], list[Account]] = defaultdict(list)
    for uscc, version, number, bank in tx.rows(_ACCOUNTS, wanted):
        accounts[uscc, version].append(Account(number, bank))
    relations: dict[tuple[str, int], list[Relation]] = defaultdict(list)
    for uscc, version, kind, name, other, share in tx.rows(_RELATIONS, wanted):
        relations[uscc, version].append(Relation(RelationKind(kind), name, other, share))
    return [_party(row, accounts[row[0], row[1]], relations[row[0], row[1]]) for row in rows]


def _party(row: TupleRow, accounts: Sequence[Account], relations: Sequence[Relation]) -> Party:
    uscc, version, name_zh, name_en, status, roles, representative, phone, address = row[:9]
    registered_on, effective_on, recorded_at = row[9:]
    profile = Profile(
        uscc,
        name_zh,
        name_en,
        Status(status),
        frozenset(Role(role) for role in roles),
        representative,
        phone,
        address,
        registered_on,
        tuple(accounts),
        tuple(relations),
    )
    return Party(profile, version, effective_on, recorded_at)
