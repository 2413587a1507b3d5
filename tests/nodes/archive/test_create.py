from __future__ import annotations

import io
import zipfile

import pytest

from activities.nodes.archive.create import create
from tests.support.steps import Steps, failure_of


@pytest.mark.parametrize("ending", ["zip", "tar.gz", "tar.xz"])
async def test_the_same_files_give_the_same_archive(steps: Steps, ending: str) -> None:
    for name in ("b", "a"):
        await steps.put(name, name.encode())

    for name in ("one", "two"):
        await steps.do(create, {"path": f"{name}.{ending}", "files": ["?"]})

    assert steps.files[f"one.{ending}"] == steps.files[f"two.{ending}"]


async def test_files_are_chosen_by_patterns_and_the_archive_is_not_in_itself(steps: Steps) -> None:
    for path in ("out/a.pdf", "out/b.txt", "c.pdf"):
        await steps.put(path, b"x")

    params = {"path": "a.zip", "files": ["**/*.pdf", "c.pdf", "*.zip"], "base": "/out/"}

    await steps.do(create, params)
    output = await steps.do(create, params)

    assert (["c.pdf", "a.pdf"], 2) == (output["files"], output["count"])
    with zipfile.ZipFile(io.BytesIO(await steps.content("a.zip"))) as archive:
        assert ["c.pdf", "a.pdf"] == archive.namelist()


async def test_a_file_that_is_missing_is_named(steps: Steps) -> None:
    error = await failure_of(steps.do(create, {"path": "a.zip", "files": ["none.txt"]}))

    assert "the run has no file 'none.txt' to pack" == error.message


async def test_files_do_not_get_one_name(steps: Steps) -> None:
    for path in ("out/a.txt", "a.txt"):
        await steps.put(path, b"x")

    error = await failure_of(steps.do(create, {"path": "a.zip", "files": ["**"], "base": "out"}))

    assert "two of the files would be called 'a.txt' in 'a.zip'; leave out 'base'" == error.message


async def test_an_archive_of_another_kind_is_refused(steps: Steps) -> None:
    error = await failure_of(steps.do(create, {"path": "a.7z", "files": ["**"]}))

    assert "'path'" in error.message
