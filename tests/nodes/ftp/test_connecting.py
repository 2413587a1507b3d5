"""Which FTP servers are spoken to, and who is let in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

from activities.drivers.ftp import ftp_provider
from activities.drivers.ftp_listing import from_line
from activities.nodes.ftp.download import download_files
from activities.nodes.ftp.exists import exists_at
from activities.nodes.ftp.make_folder import make_folder_at
from tests.support.file_servers import PASSWORD, USER, ftp_server, silent_server
from tests.support.steps import Steps, failure_of
from tests.support.tls import make_certificate
from workflows.call import ErrorValue


async def failing(steps: Steps, address: dict[str, Any], **facts: Any) -> ErrorValue:
    return await failure_of(steps.do(exists_at, {**address, "path": "a"}, **facts))


@pytest.mark.parametrize("tls", ["explicit", "implicit"])
async def test_files_come_encrypted(tmp_path: Path, tls: Literal["explicit", "implicit"]) -> None:
    root = tmp_path / "served"
    root.mkdir()
    steps = Steps(tmp_path, ftp_provider())
    with ftp_server(root, certificate=make_certificate(tmp_path), tls=tls) as server:
        server.put("a.csv", "1;2")
        address = {"host": "127.0.0.1", "port": server.port, "username": USER, "password": PASSWORD, "tls": tls}

        untrusted = await failing(steps, address)
        await steps.do(download_files, {**address, "path": "a.csv", "verify_tls": False})

    assert ("UntrustedServerError", "configuration", False) == (untrusted.type, untrusted.kind, untrusted.acted)
    assert b"1;2" == await steps.content("a.csv")


async def test_no_password_goes_to_a_server_that_does_not_encrypt(steps: Steps, address: dict[str, Any]) -> None:
    error = await failing(steps, {**address, "tls": "explicit"})

    assert ("AccessDeniedError", "configuration", False) == (error.type, error.kind, error.acted)
    assert "does not encrypt" in error.message


async def test_a_wrong_password_is_a_matter_of_the_document(steps: Steps, address: dict[str, Any]) -> None:
    error = await failing(steps, {**address, "password": "guessed"})

    assert ("AccessDeniedError", "configuration", False) == (error.type, error.kind, error.acted)
    assert "guessed" not in error.message


async def test_a_server_that_is_not_there_is_tried_again(steps: Steps, address: dict[str, Any]) -> None:
    error = await failing(steps, {**address, "port": 9})

    assert ("ServerUnreachableError", "robot", False) == (error.type, error.kind, error.acted)


async def test_a_server_that_says_nothing_is_given_up(steps: Steps, address: dict[str, Any]) -> None:
    server, port = await silent_server()

    error = await failing(steps, {**address, "port": port}, timeout=3)

    assert ("ServerUnreachableError", False) == (error.type, error.acted)
    server.close()


async def test_a_line_break_in_a_path_smuggles_in_no_command(steps: Steps, address: dict[str, Any]) -> None:
    error = await failure_of(steps.do(exists_at, {**address, "path": "a\r\nDELE b"}))

    assert ("InvalidParamsError", False) == (error.type, error.acted)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-rw-r--r--   1 ftp ftp  1024 Jan 12 10:30 a b.csv", ("file", "a b.csv", 1024)),
        ("drwxr-xr-x+  2 1000 users 4096 Feb  3  2024 out", ("folder", "out", 0)),
        ("lrwxrwxrwx   1 ftp ftp     5 Jan 12 10:30 link -> out", ("other", "link", 0)),
        ("01-31-26  03:15PM       <DIR>          My Files", ("folder", "My Files", 0)),
        ("01-31-2026  03:15PM            12345 a.csv", ("file", "a.csv", 12345)),
        ("total 12", None),
        ("drwxr-xr-x   2 ftp ftp 4096 Jan 12 10:30 ..", None),
    ],
)
def test_lists_made_for_people_are_read(line: str, expected: tuple[str, str, int] | None) -> None:
    found = from_line(line)

    assert expected == (None if found is None else (found.kind, found.path, found.size))


async def test_a_password_with_a_line_break_is_named_and_not_told(steps: Steps, address: dict[str, Any]) -> None:
    error = await failure_of(steps.do(exists_at, {**address, "path": "a.txt", "password": "open sesame\n"}))

    assert ("InvalidParamsError", False) == (error.type, error.acted)
    assert "field 'password': expected one line, found a line break" in error.message
    assert "sesame" not in error.message


async def test_what_the_encoding_cannot_say_is_named(steps: Steps, address: dict[str, Any]) -> None:
    told = {**address, "encoding": "latin-1"}

    path = await failure_of(steps.do(make_folder_at, {**told, "path": "日本"}))
    password = await failure_of(steps.do(exists_at, {**told, "path": "a.txt", "password": "日本"}))

    assert {("InvalidParamsError", False)} == {(path.type, path.acted), (password.type, password.acted)}
    assert "'日本', or a name there, cannot be told in 'latin-1'" in path.message
    assert "fields 'username' and 'password'" in password.message
