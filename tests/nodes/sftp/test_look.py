"""What a server tells of a file by SFTP."""

from __future__ import annotations

from typing import Any

from activities.nodes.sftp.look import look_at
from tests.support.file_servers import Served
from tests.support.steps import Steps, failure_of


async def test_the_size_of_a_file_is_told(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    server.put("out/Ünï €.csv", "1;2")

    told = await steps.do(look_at, {**address, "path": "out/Ünï €.csv"})

    assert ("out/Ünï €.csv", "Ünï €.csv", 3, False) == (told["path"], told["name"], told["size"], told["folder"])


async def test_what_is_there_instead_is_told(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    server.put("out/may.csv")

    error = await failure_of(steps.do(look_at, {**address, "path": "out/june.csv"}))
    other = await failure_of(steps.do(look_at, {**address, "path": "nowhere/june.csv"}))

    assert ("business", False) == (error.kind, error.acted)
    assert "the server has no 'out/june.csv'; the folder 'out' holds 'may.csv'" == error.message
    assert "the server has neither 'nowhere/june.csv' nor the folder 'nowhere'" == other.message
