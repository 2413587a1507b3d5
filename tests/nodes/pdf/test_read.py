from __future__ import annotations

import asyncio
import os
import re
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.text import read_text
from activities.nodes.pdf.encrypt import encrypt
from activities.nodes.pdf.fill_form import fill_form
from activities.nodes.pdf.read import read
from tests.support.office import form, pdf, picture
from tests.support.steps import Steps, failure_of


async def test_what_stands_side_by_side_is_one_line_whatever_was_drawn_first(steps: Steps) -> None:
    buffer = BytesIO()
    sheet = Canvas(buffer, pagesize=A4)
    lines = ["Net", "Tax", "Total"], ["100,00", "19,00", "119,00 €"]
    for column, texts in enumerate(lines):
        for row, text in enumerate(texts):
            sheet.drawString(72 + 300 * column, 700 - 20 * row, text)
    sheet.save()
    await steps.put("a.pdf", buffer.getvalue())

    output = await steps.do(read, {"path": "a.pdf"})

    assert "Net\t100,00\nTax\t19,00\nTotal\t119,00 €" == output["text"]
    assert (1, []) == (output["page_count"], output["scanned"])


async def test_single_values_are_found_by_what_stands_around_them(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["Invoice R-4711", "Total\t1.190,00 €", "Total again\t5"]))
    fields = {"number": r"R-\d+", "total": r"^Total\s+([\d.,]+)", "due": r"Due (\S+)", "again": "(x)?again"}

    output = await steps.do(read, {"path": "a.pdf", "fields": fields})

    assert {"number": "R-4711", "total": "1.190,00", "due": None, "again": ""} == output["fields"]


async def test_an_expression_that_cannot_be_read_is_an_error(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"]))

    error = await failure_of(steps.do(read, {"path": "a.pdf", "fields": {"a": "(b"}}))

    assert "field 'fields.a': '(b' cannot be read as a regular expression" in error.message


async def test_an_expression_that_would_take_for_ever_elsewhere_is_done_at_once(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["a" * 60]))

    output = await steps.do(read, {"path": "a.pdf", "fields": {"a": "(a+)+$b", "b": "(a+)+$"}})

    assert {"a": None, "b": "a" * 60} == output["fields"]


async def test_some_pages_are_read_in_the_order_in_which_they_are_named(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["one"], ["two"], ["three"]))

    output = await steps.do(read, {"path": "a.pdf", "pages": "3-, 1"})

    assert ("three\n\none", [3, 1], 3) == (
        output["text"],
        [page["page"] for page in output["pages"]],
        output["page_count"],
    )


async def test_with_layout_everything_stays_where_it_is(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["Net\t1", "Total\t119"]))

    lines = (await steps.do(read, {"path": "a.pdf", "layout": True}))["text"].split("\n")

    assert len(lines[0]) == len(lines[-1])
    assert ["Net 1", "Total 119"] == [" ".join(lines[0].split()), " ".join(lines[-1].split())]


async def test_columns_of_prose_are_read_one_after_the_other(steps: Steps) -> None:
    buffer = BytesIO()
    sheet = Canvas(buffer, pagesize=A4)
    sheet.drawString(72, 780, "A title that goes across both of the columns and then some more of it")
    for row in range(6):
        for column in range(2):
            sheet.drawString(60 + 260 * column, 700 - 14 * row, f"column {column} line {row} with a few more words")
    sheet.save()
    await steps.put("a.pdf", buffer.getvalue())

    lines = (await steps.do(read, {"path": "a.pdf"}))["text"].split("\n")

    assert ["column 0 line 5", "column 1 line 0"] == [line[:15] for line in lines[6:8]]


async def test_pages_that_only_show_something_are_told(steps: Steps) -> None:
    buffer = BytesIO()
    sheet = Canvas(buffer, pagesize=A4)
    sheet.rect(50, 50, 100, 100)
    sheet.showPage()
    sheet.showPage()
    sheet.drawString(72, 700, "text")
    sheet.drawImage(ImageReader(picture(["scanned"])), 72, 500, 40, 40)
    sheet.showPage()
    sheet.drawImage(ImageReader(picture(["scanned"])), 0, 0, *A4)
    sheet.drawString(72, 20, "archived 2026-01-31")
    sheet.save()
    await steps.put("a.pdf", buffer.getvalue())

    output = await steps.do(read, {"path": "a.pdf"})

    assert ([1, 4], [True, False, False, True]) == (output["scanned"], [page["scanned"] for page in output["pages"]])


async def test_what_is_filled_in_is_read(steps: Steps) -> None:
    await steps.put("form.pdf", form())
    await steps.do(fill_form, {"path": "form.pdf", "values": {"name": "Zoë"}})

    assert "Zoë" in (await steps.do(read, {"path": "form.pdf"}))["text"]


@pytest.mark.parametrize("layout", [False, True])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "it looks like a picture (PNG)"),
        (pdf(["text"])[:600], "it is broken or cut off"),
    ],
)
async def test_what_is_no_pdf_file_is_a_business_error(
    steps: Steps, content: bytes, said: str, *, layout: bool
) -> None:
    await steps.put("a.pdf", content)

    error = await failure_of(steps.do(read, {"path": "a.pdf", "layout": layout}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert f"'a.pdf' is no PDF file that can be read; {said}" in error.message


async def test_a_page_that_is_not_there_is_a_business_error(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["one"]))

    error = await failure_of(steps.do(read, {"path": "a.pdf", "pages": "2"}))

    assert "'a.pdf' has 1 page; it has no '2'" == error.message


async def test_a_protected_file_takes_its_password(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"]))
    await steps.do(encrypt, {"path": "a.pdf", "password": "schlüssel"})

    missing = await failure_of(steps.do(read, {"path": "a.pdf"}))
    wrong = await failure_of(steps.do(read, {"path": "a.pdf", "password": "other", "layout": True}))
    output = await steps.do(read, {"path": "a.pdf", "password": "schlüssel", "layout": True})

    assert "'a.pdf' is protected by a password" in missing.message
    assert "'a.pdf' is protected by another password than the one given" == wrong.message
    assert "text" == output["text"].strip()


def test_a_file_of_200_megabytes_is_read_without_taking_it_into_memory(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    small = pdf(["text"])
    root = re.search(rb"/Root \d+ 0 R", small)
    before = re.search(rb"startxref\s+(\d+)", small)
    assert root is not None
    assert before is not None
    with large.open("wb") as file:
        file.write(small + b"%")
        file.seek(200 * 2**20)
        place = file.tell() + 1
        file.write(
            b"\nxref\n0 0\ntrailer <<%b /Size 20 /Prev %b>>\nstartxref\n%d\n%%%%EOF\n" % (root[0], before[1], place)
        )

    memory = psutil.Process().memory_info().rss
    read = read_text(PdfFile(large, None, "a.pdf"), None, {}, layout=False)

    assert "text" == read.text
    assert psutil.Process().memory_info().rss - memory < 100 * 2**20


async def test_files_are_read_side_by_side(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(*([f"page {number}"] for number in range(30))))

    outputs = await asyncio.gather(*(steps.do(read, {"path": "a.pdf"}) for _ in range((os.cpu_count() or 1) + 2)))

    assert {30} == {len(output["pages"]) for output in outputs}
