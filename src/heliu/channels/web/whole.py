"""A whole answer in one write, where the server is uvicorn: the hot path's last microseconds.

ASGI sends an answer in two awaited messages, and uvicorn looks at every header of it again. An
answer of the door is whole and its headers are its own, so it is written as bytes. Wherever the
server is not as expected - another one, a test, a client that reads too slowly - the two messages
are sent.
"""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from heliu.channels.web.problem import Reply

_END: Final = b"\r\n"
_CLOSE: Final = b"connection: close\r\n"


def sent_whole(send: Any, reply: Reply) -> bool:
    """Whether `reply` was written at once; if not, nothing was, and it is to be sent."""
    cycle = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle:
        return False
    untouched = not (cycle.response_started or cycle.disconnected or cycle.flow.write_paused)
    if not untouched or cycle.access_log or cycle.scope["method"] != "POST":
        return False
    status, headers, body = reply
    closes = (b"connection", b"close") in headers
    parts = [STATUS_LINE[status]]
    for name, value in (*cycle.default_headers, *headers):
        parts += (name, b": ", value, _END)
    if closes:
        cycle.keep_alive = False
    elif not cycle.keep_alive:
        parts.append(_CLOSE)
    cycle.transport.write(b"".join((*parts, _END, body)))
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True
