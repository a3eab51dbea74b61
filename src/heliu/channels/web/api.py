"""Door of the web desk."""

from heliu.channels.web.caller import (
    Caller,
    Permitted,
    Takes,
    is_public,
    permission_of,
    permitted,
    public,
    taken_by,
    takes,
)
from heliu.channels.web.catalogue import DOOR, TITLES, no, status_of
from heliu.channels.web.cold import cold_application, cold_routes
from heliu.channels.web.door import Application, Cold, Door, Headers, Hot, Limits, media_type
from heliu.channels.web.knowing import PARTIES, parties_of
from heliu.channels.web.language import Language, language_of, said
from heliu.channels.web.origin import NOT_PERMITTED, NOT_YOURS, Speaker, checked
from heliu.channels.web.places import place_in_body
from heliu.channels.web.port import Bank, Health, Reads
from heliu.channels.web.problem import (
    MEDIA_TYPE,
    Invalid,
    Place,
    Reply,
    encode,
    problem,
    problem_body,
)
from heliu.channels.web.serving import Patience, serve, server_for
from heliu.channels.web.strict_json import check_quotes, parse_strictly

__all__ = [
    "DOOR",
    "MEDIA_TYPE",
    "NOT_PERMITTED",
    "NOT_YOURS",
    "PARTIES",
    "TITLES",
    "Application",
    "Bank",
    "Caller",
    "Cold",
    "Door",
    "Headers",
    "Health",
    "Hot",
    "Invalid",
    "Language",
    "Limits",
    "Patience",
    "Permitted",
    "Place",
    "Reads",
    "Reply",
    "Speaker",
    "Takes",
    "check_quotes",
    "checked",
    "cold_application",
    "cold_routes",
    "encode",
    "is_public",
    "language_of",
    "media_type",
    "no",
    "parse_strictly",
    "parties_of",
    "permission_of",
    "permitted",
    "place_in_body",
    "problem",
    "problem_body",
    "public",
    "said",
    "serve",
    "server_for",
    "status_of",
    "taken_by",
    "takes",
]
