"""Checking signatures: the RFC's own vectors, and everything that must not pass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.credit.origination.domain.signature import sound_key, verified
from heliu.credit.origination.simulators.signer import SimulatedSigner

# RFC 8032, 7.1: secret seed, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
            "1cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
            "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760"
            "984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493
SIGNER = SimulatedSigner(b"s" * 32)
SIGNED = SIGNER.sign(b"the contract")
KEY = SIGNER.public_key


@pytest.mark.parametrize(("seed", "public", "message", "signature"), VECTORS)
def test_the_standards_own_vectors_pass(
    seed: str, public: str, message: str, signature: str
) -> None:
    key, said, signed = map(bytes.fromhex, (public, message, signature))
    assert verified(key, said, signed)
    signer = SimulatedSigner(bytes.fromhex(seed))
    assert (signer.public_key, signer.sign(said)) == (key, signed)


@settings(max_examples=25)
@given(place=st.integers(0, 511), part=st.sampled_from(["signature", "key", "message"]))
def test_one_flipped_bit_anywhere_is_no_signature(place: int, part: str) -> None:
    said = {"signature": SIGNED, "key": KEY, "message": b"the contract"}
    flipped = bytearray(said[part])
    flipped[place // 8 % len(flipped)] ^= 1 << place % 8
    said[part] = bytes(flipped)
    assert not verified(said["key"], said["message"], said["signature"])


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        (KEY[:31], SIGNED),
        (KEY, SIGNED[:63]),
        (KEY, SIGNED + b"\0"),
        (b"\xff" * 32, SIGNED),  # y beyond the field
        (b"\x02" + b"\0" * 31, SIGNED),  # no point has that y
        (KEY, SIGNED[:32] + (int.from_bytes(SIGNED[32:], "little") + ORDER).to_bytes(32, "little")),
        (KEY, b"\xff" * 32 + SIGNED[32:]),
    ],
)
def test_what_is_not_canonical_is_no_signature(key: bytes, signature: bytes) -> None:
    assert verified(KEY, b"the contract", SIGNED)
    assert not verified(key, b"the contract", signature)


@pytest.mark.parametrize(
    "key",
    [
        (1).to_bytes(32, "little"),  # the neutral element: signs everything
        (2**255 - 20).to_bytes(32, "little"),  # order 2
        bytes(32),  # order 4
        (1 | 1 << 255).to_bytes(32, "little"),  # x = 0 with a sign
        b"short",
    ],
)
def test_a_key_of_small_order_is_no_key(key: bytes) -> None:
    assert not sound_key(key)
    neutral = (1).to_bytes(32, "little") + bytes(32)
    assert not verified(key, b"anything", neutral)
    assert sound_key(KEY)
