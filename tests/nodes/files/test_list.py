from __future__ import annotations

import pytest

from activities.nodes.files.list import list_files
from tests.support.steps import Steps


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("**", ["a.csv", "out/b.csv", "out/d.txt", "out/deep/c.csv"]),
        ("*.csv", ["a.csv"]),
        ("**/*.csv", ["a.csv", "out/b.csv", "out/deep/c.csv"]),
        ("out/*", ["out/b.csv", "out/d.txt"]),
        ("out/?.txt", ["out/d.txt"]),
        ("out/[bd].csv", []),
        ("a.csv", ["a.csv"]),
    ],
)
async def test_patterns_select_paths(steps: Steps, pattern: str, expected: list[str]) -> None:
    for path in ("out/b.csv", "a.csv", "out/deep/c.csv", "out/d.txt"):
        await steps.put(path, b"text")

    output = await steps.do(list_files, {"pattern": pattern})

    assert expected == [file["path"] for file in output["files"]]
    assert len(expected) == output["count"]


async def test_files_are_listed_with_name_and_size(steps: Steps) -> None:
    await steps.put("out/b.csv", b"text")

    output = await steps.do(list_files)

    assert [{"path": "out/b.csv", "name": "b.csv", "size": 4}] == output["files"]
