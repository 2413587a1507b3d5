from __future__ import annotations

import pytest

from activities.nodes.json.read import LARGEST, read
from tests.support.steps import Steps, failure_of
from workflows.call import FileEntry


async def test_numbers_keep_their_digits(steps: Steps) -> None:
    text = b"[12345678901234567890123, 0.1, 12345678901234567.89, 1e400, -0.0, 1.10]"
    await steps.put("a.json", text)

    output = await steps.do(read, {"path": "a.json"})

    assert [12345678901234567890123, 0.1, "12345678901234567.89", "1e400", 0.0, 1.1] == output["value"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
async def test_any_encoding_is_read(steps: Steps, encoding: str) -> None:
    await steps.put("ä.json", '{"Größe": "Müller"}'.encode(encoding))

    assert {"Größe": "Müller"} == (await steps.do(read, {"path": "ä.json"}))["value"]


async def test_each_line_may_be_a_value(steps: Steps) -> None:
    await steps.put("a.jsonl", '{"a": "1\u2028\x85"}\r\n\n["\\ud83d\\ude00"]\n'.encode())

    assert [{"a": "1\u2028\x85"}, ["😀"]] == (await steps.do(read, {"path": "a.jsonl", "lines": True}))["value"]


@pytest.mark.parametrize(
    ("content", "lines", "place"),
    [
        (b'{"a": 1,\n "b" 2}', False, "line 2, column 6: no JSON: expecting ':' delimiter"),
        (b"", False, "line 1, column 1: no JSON"),
        (b"[NaN]", False, "NaN is no number that JSON knows"),
        (b"[" * 100_000, False, "no JSON that can be read"),
        (b"1\n2\n{\n", True, "line 3"),
        (b'{"a": 1, "b": 2, "a": 3}', False, "an object has the key 'a' twice"),
        (b'["\\ud83d"]', False, "only half of a character"),
    ],
)
async def test_what_is_no_json_is_named_by_its_place(steps: Steps, content: bytes, lines: bool, place: str) -> None:  # noqa: FBT001
    await steps.put("a.json", content)

    error = await failure_of(steps.do(read, {"path": "a.json", "lines": lines}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert place in error.message


async def test_a_file_too_large_for_an_output_is_not_even_opened(steps: Steps) -> None:
    steps.files["a.json"] = FileEntry(digest=f"sha256:{'0' * 64}", size=LARGEST + 1)

    assert "ResultTooLargeError" == (await failure_of(steps.do(read, {"path": "a.json"}))).type
