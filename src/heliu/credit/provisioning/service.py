"""Use cases of the provisioning desk: the parameters of a date, and flags of risen risk."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.credit.provisioning import errors, store
from heliu.credit.provisioning.domain.parameters import Parameters
from heliu.credit.provisioning.domain.staging import Presumptions
from heliu.credit.provisioning.parameter_file import packaged
from heliu.credit.provisioning.store import Flag
from heliu.credit.regulation.api import Profile, Rules
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal

_CAUSE: Final = re.compile(r"[a-z_]+(\.[a-z0-9_]+)*")


def presumptions(rules: Rules) -> Presumptions:
    """The dated presumptions. Raises Refusal if one is not in force or may not be used."""
    return Presumptions(rules.whole("ecl.stage2_days"), rules.whole("ecl.stage3_days"))


def parameters(rules: Rules) -> Parameters:
    """The parameters in force on the rules' date. Raises Refusal if none are or may be used."""
    on = rules.on
    for held in packaged():
        if held.effective_from <= on and (held.effective_to is None or on < held.effective_to):
            if rules.profile is Profile.PRODUCTION and held.checked is None:
                raise errors.parameters_unverified(on)
            return held
    raise errors.parameters_missing(on)


def flag(tx: Tx, actor: Actor, commands: Sequence[Flag], now: datetime) -> list[UUID | Refusal]:
    """Record that credit risk has risen; each flag's key, in order, or why it was refused."""
    known = store.flags(tx, [command.key for command in commands])
    new: dict[UUID, Flag] = {}
    outcomes: list[UUID | Refusal] = []
    for command in commands:
        there = new.get(command.key) or known.get(command.key)
        if there is not None:
            outcomes.append(command.key if there == command else errors.key_reused())
        elif not _CAUSE.fullmatch(command.cause):
            outcomes.append(errors.cause_invalid())
        elif command.until <= command.start:
            outcomes.append(errors.period_empty())
        else:
            new[command.key] = command
            outcomes.append(command.key)
    store.add_flags(tx, list(new.values()), actor.id, now)
    return outcomes
