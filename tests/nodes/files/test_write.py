from __future__ import annotations

from activities.nodes.files.write import write
from tests.support.steps import Steps, failure_of


async def test_text_is_written(steps: Steps) -> None:
    output = await steps.do(write, {"path": "./out//note.txt", "content": "Grüße"})

    assert {"path": "./out//note.txt", "size": 7} == output
    assert "Grüße".encode() == await steps.content("out/note.txt")


async def test_bytes_are_written_from_base64(steps: Steps) -> None:
    await steps.do(write, {"path": "picture", "content": "AP8=", "format": "base64"})

    assert b"\x00\xff" == await steps.content("picture")


async def test_a_second_write_replaces_the_first(steps: Steps) -> None:
    await steps.do(write, {"path": "note.txt", "content": "long text"})

    await steps.do(write, {"path": "note.txt", "content": "short"})

    assert b"short" == await steps.content("note.txt")


async def test_appending_adds_to_the_end_and_makes_the_file_if_need_be(steps: Steps) -> None:
    for line in ("one\n", "two\n"):
        await steps.do(write, {"path": "log.txt", "content": line, "append": True})

    assert b"one\ntwo\n" == await steps.content("log.txt")


async def test_what_is_no_base64_is_refused(steps: Steps) -> None:
    error = await failure_of(steps.do(write, {"path": "x", "content": "häh?", "format": "base64"}))

    assert "InvalidParamsError" == error.type
    assert {} == steps.files


async def test_a_character_the_encoding_lacks_is_named(steps: Steps) -> None:
    error = await failure_of(steps.do(write, {"path": "x", "content": "5 €", "encoding": "latin-1"}))

    assert "InvalidFileError" == error.type
    assert "'€'" in error.message
