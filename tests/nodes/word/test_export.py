from __future__ import annotations

import asyncio
from pathlib import Path

import docx
import pytest

from activities.formats import office
from activities.nodes.word.export import export
from tests.support.office import OFFICE, saved
from tests.support.steps import Steps, failure_of
from workflows.errors import ConfigurationError

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
async def test_what_is_not_what_its_name_says_is_not_taken_for_text(steps: Steps) -> None:
    await steps.put("a.docx", b"\x89PNG\r\n\x1a\n" + b"x" * 100)

    error = await failure_of(steps.do(export, {"path": "a.docx", "to": "a.pdf"}))

    assert "'a.docx' is not what its name says; it looks like a picture (PNG)" in error.message


@needs_office
async def test_an_export_that_takes_too_long_is_ended_with_all_it_started(steps: Steps) -> None:
    await steps.put("a.txt", b"text")

    error = await failure_of(steps.do(export, {"path": "a.txt", "to": "a.pdf"}, timeout=0.3))

    assert "StepTimeoutError" == error.type
    assert [] == list(steps.scratch.glob("*/*"))


def test_a_robot_without_libreoffice_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ConfigurationError, match=r"has no LibreOffice.*apt-get install libreoffice-writer"):
        office.export(tmp_path / "a.docx", tmp_path / "a.pdf", shown_as="a.docx")
