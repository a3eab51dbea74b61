"""The vault: one key from which every secret comes, kept from everybody else."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from heliu.ground.errors import Refusal
from heliu.parties.access.api import Vault

KEY = bytes(range(32))


def test_a_new_folder_gets_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    home = tmp_path / "home"
    secret = Vault.open(home).secret_of("connection", "hk_1")
    assert (home / "master.key").stat().st_mode & 0o777 == 0o600
    assert Vault.open(home).secret_of("connection", "hk_1") == secret
    assert [path.name for path in home.iterdir()] == ["master.key"]


def test_another_folder_has_other_secrets(tmp_path: Path) -> None:
    one, other = (Vault.open(tmp_path / name).secret_of("connection", "hk_1") for name in "ab")
    assert one != other


def test_first_users_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as people:
        secrets = people.map(lambda _: Vault.open(tmp_path).secret_of("x", "y"), range(32))
    assert len(set(secrets)) == 1


def test_every_kind_owner_and_generation_has_its_own_secret() -> None:
    vault = Vault(KEY)
    labels = [("connection", "a", 1), ("connection", "a", 2), ("connection", "b", 1), ("x", "a", 1)]
    assert len({vault.secret_of(*label) for label in labels}) == len(labels)


def test_a_key_from_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    given = Vault.open(tmp_path, base64.b64encode(KEY).decode())
    assert given.secret_of("x", "y") == Vault(KEY).secret_of("x", "y")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["short", "!" * 44, base64.b64encode(b"k" * 31).decode(), "密钥"])
def test_a_value_that_is_no_key_is_refused_and_not_repeated(tmp_path: Path, value: str) -> None:
    with pytest.raises(Refusal) as refused:
        Vault.open(tmp_path, value)
    assert refused.value.code == "vault.master_key_invalid"
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("mode", "content", "code"),
    [
        (0o644, KEY, "vault.master_key_open"),
        (0o660, KEY, "vault.master_key_open"),
        (0o600, KEY[:-1], "vault.master_key_invalid"),
        (0o600, b"", "vault.master_key_invalid"),
    ],
)
def test_a_file_that_is_no_secret_key_is_refused(
    tmp_path: Path, mode: int, content: bytes, code: str
) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(Refusal) as refused:
        Vault.open(tmp_path)
    assert refused.value.code == code


def test_a_vault_does_not_show_its_key() -> None:
    assert KEY.hex() not in repr(Vault(KEY))
    assert not hasattr(Vault(KEY), "__dict__")
