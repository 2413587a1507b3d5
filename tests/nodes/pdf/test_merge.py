from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.rewriting import merge as merge_files
from activities.nodes.pdf.encrypt import encrypt
from activities.nodes.pdf.merge import merge
from activities.nodes.pdf.read import read
from activities.nodes.pdf.read_form import read_form
from tests.support.office import form, pdf
from tests.support.steps import Steps, failure_of
from workflows.errors import InvalidFileError


async def test_pages_follow_each_other_as_they_are_named(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["a1"], ["a2"], ["a3"]))
    await steps.put("b.pdf", pdf(["b1"]))
    await steps.do(encrypt, {"path": "b.pdf", "password": "p"})
    files = [{"path": "a.pdf", "pages": "3, 1"}, {"path": "b.pdf", "password": "p"}, "a.pdf"]

    output = await steps.do(merge, {"files": files, "to": "out/all.pdf"})

    assert ("out/all.pdf", 6) == (output["path"], output["page_count"])
    assert "a3\n\na1\n\nb1\n\na1\n\na2\n\na3" == (await steps.do(read, {"path": "out/all.pdf"}))["text"]


async def test_fields_of_a_form_stay_fields(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["a"]))
    await steps.put("form.pdf", form())

    await steps.do(merge, {"files": ["a.pdf", "form.pdf"], "to": "all.pdf"})

    assert "Peru" == (await steps.do(read_form, {"path": "all.pdf"}))["values"]["country"]


async def test_files_that_are_attached_stay_attached(steps: Steps) -> None:
    """An electronic invoice is its XML file: without it, it is none any more."""
    writer = PdfWriter(clone_from=BytesIO(pdf(["a"])))
    writer.add_attachment("factur-x.xml", b"<invoice/>")
    buffer = BytesIO()
    writer.write(buffer)
    await steps.put("a.pdf", buffer.getvalue())
    await steps.put("b.pdf", pdf(["b"]))

    await steps.do(merge, {"files": ["b.pdf", "a.pdf"], "to": "all.pdf"})

    merged = PdfReader(BytesIO(await steps.content("all.pdf")))
    assert {"factur-x.xml": [b"<invoice/>"]} == dict(merged.attachments)


def test_files_that_are_too_large_to_write_anew_are_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(201 * 2**20)
    source = PdfFile(large, None, "a.pdf"), None

    with pytest.raises(InvalidFileError, match="have 402 MiB together; a robot writes files of up to 400 MiB anew"):
        merge_files([source, source], tmp_path / "b.pdf")


async def test_a_file_that_is_none_is_named(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["a"]))
    await steps.put("b.pdf", b"text")

    error = await failure_of(steps.do(merge, {"files": ["a.pdf", "b.pdf"], "to": "c.pdf"}))

    assert "'b.pdf' is no PDF file" in error.message
