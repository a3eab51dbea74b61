"""Routes of programmes: read what is in force, propose a version, release it as a second person."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from heliu.channels.openapi.views import Name, Uscc, View
from heliu.channels.web.api import Bank, Caller, no, permitted
from heliu.credit.products.api import (
    Programme,
    ProgrammeFile,
    Version,
    history,
    parse_programme,
    programmes,
    propose_programme,
    release_programme,
)
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.access.api import Permission

Code = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{2,59}$", examples=["sample-appliances"])]
VersionNo = Annotated[int, Path(ge=1, le=2**31 - 1)]
Reader = Annotated[Caller, Depends(permitted(Permission.PROGRAMMES_READ))]
Proposer = Annotated[Caller, Depends(permitted(Permission.PROGRAMMES_WRITE))]
Releaser = Annotated[Caller, Depends(permitted(Permission.PROGRAMMES_RELEASE))]


class ProgrammeView(View):
    """A programme's terms. Limits are shown to the core enterprise and the bank only."""

    code: str
    version: int
    effective_from: date
    name: Name
    core_enterprise: Uscc
    core_enterprise_name: Name
    currency: str
    product: str
    annual_rate: str
    day_count: str
    max_tenor_days: int
    advance_rate: str
    evidence: dict[str, str]
    entrusted_payment: bool
    suppliers: int
    limits: dict[str, str] | None


class VersionView(View):
    """One version, who proposed it, and who released it (null: nobody yet)."""

    terms: ProgrammeView
    sha256: str
    proposed_at: datetime
    proposed_by: str
    released_at: datetime | None
    released_by: str | None


class ProgrammesView(View):
    """The youngest released version of each programme that concerns you."""

    programmes: list[ProgrammeView]


class VersionsView(View):
    """Every version of one programme, oldest first."""

    versions: list[VersionView]


def programme_routes(bank: Bank) -> APIRouter:
    """The routes, on this bank."""
    router = APIRouter(prefix="/v1/programmes", tags=["programmes"])

    @router.get("", operation_id="listProgrammes")
    def listed(caller: Reader) -> ProgrammesView:
        """List the programmes that concern you, in the youngest released version."""
        with bank.database.transaction() as tx:
            found = [p for p in programmes(tx) if _concerns(p, caller)]
        return ProgrammesView(programmes=[_view(p, caller) for p in found])

    @router.get("/{code}", operation_id="getProgramme")
    def one(code: Code, caller: Reader) -> VersionsView:
        """Read every version of a programme; proposals are seen by its core enterprise."""
        with bank.database.transaction() as tx:
            found = history(tx, code)
        seen = [v for v in found if _owns(v.programme, caller)] or [
            v for v in found if v.released_at and _concerns(v.programme, caller)
        ]
        if not seen:
            raise no("resource.unknown")
        return VersionsView(versions=[_version(v, caller) for v in seen])

    @router.post("", operation_id="proposeProgramme")
    def propose(body: ProgrammeFile, caller: Proposer) -> ProgrammeView:
        """Propose a version of a programme; it counts once a second person released it."""
        text = body.model_dump_json(exclude_unset=True)
        programme = parse_programme(text, "the body")
        with bank.database.transaction() as tx:
            owners = [programme, *(v.programme for v in history(tx, programme.code))]
            if not all(_owns(owner, caller) for owner in owners):
                raise _not_yours(programme.code)
            propose_programme(tx, caller.actor, programme, bank.clock.now())
        return _view(programme, caller)

    @router.post("/{code}/versions/{version}/release", operation_id="releaseProgramme")
    def release(code: Code, version: VersionNo, caller: Releaser) -> ProgrammeView:
        """Release a proposed version as a second person: never the one who proposed it."""
        with bank.database.transaction() as tx:
            return _view(
                release_programme(tx, caller.actor, code, version, bank.clock.now()), caller
            )

    return router


def _owns(programme: Programme, caller: Caller) -> bool:
    return caller.sees(programme.buyer_uscc)


def _concerns(programme: Programme, caller: Caller) -> bool:
    return _owns(programme, caller) or programme.supplier(caller.party) is not None


def _view(programme: Programme, caller: Caller) -> ProgrammeView:
    limits = {
        "programme": programme.programme_limit,
        "obligor": programme.obligor_limit,
        "group": programme.group_limit,
        "product": programme.product_limit,
        "supplier": programme.supplier_limit,
    }
    return ProgrammeView(
        code=programme.code,
        version=programme.version,
        effective_from=programme.effective_from,
        name=_name(programme.name),
        core_enterprise=programme.buyer_uscc,
        core_enterprise_name=_name(programme.buyer_name),
        currency=programme.currency,
        product=programme.product_code,
        annual_rate=_decimal(programme.product.annual_rate),
        day_count=programme.product.day_count.value,
        max_tenor_days=programme.product.max_tenor_days,
        advance_rate=_decimal(programme.advance_rate),
        evidence=_evidence(programme),
        entrusted_payment=programme.entrusted_payment.required,
        suppliers=len(programme.suppliers),
        limits={name: str(limit.amount) for name, limit in limits.items()}
        if _owns(programme, caller)
        else None,
    )


def _version(version: Version, caller: Caller) -> VersionView:
    return VersionView(
        terms=_view(version.programme, caller),
        sha256=version.sha256,
        proposed_at=version.proposed_at,
        proposed_by=version.proposed_by,
        released_at=version.released_at,
        released_by=version.released_by,
    )


def _evidence(programme: Programme) -> dict[str, str]:
    asked = programme.requirements
    return {
        "order": asked.order.value,
        "receipt": asked.receipt.value,
        "approval": asked.approval.value,
    }


def _name(text: Text) -> Name:
    return Name(zh=text.zh, en=text.en)


def _decimal(value: Decimal) -> str:
    return format(value, "f")


def _not_yours(code: str) -> Refusal:
    return Refusal(
        "act.not_yours",
        Text("该方案属于其他核心企业", "this programme is another core enterprise's"),
        Text("由核心企业自己的连接提出", "propose it over the core enterprise's own connection"),
        {"programme": code},
    )
