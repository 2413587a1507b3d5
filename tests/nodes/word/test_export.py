from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from PIL import Image

from activities.formats import office
from activities.nodes.word.export import export
from tests.support.office import OFFICE, png, saved
from tests.support.steps import Steps, failure_of
from tests.support.web import web
from workflows.errors import ConfigurationError


def with_linked_picture(address: str) -> bytes:
    document = docx.Document()
    document.add_picture(BytesIO(png(Image.new("L", (50, 50)))))
    [picture] = document.element.iter("{*}blip")
    embedded, linked = (f"{{{picture.nsmap['r']}}}{name}" for name in ("embed", "link"))
    del picture.attrib[embedded]
    picture.set(linked, document.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True))
    return saved(document)


needs_office = pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")


@needs_office
async def test_documents_become_pdf_side_by_side(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("Grüße")
    await steps.put("a.docx", saved(document))

    await asyncio.gather(*(steps.do(export, {"path": "a.docx", "to": to}, timeout=60.0) for to in ("a.pdf", "b.txt")))

    assert b"%PDF" == (await steps.content("a.pdf"))[:4]
    assert "Grüße" == (await steps.content("b.txt")).decode("utf-8-sig").strip()


@needs_office
async def test_nothing_that_a_document_links_to_is_asked_for(steps: Steps) -> None:
    async with web() as site:
        await steps.put("a.docx", with_linked_picture(site.url("/seen.png")))

        await steps.do(export, {"path": "a.docx", "to": "a.pdf"}, timeout=60.0)

        assert [] == site.received


@needs_office
async def test_what_is_not_what_its_name_says_is_not_taken_for_text(steps: Steps) -> None:
    await steps.put("a.docx", b"\x89PNG\r\n\x1a\n" + b"x" * 100)

    error = await failure_of(steps.do(export, {"path": "a.docx", "to": "a.pdf"}))

    assert "'a.docx' is not what its name says; it looks like a picture (PNG)" in error.message


@needs_office
async def test_an_export_that_takes_too_long_is_ended_with_all_it_started(steps: Steps) -> None:
    await steps.put("a.rtf", rb"{\rtf1 text}")

    error = await failure_of(steps.do(export, {"path": "a.rtf", "to": "a.pdf"}, timeout=0.3))

    assert "StepTimeoutError" == error.type
    assert [] == list(steps.scratch.glob("*/*"))


def test_a_robot_without_libreoffice_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ConfigurationError, match=r"has no LibreOffice.*apt-get install libreoffice-writer"):
        office.export(tmp_path / "a.docx", tmp_path / "a.pdf", shown_as="a.docx")
