from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from PIL import Image

from activities.nodes.word.read import read
from activities.nodes.word.write import write
from tests.support.office import opened, saved
from tests.support.steps import Steps, failure_of


async def written(steps: Steps, content: list[Any], **params: Any) -> Any:
    await steps.do(write, {"path": "a.docx", "content": content, **params})
    return await steps.do(read, {"path": "a.docx"})


async def test_what_is_written_is_read_again(steps: Steps) -> None:
    output = await written(
        steps,
        [
            {"heading": "Zahlungen", "level": 0},
            {"heading": "März", "level": 2},
            "plain",
            {"text": "quoted", "style": "Quote"},
            {"bullets": ["a", "b"]},
            {"numbers": ["first"]},
            {"table": [{"Nr": 1, "Summe": 2.5}, {"Nr": 2}], "columns": ["Summe", "Nr"]},
        ],
        title="Monat",
        author="Zoë",
    )

    assert [{"text": "Zahlungen", "level": 0}, {"text": "März", "level": 2}] == output["headings"]
    assert ["Normal", "Quote", "List Bullet", "List Bullet", "List Number"] == [
        paragraph["style"] for paragraph in output["paragraphs"][2:]
    ]
    assert [{"Summe": "2.5", "Nr": "1"}, {"Summe": "", "Nr": "2"}] == output["tables"][0]["records"]
    assert ("Monat", "Zoë") == (output["properties"]["title"], output["properties"]["author"])


async def test_each_numbered_list_begins_at_one(steps: Steps) -> None:
    await written(steps, [{"numbers": ["a", "b"]}, {"numbers": ["c"]}])

    lists = [
        each.find(".//{*}numPr/{*}numId").val
        for each in opened(await steps.content("a.docx")).element.body.iterchildren("{*}p")
    ]
    assert [True, False] == [lists[0] == lists[1], lists[1] == lists[2]]


async def test_the_header_of_a_table_is_bold_and_plain_rows_have_none(steps: Steps) -> None:
    await written(steps, [{"table": [{"a": 1}]}, {"table": [["x", "y"]]}])

    tables = opened(await steps.content("a.docx")).tables
    assert [True, None] == [table.cell(0, 0).paragraphs[0].runs[0].bold for table in tables]


async def test_a_document_goes_on_where_its_base_ends(steps: Steps) -> None:
    base = docx.Document()
    base.add_paragraph("begin")
    base.sections[0].header.paragraphs[0].text = "Miller"
    await steps.put("base.docx", saved(base))

    output = await written(steps, [{"page_break": True}, "end"], base="base.docx")

    assert ("begin\n\nend", "Miller") == (output["text"], output["margins"])


async def test_pictures_have_the_width_they_shall_have(steps: Steps) -> None:
    buffer = BytesIO()
    Image.new("RGB", (60, 30)).save(buffer, "PNG")
    await steps.put("a.png", buffer.getvalue())

    await written(steps, [{"picture": "a.png", "width": 5}])

    [shape] = opened(await steps.content("a.docx")).inline_shapes
    assert 1800000 == shape.width


async def test_a_block_is_one_thing(steps: Steps) -> None:
    error = await failure_of(written(steps, [{"text": "a", "heading": "b"}]))

    assert "InvalidParamsError" == error.type
    assert "found heading and text" in error.message


async def test_a_style_that_is_not_there_is_an_error_with_the_nearest(steps: Steps) -> None:
    error = await failure_of(written(steps, [{"text": "a", "style": "Quot"}]))

    assert "the document has no style 'Quot'; it has 'Quote'" in error.message
