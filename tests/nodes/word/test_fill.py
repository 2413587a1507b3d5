from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from PIL import Image

from activities.nodes.word.fill import fill
from activities.nodes.word.read import read
from tests.support.office import opened, saved, with_part
from tests.support.steps import Steps, failure_of


async def filled(steps: Steps, document: Any, **params: Any) -> Any:
    await steps.put("template.docx", saved(document))
    return await steps.do(fill, {"template": "template.docx", "to": "out.docx", **params})


async def text(steps: Steps) -> str:
    told: str = (await steps.do(read, {"path": "out.docx"}))["text"]
    return told


async def test_placeholders_have_their_values_however_word_has_split_them(steps: Steps) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("Dear {", "{ cus", "tomer.na", "me }}, ", "you owe {{amount}} €{{", " mark }}"):
        paragraph.add_run(piece)
    paragraph.runs[1].bold = True
    values = {"customer": {"name": "Zoë {{amount}}"}, "amount": 12.5, "mark": None}

    output = await filled(steps, document, values=values)

    assert "Dear Zoë {{amount}}, you owe 12.5 €" == await text(steps)
    assert [] == output["unused"]


async def test_a_value_looks_as_its_placeholder_did(steps: Steps) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("to ")
    paragraph.add_run("{{ na").bold = True
    paragraph.add_run("me }}").italic = True
    paragraph.add_run(" only")

    await filled(steps, document, values={"name": "Ada"})

    runs = opened(await steps.content("out.docx")).paragraphs[0].runs
    assert [("to ", None), ("Ada", True), ("", None), (" only", None)] == [(run.text, run.bold) for run in runs]


async def test_tables_headers_and_footers_are_filled_in(steps: Steps) -> None:
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "{{ a }}"
    document.sections[0].header.paragraphs[0].text = "{{ b }}"
    document.sections[0].footer.paragraphs[0].text = "{{ Invoice number }}"

    await filled(steps, document, values={"a": 1, "b": 2, "Invoice number": "R-3"})

    output = await steps.do(read, {"path": "out.docx"})
    assert ("1", "2\nR-3") == (output["text"], output["margins"])


async def test_a_row_is_there_once_for_each_item_of_a_list(steps: Steps) -> None:
    document = docx.Document()
    table = document.add_table(3, 2)
    for row, texts in zip(
        table.rows, [("Item", "Price"), ("{{ items.name }}", "{{ items.price }} {{ unit }}"), ("Sum", "5")], strict=True
    ):
        for cell, text_ in zip(row.cells, texts, strict=True):
            cell.text = text_
    document.add_paragraph("- {{ notes }}")
    items = [{"name": "Pen", "price": 1}, {"name": "Ink", "price": 4}]

    await filled(steps, document, values={"items": items, "unit": "€", "notes": ["now", "soon"]})

    assert "Item\tPrice\nPen\t1 €\nInk\t4 €\nSum\t5\n- now\n- soon" == await text(steps)


async def test_a_value_that_looks_like_a_placeholder_is_none(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("{{ items.text }}")

    await filled(steps, document, values={"items": [{"text": "{{ secret }}"}, {"text": "{{ open"}], "secret": "x"})

    assert "{{ secret }}\n{{ open" == await text(steps)


async def test_a_placeholder_that_does_not_end_is_an_error(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("Dear {{ name")
    document.add_paragraph("}}")

    error = await failure_of(filled(steps, document, values={"name": "Ada"}))

    assert "has a '{{' without its '}}' in the same paragraph: 'Dear {{ name'" in error.message


async def test_a_template_of_word_is_filled_in_and_becomes_a_document(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("Dear {{ name }}")
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}.main+xml"
    template = with_part(saved(document), "[Content_Types].xml", kind.format("document"), kind.format("template"))
    await steps.put("letter.dotx", template)

    await steps.do(fill, {"template": "letter.dotx", "to": "out.docx", "values": {"name": "Ada"}})

    assert "Dear Ada" == await text(steps)
    assert ["Dear Ada"] == [each.text for each in opened(await steps.content("out.docx")).paragraphs]


async def test_macros_are_not_dropped_in_silence(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("Dear {{ name }}")
    plain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macros = "application/vnd.ms-word.document.macroEnabled.main+xml"
    await steps.put("a.docm", with_part(saved(document), "[Content_Types].xml", plain, macros))

    error = await failure_of(steps.do(fill, {"template": "a.docm", "to": "out.docx", "values": {"name": "Ada"}}))

    assert "'a.docm' holds macros, which would be lost" in error.message
    assert "Dear {{ name }}" == (await steps.do(read, {"path": "a.docm"}))["text"]


async def test_an_empty_list_leaves_no_row_and_a_document_that_word_opens(steps: Steps) -> None:
    document = docx.Document()
    table = document.add_table(2, 1)
    table.cell(0, 0).text = "{{ items.name }}"
    table.cell(1, 0).paragraphs[0].text = "end"

    await filled(steps, document, values={"items": []})

    assert "end" == await text(steps)


async def test_lines_of_a_value_stay_lines(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("{{ address }}!")

    await filled(steps, document, values={"address": "Main St. 1\n12345 Town"})

    assert "Main St. 1\n12345 Town!" == await text(steps)


async def test_a_picture_takes_the_place_of_a_placeholder(steps: Steps) -> None:
    buffer = BytesIO()
    Image.new("RGB", (60, 30), "red").save(buffer, "PNG")
    await steps.put("logo.png", buffer.getvalue())
    document = docx.Document()
    document.add_paragraph("see {{ logo }} here")
    document.sections[0].header.paragraphs[0].text = "{{ logo }}"

    await filled(steps, document, pictures={"logo": {"path": "logo.png", "width": 3}})

    result = opened(await steps.content("out.docx"))
    [shape] = result.inline_shapes
    assert (1080000, 540000, "see  here") == (shape.width, shape.height, result.paragraphs[0].text)
    assert b"pic:pic" in result.sections[0].header.part.blob


async def test_placeholders_without_a_value_are_named_all_at_once(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("{{ name }} {{ amount }} {{ customer.street }}")

    error = await failure_of(filled(steps, document, values={"amount": 1, "customer": {}}))

    assert ("InvalidParamsError", "configuration") == (error.type, error.kind)
    assert (
        "template 'template.docx' has placeholders without a value: 'name', 'customer.street'; name each under "
        "'values' or 'pictures'" == error.message
    )
    assert "out.docx" not in steps.files


async def test_values_without_a_placeholder_are_told(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("{{ name }}")

    output = await filled(steps, document, values={"name": "Ada", "nmae": "Eve"})

    assert ["nmae"] == output["unused"]


async def test_a_placeholder_for_a_whole_mapping_is_an_error(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("{{ customer }}")

    error = await failure_of(filled(steps, document, values={"customer": {"name": "Ada"}}))

    assert "stands for a whole mapping" in error.message


async def test_two_lists_in_one_row_are_an_error(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("{{ a }} {{ b }}")

    error = await failure_of(filled(steps, document, values={"a": [1], "b": [2]}))

    assert "several lists in one row: a, b" in error.message


async def test_a_picture_that_is_none_is_a_business_error(steps: Steps) -> None:
    await steps.put("logo.png", b"<html></html>")
    document = docx.Document()
    document.add_paragraph("{{ logo }}")

    error = await failure_of(filled(steps, document, pictures={"logo": {"path": "logo.png"}}))

    assert ("InvalidFileError", True) == (error.type, "'logo.png' is no picture" in error.message)


async def test_what_no_document_can_hold_is_an_error(steps: Steps) -> None:
    document = docx.Document()
    document.add_paragraph("{{ name }}")

    error = await failure_of(filled(steps, document, values={"name": "a\x07"}))

    assert "'\\x07'" in error.message
