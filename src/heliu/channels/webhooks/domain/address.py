"""Which addresses a partner may have us call: those of the public internet and no other.

A partner names the URL, so without this he could make the bank call its own inner machines (SSRF:
CWE-918). Every special purpose address (RFC 6890, IANA registries), multicast, and every way to
write an IPv4 address into an IPv6 one is refused.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

MAX_URL: Final = 2000
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")  # RFC 4291, 2.4; NAT64 and mapped ones are outside
_HIDDEN_OR_UNREAL: Final = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them (RFC 4380)
    IPv6Network("2002::/16"),  # 6to4 carries any IPv4 address (RFC 3056)
    IPv6Network("2001:db8::/32"),  # documentation (RFC 3849)
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)
_INNER_NAMES: Final = re.compile(
    r"(?:.*\.)?(?:localhost|local|internal|intranet|lan|home|corp|test|invalid|onion|arpa)"
)
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"  # RFC 1035, 2.3.4, and underscores
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*{_LABEL}|\[[0-9a-f:.]+\]")
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads: host in lower case (an IPv6 address without brackets) and port."""

    scheme: str
    host: str
    port: int

    @property
    def listed_as(self) -> frozenset[str]:
        """How a list of allowed places may name this one."""
        return frozenset({self.host, f"{self.host}:{self.port}"})


def place_of(url: str) -> Place | None:
    """Where `url` leads, or None if it is no plain http(s) URL of printable ASCII.

    No user, no password and no fragment: a URL is shown and logged, a secret in it would be too.
    """
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
    host = host.lower().removesuffix(".")
    plain = parts.scheme in _DEFAULT_PORTS and _HOST.fullmatch(host) and "\\" not in url
    if not plain or parts.fragment or port == 0:
        return None
    return Place(parts.scheme, host.strip("[]"), port or _DEFAULT_PORTS[parts.scheme])


def is_inner_name(host: str) -> bool:
    """Whether a host name has its meaning inside a network only (RFC 6761, RFC 8375, ICANN)."""
    return "." not in host or _INNER_NAMES.fullmatch(host) is not None


def is_literal(host: str) -> bool:
    """Whether `host` is an address. Also what only looks like one, as 127.1 and 0x7f000001 do."""
    last = host.rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")


def is_public(address: str) -> bool:
    """Whether `address` (as a resolver writes it) is one of the public internet."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast
    inside = ip in _GLOBAL_UNICAST and ip.is_global
    return inside and not any(ip in network for network in _HIDDEN_OR_UNREAL)
