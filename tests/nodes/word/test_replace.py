from __future__ import annotations

import docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from activities.nodes.word.read import read
from activities.nodes.word.replace import replace
from tests.support.office import saved
from tests.support.steps import Steps, failure_of


async def test_texts_are_replaced_at_once_everywhere(steps: Steps) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("old and ne")
    paragraph.add_run("w, (a.b)")
    document.add_table(1, 1).cell(0, 0).text = "old"
    document.sections[0].footer.paragraphs[0].text = "old"
    await steps.put("a.docx", saved(document))

    output = await steps.do(
        replace, {"path": "a.docx", "replacements": {"old": "new", "new": "old", "a.b": "Ω", "axb": "-"}}
    )

    told = await steps.do(read, {"path": "a.docx"})
    assert ("new and old, (Ω)\nnew", "new") == (told["text"], told["margins"])
    assert {"path": "a.docx", "counts": {"old": 3, "new": 1, "a.b": 1, "axb": 0}} == output


async def test_texts_in_notes_are_replaced_too(steps: Steps) -> None:
    document = docx.Document()
    document.add_comment(document.add_paragraph("Miller").runs, text="Miller?")
    notes = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1"><w:p>'
        "<w:r><w:t>Mil</w:t></w:r><w:r><w:t>ler</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    await steps.put("a.docx", saved(document))

    output = await steps.do(replace, {"path": "a.docx", "replacements": {"Miller": "M."}})

    assert {"Miller": 3} == output["counts"]


async def test_the_changed_document_can_go_elsewhere(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("old")
    await steps.put("a.docx", saved(document))

    await steps.do(replace, {"path": "a.docx", "to": "b.docx", "replacements": {"old": "new"}})

    assert ["old", "new"] == [(await steps.do(read, {"path": path}))["text"] for path in ("a.docx", "b.docx")]


async def test_what_is_no_document_stays_as_it_is(steps: Steps) -> None:
    await steps.put("a.docx", b"text")

    error = await failure_of(steps.do(replace, {"path": "a.docx", "replacements": {"old": "new"}}))

    assert "no Word document" in error.message
    assert b"text" == await steps.content("a.docx")
