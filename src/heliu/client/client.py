"""The client: a method for every operation of the open API."""

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID, uuid4

import httpx
import msgspec
from msgspec import Struct

from heliu.client.answers import (
    Acquisition,
    CreditDecision,
    Document,
    Drawdown,
    Financing,
    LineComplaint,
    Outcome,
    Payment,
    PreApproval,
    Programme,
    ProgrammeVersion,
    Receivable,
)
from heliu.client.calling import Answer, Call, Caller, Options, Problem, told
from heliu.client.requests import Amount, FinancingAsk, Payee, members
from heliu.client.signing import Credential

_OPTIONS: Final = Options()


class _Page(Struct, frozen=True):
    receivables: list[Receivable]
    next: UUID | None


class _Outcomes(Struct, frozen=True):
    outcomes: list[Outcome]


class _Programmes(Struct, frozen=True):
    programmes: list[Programme]


class _Versions(Struct, frozen=True):
    versions: list[ProgrammeVersion]


class _PreApprovals(Struct, frozen=True):
    pre_approvals: list[PreApproval]
    next: int | None


class _LineComplaints(Struct, frozen=True):
    complaints: list[LineComplaint]
    next: int | None


class _Result(Struct, frozen=True):
    status: int
    replayed: bool
    result: Financing | None = None
    problem: msgspec.Raw = msgspec.Raw()


class Client:
    """One connection's access to the bank. Thread-safe; close it, or use it in a with block.

    Every act takes an `idempotency_key`; left out, a fresh one is used for that call and its
    retries. Methods raise Problem when the bank says no, and Unreachable when nobody answered.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str,
        secret: str,
        options: Options = _OPTIONS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=url, timeout=options.timeout_seconds, transport=transport
        )
        self._caller = Caller(self._http, Credential(key, secret), options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        self.close()

    def close(self) -> None:
        """Close the pool of connections."""
        self._http.close()

    def decide_credit(
        self, receivable: UUID, amount: Amount | None = None, *, idempotency_key: str = ""
    ) -> CreditDecision:
        """E秒授信: what may be drawn on a receivable."""
        body = members(receivable=receivable, amount=amount)
        return self._act("/v1/credit-decisions", body, idempotency_key, CreditDecision)

    def draw_down(
        self, credit_decision: UUID, amount: Amount | None = None, *, idempotency_key: str = ""
    ) -> Drawdown:
        """E秒放款: draw on a credit decision."""
        body = members(credit_decision=credit_decision, amount=amount)
        return self._act("/v1/drawdowns", body, idempotency_key, Drawdown)

    def pay(
        self,
        drawdown: UUID,
        amount: Amount | None = None,
        payee: Payee | None = None,
        *,
        idempotency_key: str = "",
    ) -> Payment:
        """E秒支付: pay what was drawn, to the supplier itself or to `payee`."""
        body = members(drawdown=drawdown, amount=amount, payee=payee)
        return self._act("/v1/payments", body, idempotency_key, Payment)

    def finance(
        self,
        receivable: UUID,
        amount: Amount | None = None,
        payee: Payee | None = None,
        *,
        idempotency_key: str = "",
    ) -> Financing:
        """All three acts on one receivable, or nothing."""
        body = members(receivable=receivable, amount=amount, payee=payee)
        return self._act("/v1/financings", body, idempotency_key, Financing)

    def finance_many(self, asks: Sequence[FinancingAsk]) -> list[Financing | Problem]:
        """Up to 1,000 financings; one result each, in order: it, or the problem it met."""
        items = [
            members(
                idempotency_key=ask.idempotency_key,
                receivable=ask.receivable,
                amount=ask.amount,
                payee=ask.payee,
            )
            for ask in asks
        ]
        results = self._caller.ask(Call("POST", "/v1/financings/bulk", json=items), list[_Result])
        return [one.result or Problem(told(bytes(one.problem))) for one in results]

    def credit_decision(self, id_: UUID) -> CreditDecision:
        """A credit decision, as it was answered."""
        return self._get(f"/v1/credit-decisions/{id_}", CreditDecision)

    def drawdown(self, id_: UUID) -> Drawdown:
        """A drawdown, as it was answered."""
        return self._get(f"/v1/drawdowns/{id_}", Drawdown)

    def payment(self, id_: UUID) -> Payment:
        """A payment, as it was answered."""
        return self._get(f"/v1/payments/{id_}", Payment)

    def financing(self, id_: UUID) -> Financing:
        """A financing, as it was answered."""
        return self._get(f"/v1/financings/{id_}", Financing)

    def receivable(self, id_: UUID) -> Receivable:
        """One receivable, with what is available on it now."""
        return self._get(f"/v1/receivables/{id_}", Receivable)

    def receivables(self, *, page: int = 100) -> Iterator[Receivable]:
        """All receivables that concern you, read `page` (1 to 1,000) at a time."""
        after: UUID | None = None
        while True:
            params = {"limit": str(page), **({"after": str(after)} if after else {})}
            found = self._get("/v1/receivables", _Page, params)
            yield from found.receivables
            after = found.next
            if after is None:
                return

    def send_documents(self, files: Sequence[tuple[str, bytes]]) -> list[Outcome]:
        """Files of any format, each with its name; one outcome per document, in order."""
        call = Call("POST", "/v1/documents", files=tuple(files))
        return self._caller.ask(call, _Outcomes).outcomes

    def send_parties(self, document: Mapping[str, Any]) -> list[Outcome]:
        """Master data: an information flow document with `parties`."""
        return self._caller.ask(Call("POST", "/v1/parties", json=document), _Outcomes).outcomes

    def send_approvals(self, document: Mapping[str, Any]) -> list[Outcome]:
        """Confirmed or rejected payables: an information flow document with `approvals`."""
        return self._caller.ask(Call("POST", "/v1/approvals", json=document), _Outcomes).outcomes

    def document(self, id_: UUID) -> Document:
        """A trade document of yours, as the bank understood it."""
        return self._get(f"/v1/documents/{id_}", Document)

    def programmes(self) -> list[Programme]:
        """The programmes that concern you."""
        return self._get("/v1/programmes", _Programmes).programmes

    def programme(self, code: str) -> list[ProgrammeVersion]:
        """Every version of a programme that you may see, oldest first."""
        return self._get(f"/v1/programmes/{code}", _Versions).versions

    def propose_programme(self, programme: Mapping[str, Any]) -> Programme:
        """Propose a version, in the members of the programme file."""
        return self._caller.ask(Call("POST", "/v1/programmes", json=programme), Programme)

    def release_programme(self, code: str, version: int) -> Programme:
        """Release a version as a second person."""
        path = f"/v1/programmes/{code}/versions/{version}/release"
        return self._caller.ask(Call("POST", path), Programme)

    def acquire_suppliers(
        self, programme: str, suppliers: bytes, *, later: bool = False
    ) -> Acquisition:
        """Pre-approve a supplier list (CSV) under a programme in force.

        With `later` the answer comes at once and `finished_at` is None: read `acquisition(id)`.
        """
        call = Call(
            "POST",
            "/v1/acquisitions",
            params={"programme": programme},
            content=("text/csv", suppliers),
            headers={"Prefer": "respond-async"} if later else {},
        )
        return self._caller.ask(call, Acquisition)

    def acquisition(self, id_: UUID) -> Acquisition:
        """What came of a supplier list."""
        return self._get(f"/v1/acquisitions/{id_}", Acquisition)

    def pre_approvals(self, id_: UUID, *, page: int = 1000) -> Iterator[PreApproval]:
        """The answers of a supplier list by rank, read `page` (1 to 10,000) at a time."""
        after: int | None = 0
        while after is not None:
            params = {"after": str(after), "limit": str(page)}
            found = self._get(f"/v1/acquisitions/{id_}/pre-approvals", _PreApprovals, params)
            yield from found.pre_approvals
            after = found.next

    def line_complaints(self, id_: UUID, *, page: int = 1000) -> Iterator[LineComplaint]:
        """The lines of a supplier list that say nothing usable."""
        after: int | None = 0
        while after is not None:
            params = {"after": str(after), "limit": str(page)}
            found = self._get(f"/v1/acquisitions/{id_}/complaints", _LineComplaints, params)
            yield from found.complaints
            after = found.next

    def _act(self, path: str, body: Mapping[str, Any], key: str, kind: type[Answer]) -> Answer:
        return self._caller.ask(Call("POST", path, json=body, key=key or str(uuid4())), kind)

    def _get(
        self, path: str, kind: type[Answer], params: Mapping[str, str] | None = None
    ) -> Answer:
        return self._caller.ask(Call("GET", path, params), kind)
