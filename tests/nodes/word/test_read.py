from __future__ import annotations

import asyncio
import os
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from activities.formats.word.reading import read_word
from activities.nodes.word.read import read
from tests.support.office import saved, with_part
from tests.support.steps import Steps, failure_of
from workflows.errors import InvalidFileError

BODY = "word/document.xml"


def offer() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Angebot für Zoë"
    document.add_heading("Angebot", 0)
    document.add_heading("Preise", 1)
    document.add_paragraph("Gültig bis 31.12. \N{EN DASH} 日本語")
    document.add_paragraph("")
    document.add_paragraph("first", style="List Bullet")
    table = document.add_table(3, 2)
    for row, texts in zip(table.rows, [("Ware", "Preis"), ("Stift", "1,10 €"), ("Tinte", "")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("the end")
    document.sections[0].header.paragraphs[0].text = "Miller & Sons"
    return saved(document)


async def test_text_headings_tables_and_properties_are_read(steps: Steps) -> None:
    await steps.put("a.docx", offer())

    output = await steps.do(read, {"path": "a.docx", "fields": {"until": r"bis (\S+)", "by": "Frist .*"}})

    assert {"until": "31.12.", "by": None} == output["fields"]
    assert (
        "Angebot\nPreise\nGültig bis 31.12. \N{EN DASH} 日本語\n\nfirst\nWare\tPreis\nStift\t1,10 €\nTinte\t\nthe end"
        == output["text"]
    )
    assert [{"text": "Angebot", "level": 0}, {"text": "Preise", "level": 1}] == output["headings"]
    assert {"text": "first", "style": "List Bullet"} in output["paragraphs"]
    assert [
        {
            "columns": ["Ware", "Preis"],
            "records": [{"Ware": "Stift", "Preis": "1,10 €"}, {"Ware": "Tinte", "Preis": ""}],
        }
    ] == output["tables"]
    assert ("Miller & Sons", "Angebot für Zoë") == (output["margins"], output["properties"]["title"])


async def test_without_a_header_the_rows_of_a_table_are_lists(steps: Steps) -> None:
    await steps.put("a.docx", offer())

    [table] = (await steps.do(read, {"path": "a.docx", "header": False}))["tables"]

    assert (None, ["Ware", "Preis"], 3) == (table["columns"], table["records"][0], len(table["records"]))


async def test_merged_cells_all_have_the_text_they_show(steps: Steps) -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(0, 2).text = "c"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "high"
    table.cell(2, 1).text = "x"
    await steps.put("a.docx", saved(document))

    [read_table] = (await steps.do(read, {"path": "a.docx", "header": False}))["tables"]

    assert [["wide", "wide", "c"], ["high", "", ""], ["high", "x", ""]] == read_table["records"]


async def test_tracked_changes_count_as_accepted(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("BEFORE")
    changes = (
        '<w:t xml:space="preserve">net </w:t></w:r><w:del><w:r><w:delText>30</w:delText></w:r></w:del>'
        "<w:ins><w:r><w:t>14</w:t></w:r></w:ins><w:r><w:tab/><w:t>days</w:t>"
    )
    await steps.put("a.docx", with_part(saved(document), BODY, "<w:t>BEFORE</w:t>", changes))

    assert "net 14\tdays" == (await steps.do(read, {"path": "a.docx"}))["text"]


async def test_what_is_in_controls_and_text_boxes_is_read_once(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("CONTROL")
    document.add_paragraph("BOX")
    box = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
    namespace = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    alternatives = (
        f'<w:t>outside</w:t><mc:AlternateContent xmlns:mc="{namespace}"><mc:Choice>{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    content = with_part(saved(document), BODY, "<w:t>BOX</w:t>", alternatives)
    paragraph = "<w:p><w:r><w:t>CONTROL</w:t></w:r></w:p>"
    control = f"<w:sdt><w:sdtContent>{paragraph.replace('CONTROL', 'chosen')}</w:sdtContent></w:sdt>"
    await steps.put("a.docx", with_part(content, BODY, paragraph, control))

    assert "chosen\noutside\nboxed" == (await steps.do(read, {"path": "a.docx"}))["text"]


async def test_a_protected_document_takes_its_password(steps: Steps) -> None:
    locked = BytesIO()
    OOXMLFile(BytesIO(offer())).encrypt("schlüssel", locked)
    await steps.put("a.docx", locked.getvalue())

    missing = await failure_of(steps.do(read, {"path": "a.docx"}))
    wrong = await failure_of(steps.do(read, {"path": "a.docx", "password": "other"}))
    output = await steps.do(read, {"path": "a.docx", "password": "schlüssel"})

    assert "'a.docx' is protected by a password; give it as 'password', from a secret" == missing.message
    assert "'a.docx' is protected by another password than the one given" == wrong.message
    assert output["text"].startswith("Angebot")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "a picture (PNG)"),
        (b"%PDF-1.7\n", "a PDF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "old format (.doc)"),
        (offer()[:-300], "no Word document"),
    ],
)
async def test_what_is_no_word_document_is_a_business_error(steps: Steps, content: bytes, said: str) -> None:
    await steps.put("a.docx", content)

    error = await failure_of(steps.do(read, {"path": "a.docx"}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert error.message.startswith("'a.docx' is no Word document (.docx)")
    assert said in error.message


async def test_entities_are_not_followed(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("SECRET")
    content = with_part(
        saved(document), BODY, "<w:document ", '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document '
    )
    await steps.put("a.docx", with_part(content, BODY, "SECRET", "&e;"))

    assert "" == (await steps.do(read, {"path": "a.docx"}))["text"]


async def test_a_document_that_unpacks_to_more_than_a_robot_can_hold_is_refused_at_once(steps: Steps) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(BODY, "w") as part:
        for _ in range(201):
            part.write(b"\0" * 2**20)
    await steps.put("a.docx", buffer.getvalue())

    error = await failure_of(steps.do(read, {"path": "a.docx"}))

    assert "a robot takes up to 200 MiB" in error.message


def test_a_file_of_200_megabytes_that_is_no_document_is_refused_at_once(tmp_path: Path) -> None:
    large = tmp_path / "large.docx"
    with large.open("wb") as file:
        file.truncate(200 * 2**20)

    with pytest.raises(InvalidFileError, match="no Word document"):
        read_word(large, {}, shown_as="a.docx")


async def test_documents_are_read_side_by_side_while_the_robot_goes_on(steps: Steps) -> None:
    document = docx.Document()
    for number in range(1500):
        document.add_paragraph(f"line {number}")
    await steps.put("a.docx", saved(document))
    beats = 0

    async def count() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    counting = asyncio.create_task(count())
    outputs = await asyncio.gather(*(steps.do(read, {"path": "a.docx"}) for _ in range((os.cpu_count() or 1) + 1)))
    counting.cancel()

    assert {1500} == {len(output["paragraphs"]) for output in outputs}
    assert beats > 3
