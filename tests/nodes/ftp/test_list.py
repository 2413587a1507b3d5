"""Lists of a server's files by FTP."""

from __future__ import annotations

from typing import Any

from activities.nodes.ftp.list import list_folder
from tests.support.file_servers import Served
from tests.support.steps import Steps


async def test_a_folder_is_listed(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    server.put("out/b 1.csv", "12")
    server.put("out/a.csv")
    server.put("out/old/c.csv")

    told = await steps.do(list_folder, {**address, "path": "out"})

    assert 3 == told["count"]
    assert [("out/a.csv", 0, False), ("out/b 1.csv", 2, False), ("out/old", 0, True)] == [
        (each["path"], each["size"], each["folder"]) for each in told["files"]
    ]


async def test_the_folder_where_the_user_begins_is_listed_by_default(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    server.put("a.csv")

    assert ["a.csv"] == [each["path"] for each in (await steps.do(list_folder, address))["files"]]


async def test_patterns_go_as_deep_as_they_say(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    for path in ("out/a.csv", "out/a.txt", "out/old/b.csv", "out/old/older/c.csv"):
        server.put(path)

    found = {
        pattern: [each["path"] for each in (await steps.do(list_folder, {**address, "path": pattern}))["files"]]
        for pattern in ("out/*.csv", "out/*/*.csv", "out/**/*.csv", "out/?.txt", "none/*.csv", "/out/*.csv")
    }

    assert {
        "out/*.csv": ["out/a.csv"],
        "out/*/*.csv": ["out/old/b.csv"],
        "out/**/*.csv": ["out/a.csv", "out/old/b.csv", "out/old/older/c.csv"],
        "out/?.txt": ["out/a.txt"],
        "none/*.csv": [],
        "/out/*.csv": ["/out/a.csv"],
    } == found


async def test_links_to_folders_are_not_followed(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    server.put("out/a.csv")
    (server.root / "out" / "again").symlink_to(server.root)

    found = await steps.do(list_folder, {**address, "path": "**"})

    assert ["out", "out/a.csv", "out/again"] == [each["path"] for each in found["files"]]
    assert not found["files"][2]["folder"]
