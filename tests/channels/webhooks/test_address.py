"""Where a partner may have us call: the public internet, however an address is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.channels.webhooks.domain.address import (
    Place,
    is_inner_name,
    is_literal,
    is_public,
    place_of,
)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "114.114.114.114", "100.128.0.1", "2400:3200::1", "2606:4700::1111", "1.0.0.1"],
)
def test_addresses_of_the_public_internet_are_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",  # loopback
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104 - no binding, an address to refuse
        "10.1.2.3",  # private
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",  # carrier-grade NAT
        "169.254.169.254",  # cloud metadata, link-local
        "100.100.100.200",  # cloud metadata inside carrier-grade NAT
        "192.0.2.1",  # documentation
        "198.18.0.1",  # benchmarking
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",  # multicast
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",  # IPv4-mapped
        "::ffff:8.8.8.8",
        "::ffff:169.254.169.254",
        "::10.0.0.1",  # IPv4-compatible
        "64:ff9b::a00:1",  # NAT64
        "2002:a00:1::1",  # 6to4
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",  # cloud metadata
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "localhost",
        "",
    ],
)
def test_no_other_address_is_called(address: str) -> None:
    assert not is_public(address)


@given(address=st.ip_addresses(v=4))
def test_an_address_hidden_in_another_is_never_called(address: object) -> None:
    assert not is_public(f"::ffff:{address}")
    assert not is_public(f"::{address}")
    assert not is_public(f"64:ff9b::{address}")


@given(network=st.sampled_from(["10.0.0.0/8", "172.16.0.0/12", "127.0.0.0/8", "169.254.0.0/16"]),
       data=st.data())  # fmt: skip
def test_no_address_of_a_private_network_is_called(network: str, data: st.DataObject) -> None:
    assert not is_public(str(data.draw(st.ip_addresses(network=network))))


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://ERP.example.com/hook?x=1", Place("https", "erp.example.com", 443)),
        ("https://erp.example.com.:8443/", Place("https", "erp.example.com", 8443)),
        ("http://erp.example.com", Place("http", "erp.example.com", 80)),
        ("https://[2400:3200::1]:8443/", Place("https", "2400:3200::1", 8443)),
        ("https://xn--fiq228c.example/", Place("https", "xn--fiq228c.example", 443)),
    ],
)
def test_a_url_leads_to_a_host_and_port(url: str, place: Place) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize(
    "url",
    [
        "",
        "erp.example.com",
        "//erp.example.com/",
        "ftp://erp.example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://user:secret@erp.example.com/",
        "https://erp.example.com@127.0.0.1/",
        "https://erp.example.com\\@127.0.0.1/",
        "https://erp.example.com/#part",
        "https://erp.example.com:0/",
        "https://erp.example.com:99999/",
        "https://erp.example.com:x/",
        "https://erp.example.com:/",
        "https://erp .example.com/",
        "https://erp.example.com/a b",
        "https://erp.example.com/\r\nX: y",
        "https://erp.example.com/\x00",
        "https://企业.example/",
        "https://[::1/",
        "https://[v1.x]/",
        "https://-erp.example.com/",
        "https://erp..example.com/",
        "https://" + "a" * 64 + ".example.com/",
        "https://" + "a." * 124 + "example.com/",
        "https://erp.example.com/" + "a" * 2000,
    ],
)
def test_what_is_no_plain_url_leads_nowhere(url: str) -> None:
    assert place_of(url) is None


@given(text=st.text(max_size=40))
def test_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    place = place_of("https://" + text)
    assert place is None or place.host


@pytest.mark.parametrize(
    ("host", "inner"),
    [
        ("localhost", True),
        ("db", True),
        ("app.localhost", True),
        ("printer.local", True),
        ("metadata.google.internal", True),
        ("1.0.0.127.in-addr.arpa", True),
        ("erp.example.com", False),
        ("localhost.example.com", False),
    ],
)
def test_inner_names_are_known(host: str, inner: bool) -> None:  # noqa: FBT001 - a table
    assert is_inner_name(host) is inner


@pytest.mark.parametrize(
    ("host", "literal"),
    [
        ("127.0.0.1", True),
        ("127.1", True),
        ("2130706433", True),
        ("0x7f000001", True),
        ("0177.0.0.1", True),
        ("::1", True),
        ("erp.example.com", False),
    ],
)
def test_an_address_is_told_from_a_name(host: str, literal: bool) -> None:  # noqa: FBT001
    assert is_literal(host) is literal


def test_a_place_is_listed_by_host_or_by_host_and_port() -> None:
    assert Place("http", "demo", 8080).listed_as == {"demo", "demo:8080"}
