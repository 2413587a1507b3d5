from __future__ import annotations

import gzip

import pytest

from activities.nodes.archive.create import create
from activities.nodes.archive.list import list_archive
from tests.support.steps import Steps, failure_of


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz"])
async def test_the_files_of_an_archive_are_listed(steps: Steps, ending: str) -> None:
    await steps.put("x/ä.txt", b"123")

    await steps.do(create, {"path": f"a.{ending}", "files": ["x/*"]})
    output = await steps.do(list_archive, {"path": f"a.{ending}"})

    assert {"files": [{"path": "x/ä.txt", "size": 3, "link": False}], "count": 1} == output


async def test_of_a_single_compressed_file_only_unpacking_tells_the_size(steps: Steps) -> None:
    await steps.put("a.csv.gz", gzip.compress(b"id\n"))

    output = await steps.do(list_archive, {"path": "a.csv.gz"})

    assert [{"path": "a.csv", "size": None, "link": False}] == output["files"]


async def test_what_is_no_archive_is_said(steps: Steps) -> None:
    await steps.put("a.zip", b"text")

    assert "'a.zip' is no archive" in (await failure_of(steps.do(list_archive, {"path": "a.zip"}))).message
