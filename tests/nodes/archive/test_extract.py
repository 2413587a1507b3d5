from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from activities.nodes.archive.create import create
from activities.nodes.archive.extract import extract
from tests.support.steps import Steps, failure_of


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(*entries: tuple[str, bytes | str], mode: str = "w") -> bytes:
    """A tar of files, and of links where text is given."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in entries:
            entry = tarfile.TarInfo(name)
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
            else:
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content) if isinstance(content, bytes) else None)
    return buffer.getvalue()


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tgz", "tar.bz2", "tar.xz"])
async def test_what_was_packed_is_unpacked_again(steps: Steps, ending: str) -> None:
    contents = {"out/a.txt": b"one", "out/Ünïcode 😀/報告.bin": bytes(range(256)) * 50, "out/empty": b""}
    for path, content in contents.items():
        await steps.put(path, content)

    await steps.do(create, {"path": f"a.{ending}", "files": ["out/**"], "base": "out"})
    output = await steps.do(extract, {"path": f"a.{ending}", "to": "again"})

    assert sorted(f"again/{path.removeprefix('out/')}" for path in contents) == sorted(output["files"])
    for path, content in contents.items():
        assert content == await steps.content(f"again/{path.removeprefix('out/')}")


@pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
async def test_a_single_compressed_file_is_called_as_without_its_ending(
    steps: Steps, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    await steps.put(f"in/data.csv.{ending}", pack(b"id\n1\n"))

    output = await steps.do(extract, {"path": f"in/data.csv.{ending}", "to": "in"})

    assert ["in/data.csv"] == output["files"]
    assert b"id\n1\n" == await steps.content("in/data.csv")


async def test_only_files_that_match_are_unpacked(steps: Steps) -> None:
    await steps.put("a.zip", zipped({"x/a.xml": b"1", "x/b.pdf": b"2", "c.xml": b"3", "d/": b""}))

    output = await steps.do(extract, {"path": "a.zip", "pattern": "**/*.xml", "to": "in"})

    assert ["in/x/a.xml", "in/c.xml"] == output["files"]


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "a/../../b", "C:\\x", "..\\..\\x", "a/.. /b"])
async def test_no_name_leads_out_of_the_folder(steps: Steps, name: str) -> None:
    for path, content in {
        "a.zip": zipped({"ok": b"1", name: b"2"}),
        "a.tar": tarred(("ok", b"1"), (name, b"2")),
    }.items():
        await steps.put(path, content)

        error = await failure_of(steps.do(extract, {"path": path, "to": "in"}))

        assert ("InvalidFileError", "business") == (error.type, error.kind)
        assert "a file that must not be unpacked" in error.message
        assert not any(kept.startswith("in/") for kept in steps.files)


async def test_names_are_read_as_they_were_meant(steps: Steps) -> None:
    """Programs of macOS write UTF-8 without saying so, old ones of Unix cp1252."""
    unsaid = zipped({"M\u00fc.txt": b"1"}).replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00")
    await steps.put("mac.zip", unsaid)
    await steps.put("old.zip", zipped({"M@.txt": b"1"}).replace(b"M@.txt", "Mü.txt".encode("cp437")))
    await steps.put("old.tar", tarred(("M@.txt", b"1")).replace(b"M@.txt", "M¼.txt".encode("latin-1")))
    checked = bytearray(await steps.content("old.tar"))
    checked[148:156] = b"%06o\0 " % (sum(checked[:148]) + 8 * 32 + sum(checked[156:512]))
    await steps.put("old.tar", bytes(checked))

    names = [
        (await steps.do(extract, {"path": path, "to": path[:3]}))["files"] for path in ("mac.zip", "old.zip", "old.tar")
    ]

    assert [["mac/Mü.txt"], ["old/Mü.txt"], ["old/M¼.txt"]] == names


@pytest.mark.parametrize("size", [1_536, 1_600, 2_048])
async def test_a_tar_that_is_cut_off_is_not_taken_for_a_whole_one(steps: Steps, size: int) -> None:
    """Whether between two files, in what stands before one, or right behind that."""
    await steps.put("a.tar", tarred(("one.txt", b"x" * 1_000), ("two.txt", b"y" * 1_000))[:size])

    error = await failure_of(steps.do(extract, {"path": "a.tar"}))

    assert "InvalidFileError" == error.type


async def test_two_files_of_one_name_are_not_made_one_in_silence(steps: Steps) -> None:
    await steps.put("a.tar", tarred(("x", b"first"), ("x", b"last")))

    error = await failure_of(steps.do(extract, {"path": "a.tar"}))
    await steps.do(extract, {"path": "a.tar", "overwrite": True})

    assert "'a.tar' has two files that would be 'x'" in error.message
    assert b"last" == await steps.content("x")


async def test_a_folder_outside_of_the_workspace_is_the_authors_mistake(steps: Steps) -> None:
    await steps.put("a.tar", tarred(("x", b"1")))

    error = await failure_of(steps.do(extract, {"path": "a.tar", "to": "../x"}))

    assert ("PathOutsideWorkspaceError", "configuration") == (error.type, error.kind)


async def test_links_are_left_out_and_named(steps: Steps) -> None:
    await steps.put("a.tar.gz", tarred(("ok", b"1"), ("evil", "/etc/passwd"), mode="w:gz"))

    output = await steps.do(extract, {"path": "a.tar.gz"})

    assert (["ok"], ["evil"]) == (output["files"], output["skipped"])


def bomb_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("x", bytes(25 * 2**20))
        archive.infolist()[0].file_size *= 2
    return buffer.getvalue()


def bomb_tar() -> bytes:
    buffer = io.BytesIO()
    with lzma.open(buffer, "wb", preset=0) as file:
        entry = tarfile.TarInfo("x")
        entry.size = 30 * 2**20
        file.write(entry.tobuf())
        file.write(bytes(30 * 2**20))
    return buffer.getvalue()


@pytest.mark.parametrize("content", [bomb_zip(), bomb_tar(), lzma.compress(bytes(30 * 2**20), preset=0)])
async def test_a_bomb_is_not_unpacked(steps: Steps, content: bytes) -> None:
    await steps.put("a", content)

    error = await failure_of(steps.do(extract, {"path": "a", "to": "in"}))

    assert "'a' unpacks to more than 1000 times its size" in error.message


async def test_more_than_2_gib_are_refused_before_anything_is_unpacked(steps: Steps) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x", b"")
        archive.infolist()[0].file_size = 2**31 + 1
    await steps.put("a.zip", buffer.getvalue())

    assert "unpacks to more than 2 GiB" in (await failure_of(steps.do(extract, {"path": "a.zip"}))).message


async def test_too_many_files_are_refused(steps: Steps) -> None:
    await steps.put("a.zip", zipped({str(number): b"" for number in range(10_001)}, method=zipfile.ZIP_STORED))

    error = await failure_of(steps.do(extract, {"path": "a.zip", "pattern": "none"}))

    assert "more than 10000 files" in error.message


async def test_a_file_in_the_way_is_replaced_only_if_asked(steps: Steps) -> None:
    await steps.put("x", b"old")
    await steps.put("a.zip", zipped({"x": b"new"}))

    error = await failure_of(steps.do(extract, {"path": "a.zip"}))
    await steps.do(extract, {"path": "a.zip", "overwrite": True})

    assert "the run already has a file 'x'" in error.message
    assert b"new" == await steps.content("x")


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", b"PK\x03\x04" + bytes(100), gzip.compress(os.urandom(99))[:-30]],
    ids=["empty", "text", "zip that ends", "gzip that ends"],
)
async def test_what_is_no_archive_is_a_business_error(steps: Steps, content: bytes) -> None:
    await steps.put("a.zip", content)

    error = await failure_of(steps.do(extract, {"path": "a.zip"}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert "'a.zip' is no archive" in error.message


PROTECTED = bytes.fromhex(
    "504b03040a0009000000f89b755dac2a93d80e0000000200000005000000612e7478744b5badfa72a03e6bbeebec5e3d0f50"
    "4b0708ac2a93d80e00000002000000504b01021e030a0009000000f89b755dac2a93d80e0000000200000005000000000000"
    "0001000000a48100000000612e747874504b0506000000000100010033000000410000000000"
)
"""The text `hi` as `a.txt` behind the password `hush`: Python reads such archives, but cannot write them."""


async def test_a_protected_archive_opens_with_its_password_only(steps: Steps) -> None:
    await steps.put("a.zip", PROTECTED)

    closed = await failure_of(steps.do(extract, {"path": "a.zip"}))
    wrong = await failure_of(steps.do(extract, {"path": "a.zip", "password": "loud"}))
    await steps.do(extract, {"path": "a.zip", "password": "hush"})

    assert "'a.txt' in 'a.zip' is protected; give the archive's 'password'" == closed.message
    assert "the given password does not open 'a.txt' in 'a.zip'" == wrong.message
    assert b"hi" == await steps.content("a.txt")
