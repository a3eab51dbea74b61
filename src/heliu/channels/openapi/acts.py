"""The hot routes: one act, or up to a thousand financings, from bytes to bytes.

Plain code on purpose: every microsecond here is paid by every request of the bank.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from heliu.channels.openapi.requests import (
    BODIES,
    MAX_BULK,
    Act,
    BulkFinancing,
    ask,
    check_once,
    read,
)
from heliu.channels.web.api import (
    Bank,
    Caller,
    Headers,
    Hot,
    Invalid,
    Language,
    Place,
    Reply,
    encode,
    language_of,
    media_type,
    no,
    problem,
    problem_body,
)
from heliu.credit.instants.api import ActKind, Answer, Ask
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.text import Text
from heliu.parties.access.api import Permission

PATHS: Final[Mapping[ActKind, str]] = {
    ActKind.CREDIT_DECISION: "/v1/credit-decisions",
    ActKind.DRAWDOWN: "/v1/drawdowns",
    ActKind.PAYMENT: "/v1/payments",
    ActKind.FINANCING: "/v1/financings",
}
BULK_PATH: Final = "/v1/financings/bulk"
PERMISSIONS: Final[Mapping[ActKind, Permission]] = {
    ActKind.CREDIT_DECISION: Permission.DECISIONS_WRITE,
    ActKind.DRAWDOWN: Permission.DRAWDOWNS_WRITE,
    ActKind.PAYMENT: Permission.PAYMENTS_WRITE,
    ActKind.FINANCING: Permission.FINANCINGS_WRITE,
}
ACT_BYTES: Final = 16 * 1024
BULK_BYTES: Final = 2**20
_KEY: Final = re.compile(rb"[\x21-\x7e]{1,200}")
_JSON: Final = b"application/json"
_TYPE: Final = (b"content-type", _JSON)
_REPLAYED: Final = (b"idempotency-replayed", b"true")
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class OneAct:
    """`POST` of one act."""

    bank: Bank
    kind: ActKind
    decoder: msgspec.json.Decoder[Act]
    permission: Permission
    path: str
    body_bytes: int = ACT_BYTES

    async def answer(self, caller: Caller, headers: Headers, body: bytes) -> Reply:
        """The act's own JSON, or a problem. Raises Refusal or Outage."""
        caller.require(self.permission)
        key = _key(headers)
        _must_be_json(headers)
        act = read(self.decoder, body)
        check_once(act, body)
        identity = derived_id("act", caller.connection.id, key)
        (answer,) = await self.bank.act((ask(self.kind, act, identity, caller.party),))
        marks = (_REPLAYED,) if answer.replayed else ()
        if answer.refusal is not None:
            return problem(answer.refusal, _language(headers), self.path, headers=marks)
        length = (b"content-length", b"%d" % len(answer.body))
        return Reply(_OK, (_TYPE, length, *marks), answer.body)


@dataclass(frozen=True, slots=True)
class ManyFinancings:
    """`POST` of many financings: one result per item, in order; a bad item hides no other."""

    bank: Bank
    items: msgspec.json.Decoder[list[msgspec.Raw]]
    item: msgspec.json.Decoder[BulkFinancing]
    body_bytes: int = BULK_BYTES

    async def answer(self, caller: Caller, headers: Headers, body: bytes) -> Reply:
        """An array of results. Raises Refusal or Outage for the whole."""
        caller.require(Permission.FINANCINGS_WRITE)
        _must_be_json(headers)
        items = read(self.items, body)
        if not 1 <= len(items) <= MAX_BULK:
            raise Invalid([Place("body", "", _count(len(items)))])
        asked = [self._ask(caller, item) for item in items]
        asks = [one for one in asked if isinstance(one, Ask)]
        answers = iter(await self.bank.act(asks)) if asks else iter(())
        language = _language(headers)
        results = [
            _result(next(answers) if isinstance(one, Ask) else one, language) for one in asked
        ]
        whole = b"[" + b",".join(results) + b"]"
        return Reply(_OK, (_TYPE, (b"content-length", b"%d" % len(whole))), whole)

    def _ask(self, caller: Caller, item: msgspec.Raw) -> Ask | Refusal:
        raw = bytes(item)
        try:
            financing = read(self.item, raw)
            check_once(financing, raw)
        except Refusal as refusal:
            return refusal
        identity = derived_id("act", caller.connection.id, financing.idempotency_key)
        return ask(ActKind.FINANCING, financing, identity, caller.party)


def hot_routes(bank: Bank) -> dict[str, Hot]:
    """The hot routes by path."""
    routes: dict[str, Hot] = {
        PATHS[kind]: OneAct(bank, kind, msgspec.json.Decoder(body), PERMISSIONS[kind], PATHS[kind])
        for kind, body in BODIES.items()
    }
    routes[BULK_PATH] = ManyFinancings(
        bank, msgspec.json.Decoder(list[msgspec.Raw]), msgspec.json.Decoder(BulkFinancing)
    )
    return routes


def _result(answer: Answer | Refusal, language: Language) -> bytes:
    refusal = answer if isinstance(answer, Refusal) else answer.refusal
    replayed = not isinstance(answer, Refusal) and answer.replayed
    mark = b"true" if replayed else b"false"
    if refusal is None:
        assert isinstance(answer, Answer), "what is not a refusal is an answer"
        return b'{"status":200,"replayed":%b,"result":%b}' % (mark, answer.body)
    told = problem_body(refusal, language, BULK_PATH)
    return b'{"status":%d,"replayed":%b,"problem":%b}' % (told["status"], mark, encode(told))


def _key(headers: Headers) -> str:
    key = headers.get(b"idempotency-key")
    if key is None:
        raise no("idempotency.missing")
    if not _KEY.fullmatch(key):
        raise no("idempotency.malformed")
    return key.decode("ascii")


def _must_be_json(headers: Headers) -> None:
    if headers.get(b"content-type") != _JSON and media_type(headers) != _JSON:
        raise no("http.unsupported_media")
    if b"content-encoding" in headers:
        raise no("http.unsupported_media")


def _language(headers: Headers) -> Language:
    return language_of(headers.get(b"accept-language", b"").decode("latin-1"))


def _count(items: int) -> Text:
    return Text(
        f"应有 1 至 {MAX_BULK} 项，现有 {items} 项",
        f"there must be 1 to {MAX_BULK} items, not {items}",
    )
