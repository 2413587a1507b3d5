"""Downloads from a server by FTP."""

from __future__ import annotations

from typing import Any

from activities.nodes.ftp.download import download_files
from tests.support.file_servers import Served
from tests.support.steps import Steps, failure_of


async def test_a_file_gets_its_own_name_or_another(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    server.put("out/Ünï €.csv", "a;b")

    first = await steps.do(download_files, {**address, "path": "out/Ünï €.csv"})
    await steps.do(download_files, {**address, "path": "out/Ünï €.csv", "to": "in/"})
    await steps.do(download_files, {**address, "path": "out/Ünï €.csv", "to": "report.csv"})

    assert {"path": "Ünï €.csv", "remote": "out/Ünï €.csv", "size": 3} == first["files"][0]
    assert ("Ünï €.csv", 1, 3) == (first["path"], first["count"], first["size"])
    assert {"Ünï €.csv", "in/Ünï €.csv", "report.csv"} == set(steps.files)
    assert b"a;b" == await steps.content("report.csv")


async def test_many_files_keep_their_places(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    for path in ("out/a.csv", "out/may/b.csv", "out/may/c.txt"):
        server.put(path, path)

    told = await steps.do(download_files, {**address, "path": "out/**/*.csv", "to": "in"})
    nothing = await steps.do(download_files, {**address, "path": "out/*.pdf", "to": "in"})

    assert ["in/a.csv", "in/may/b.csv"] == [each["path"] for each in told["files"]]
    assert b"out/may/b.csv" == await steps.content("in/may/b.csv")
    assert {"path": None, "files": [], "count": 0, "size": 0} == nothing


async def test_a_folder_has_to_be_asked_for_as_one(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    server.put("out/a.csv")

    error = await failure_of(steps.do(download_files, {**address, "path": "out"}))

    assert "expected a file, found a folder: 'out'; write 'out/**' for all in it" == error.message


async def test_a_name_that_leads_out_of_the_workspace_is_refused(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    server.put("out/..\\..\\evil.txt", "evil")

    error = await failure_of(steps.do(download_files, {**address, "path": "out/*"}))

    assert ("PathOutsideWorkspaceError", False) == (error.type, error.acted)
    assert {} == steps.files
