from __future__ import annotations

import pytest

from activities.nodes.files.read import LARGEST, read
from tests.support.steps import Steps, failure_of
from workflows.call import FileEntry


async def test_text_is_read(steps: Steps) -> None:
    await steps.put("a/note.txt", "Grüße".encode())

    output = await steps.do(read, {"path": "a/note.txt"})

    assert {"content": "Grüße", "size": 7} == output


@pytest.mark.parametrize(
    ("content", "encoding"), [(b"\xef\xbb\xbfok", "utf-8"), ("ok".encode("utf-16"), "utf-16"), (b"ok", "cp1252")]
)
async def test_a_byte_order_mark_is_no_part_of_the_text(steps: Steps, content: bytes, encoding: str) -> None:
    await steps.put("note.txt", content)

    output = await steps.do(read, {"path": "note.txt", "encoding": encoding})

    assert "ok" == output["content"]


async def test_bytes_are_read_as_base64(steps: Steps) -> None:
    await steps.put("picture", b"\x00\xff")

    output = await steps.do(read, {"path": "picture", "format": "base64"})

    assert {"content": "AP8=", "size": 2} == output


async def test_text_of_another_encoding_is_a_business_error_that_names_the_byte(steps: Steps) -> None:
    await steps.put("note.txt", b"ab\xe4")

    error = await failure_of(steps.do(read, {"path": "note.txt"}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert "byte 2 is 0xe4" in error.message


async def test_an_unknown_encoding_is_refused(steps: Steps) -> None:
    error = await failure_of(steps.do(read, {"path": "note.txt", "encoding": "klingon"}))

    assert "InvalidParamsError" == error.type
    assert "'klingon'" in error.message


async def test_a_missing_file_is_named_with_what_was_probably_meant(steps: Steps) -> None:
    await steps.put("invoices.txt", b"")

    error = await failure_of(steps.do(read, {"path": "invoice.txt"}))

    assert "WorkspaceFileError" == error.type
    assert "the run has no file 'invoice.txt'; did you mean 'invoices.txt'?" == error.message


async def test_a_file_too_large_for_an_output_is_not_even_opened(steps: Steps) -> None:
    steps.files["big"] = FileEntry(digest=f"sha256:{'0' * 64}", size=LARGEST + 1)

    error = await failure_of(steps.do(read, {"path": "big"}))

    assert "ResultTooLargeError" == error.type
