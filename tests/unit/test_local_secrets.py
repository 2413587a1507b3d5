from __future__ import annotations

import asyncio
import base64
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from activities.drivers.local_secrets import LocalSecrets
from workflows.errors import SecretStoreError, UnknownSecretError

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def store(tmp_path: Path) -> LocalSecrets:
    return LocalSecrets(tmp_path / "state" / "secrets", tmp_path / "config" / "secrets.key")


def test_a_secret_that_was_set_is_there_for_every_process(store: LocalSecrets, tmp_path: Path) -> None:
    store.set("portal.password", "hunter22")

    again = LocalSecrets(tmp_path / "state" / "secrets", tmp_path / "config" / "secrets.key")

    assert "hunter22" == again.get("portal.password")
    assert ("portal.password",) == again.names()


async def test_a_step_gets_its_value(store: LocalSecrets) -> None:
    await asyncio.to_thread(store.set, "a", "hunter22")

    assert "hunter22" == await store.resolve("a")


def test_a_secret_nobody_has_set_says_how_to_set_it(store: LocalSecrets) -> None:
    with pytest.raises(UnknownSecretError, match="aether secret set portal"):
        store.get("portal")


def test_a_secret_can_be_replaced_and_deleted(store: LocalSecrets) -> None:
    store.set("a", "one")
    store.set("a", "two")

    assert "two" == store.get("a")
    assert store.delete("a")
    assert not store.delete("a")
    assert () == store.names()


def test_nothing_can_be_read_from_the_file_without_the_key(store: LocalSecrets, tmp_path: Path) -> None:
    store.set("portal-password", "hunter22")

    content = (tmp_path / "state" / "secrets").read_text()

    assert "hunter22" not in content
    assert "portal-password" not in content
    assert (tmp_path / "config" / "secrets.key").read_text() not in content


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_only_the_owner_can_read_file_and_key(store: LocalSecrets, tmp_path: Path) -> None:
    store.set("a", "b")

    modes = [
        stat.S_IMODE((tmp_path / path).stat().st_mode) for path in ("state/secrets", "config/secrets.key", "config")
    ]

    assert [0o600, 0o600, 0o700] == modes


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_a_key_that_others_can_read_is_refused(store: LocalSecrets, tmp_path: Path) -> None:
    store.set("a", "b")
    (tmp_path / "config" / "secrets.key").chmod(0o640)

    with pytest.raises(SecretStoreError, match="chmod 600"):
        store.get("a")


def test_a_key_can_come_from_the_environment_and_needs_no_file(tmp_path: Path) -> None:
    store = LocalSecrets(tmp_path / "secrets", tmp_path / "secrets.key", key=KEY)

    store.set("a", "hunter22")

    assert "hunter22" == store.get("a")
    assert not (tmp_path / "secrets.key").exists()


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(b"x" * 31).decode(), "ä" * 44])
def test_a_key_of_another_shape_is_refused_with_how_to_make_one(tmp_path: Path, key: str) -> None:
    store = LocalSecrets(tmp_path / "secrets", tmp_path / "secrets.key", key=key)

    with pytest.raises(SecretStoreError, match="openssl rand -base64 32"):
        store.set("a", "b")


def test_a_wrong_key_is_told_from_a_damaged_file(store: LocalSecrets, tmp_path: Path) -> None:
    store.set("a", "b")
    path = tmp_path / "state" / "secrets"

    with pytest.raises(SecretStoreError, match="another key than that of the environment"):
        LocalSecrets(path, tmp_path / "other", key=KEY).get("a")
    envelope = json.loads(path.read_text())
    path.write_text(json.dumps(envelope | {"content": envelope["content"][:-8] + "AAAAAAA="}))
    with pytest.raises(SecretStoreError, match="damaged"):
        store.get("a")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"format": "x"}', b'{"a": 1}'])
def test_a_file_that_is_something_else_is_damaged(store: LocalSecrets, tmp_path: Path, content: bytes) -> None:
    store.set("a", "b")
    (tmp_path / "state" / "secrets").write_bytes(content)

    with pytest.raises(SecretStoreError, match="damaged"):
        store.names()


def test_a_lost_key_is_never_replaced_by_a_new_one(store: LocalSecrets, tmp_path: Path) -> None:
    store.set("a", "b")
    (tmp_path / "config" / "secrets.key").unlink()

    with pytest.raises(SecretStoreError, match="is missing"):
        store.set("b", "c")
    assert not (tmp_path / "config" / "secrets.key").exists()


@pytest.mark.parametrize("name", ["", "a b", "ä", "a/b", "x" * 201, "a\n"])
def test_names_are_plain(store: LocalSecrets, name: str) -> None:
    with pytest.raises(SecretStoreError, match="name"):
        store.set(name, "value")


def test_an_empty_value_is_refused(store: LocalSecrets) -> None:
    with pytest.raises(SecretStoreError, match="aether secret delete a"):
        store.set("a", "")


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    def write(number: int) -> None:
        LocalSecrets(tmp_path / "secrets", tmp_path / "key").set(f"name-{number}", f"value-{number}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))

    store = LocalSecrets(tmp_path / "secrets", tmp_path / "key")
    assert 40 == len(store.names())
    assert "value-7" == store.get("name-7")
    assert ["key", "secrets", "secrets.lock"] == sorted(path.name for path in tmp_path.iterdir())
