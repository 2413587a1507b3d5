"""Which SFTP servers are spoken to, and who is let in."""

from __future__ import annotations

from typing import Any

import pytest
from asyncssh import SFTPPermissionDenied

from activities.nodes.sftp.exists import exists_at
from activities.nodes.sftp.upload import upload_files
from tests.support.file_servers import Served, key_of, silent_server
from tests.support.steps import Steps, failure_of
from workflows.call import ErrorValue

HOST = key_of("host")
pytestmark = pytest.mark.filterwarnings("ignore:.*bcrypt.kdf:UserWarning")  # keys that are locked in no time


async def failing(steps: Steps, address: dict[str, Any], **facts: Any) -> ErrorValue:
    return await failure_of(steps.do(exists_at, {**address, "path": "a"}, **facts))


async def test_a_server_that_nobody_vouches_for_is_told_nothing(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    error = await failing(steps, {**address, "host_key": None})

    assert ("UntrustedServerError", "configuration", False) == (error.type, error.kind, error.acted)
    assert HOST.get_fingerprint() in error.message
    assert "write it as 'host_key'" in error.message
    assert [] == server.logins


async def test_a_server_with_another_key_is_told_nothing(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    error = await failing(steps, {**address, "host_key": key_of("other").get_fingerprint()})

    assert "UntrustedServerError" == error.type
    assert "somebody is in its place" in error.message
    assert [] == server.logins


async def test_a_line_of_known_hosts_vouches_for_a_server(steps: Steps, address: dict[str, Any]) -> None:
    key = HOST.export_public_key().decode().strip()
    line = f"[127.0.0.1]:{address['port']} {key}\n"

    assert not (await steps.do(exists_at, {**address, "host_key": line, "path": "a"}))["exists"]


@pytest.mark.parametrize("told", ["no key at all", "127.0.0.1 ssh-ed25519 AAAA"])
async def test_a_key_that_is_none_is_an_error(steps: Steps, address: dict[str, Any], told: str) -> None:
    error = await failing(steps, {**address, "host_key": told})

    assert "configuration" == error.kind
    assert error.acted is False


async def test_any_server_will_do_where_the_step_says_so(steps: Steps, address: dict[str, Any]) -> None:
    params = {**address, "host_key": None, "verify_host": False, "path": "a"}

    assert not (await steps.do(exists_at, params))["exists"]


async def test_a_wrong_password_is_a_matter_of_the_document(steps: Steps, address: dict[str, Any]) -> None:
    error = await failing(steps, {**address, "password": "guessed"})

    assert ("AccessDeniedError", "configuration", False) == (error.type, error.kind, error.acted)
    assert "with the password" in error.message
    assert "guessed" not in error.message


@pytest.mark.parametrize("passphrase", [None, "unlock"])
async def test_a_private_key_lets_in(steps: Steps, address: dict[str, Any], passphrase: str | None) -> None:
    key = key_of("user").export_private_key(passphrase=passphrase, rounds=1).decode()
    params = {**address, "password": None, "private_key": key, "passphrase": passphrase, "path": "a"}

    assert not (await steps.do(exists_at, params))["exists"]


async def test_a_key_that_is_locked_or_broken_says_so(steps: Steps, address: dict[str, Any]) -> None:
    locked = key_of("user").export_private_key(passphrase="unlock", rounds=1).decode()

    wrong = await failing(steps, {**address, "private_key": locked, "passphrase": "wrong"})
    broken = await failing(steps, {**address, "private_key": "-----BEGIN\nnothing"})

    assert "field 'passphrase': it does not unlock the private key" == wrong.message
    assert "field 'private_key'" in broken.message
    assert {"configuration"} == {wrong.kind, broken.kind}


async def test_a_server_that_is_not_there_is_tried_again(steps: Steps, address: dict[str, Any]) -> None:
    error = await failing(steps, {**address, "port": 9})
    unknown = await failing(steps, {**address, "host": "files.invalid"})

    assert {("ServerUnreachableError", "robot", False)} == {
        (each.type, each.kind, each.acted) for each in (error, unknown)
    }


async def test_a_server_that_says_nothing_is_given_up(steps: Steps, address: dict[str, Any]) -> None:
    server, port = await silent_server()

    error = await failing(steps, {**address, "port": port}, timeout=3)

    assert ("ServerUnreachableError", False) == (error.type, error.acted)
    server.close()


async def test_what_the_user_may_not_do_is_a_matter_of_the_document(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    await steps.put("a.txt", b"a")
    server.fail_with = SFTPPermissionDenied("not yours")

    error = await failure_of(steps.do(upload_files, {**address, "path": "a.txt", "to": "a.txt"}))

    assert ("AccessDeniedError", "configuration", False) == (error.type, error.kind, error.acted)
