"""Use cases of the benchmarks desk: take in publications, say which quote counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from heliu.books.evidence.api import Entry, record
from heliu.credit.benchmarks import errors, store
from heliu.credit.benchmarks.domain import Publication, Quote, Wanted
from heliu.credit.regulation.api import Profile
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id


@dataclass(frozen=True, slots=True)
class Moment:
    """The business date publications are taken in on, the instant, and the house's profile."""

    business_date: date
    now: datetime
    profile: Profile


@dataclass(frozen=True, slots=True)
class Taken:
    """A publication that is recorded; `again`: it had been before."""

    publication: Publication
    again: bool = False


def take_in(
    tx: Tx, actor: Actor, publications: Sequence[Publication], at: Moment
) -> list[Taken | Refusal]:
    """Record each publication with its evidence, in order; a refusal refuses only its own.

    A day's publication that is known answers as before if it says the same, else
    `rates.quote_differs`. Refuses days to come, and in production what nobody verified.
    """
    if not publications:
        return []
    store.lock(tx)
    known = store.known(tx, publications)
    outcomes: list[Taken | Refusal] = []
    new: list[Publication] = []
    for one in publications:
        there = known.get((one.benchmark, one.published_on))
        if there is not None:
            same = there == dict(one.quotes)
            outcomes.append(
                Taken(one, again=True) if same else errors.differs(one.benchmark, one.published_on)
            )
        elif (refusal := _fault(one, at)) is not None:
            outcomes.append(refusal)
        else:
            known[one.benchmark, one.published_on] = dict(one.quotes)
            new.append(one)
            outcomes.append(Taken(one))
    store.add(tx, new, actor, at.now)
    record(tx, [_proof(one) for one in new])
    return outcomes


def _fault(one: Publication, at: Moment) -> Refusal | None:
    if one.published_on > at.business_date:
        return errors.in_the_future(one.benchmark, one.published_on, at.business_date)
    if at.profile is Profile.PRODUCTION and not one.verified:
        return errors.unverified(one.benchmark, one.published_on)
    return None


def _proof(one: Publication) -> Entry:
    on = one.published_on.isoformat()
    body = {
        "benchmark": one.benchmark,
        "published_on": on,
        "quotes": {tenor: str(rate) for tenor, rate in one.quotes.items()},
        "source": one.source.plain(),
        "checked": one.checked,
    }
    identity = derived_id("benchmark publication", one.benchmark, on)
    return Entry("benchmark_publication", identity, body)


def quotes_on(tx: Tx, wanted: Sequence[Wanted]) -> dict[Wanted, Quote]:
    """The quote that counts for each of `wanted`; one without is left out."""
    return store.in_force(tx, list(dict.fromkeys(wanted))) if wanted else {}


def listed(tx: Tx, limit: int) -> list[Publication]:
    """What is recorded, by benchmark, the youngest publication first; at most `limit` quotes."""
    return store.listed(tx, limit)
