from __future__ import annotations

from activities.nodes.pdf.tables import tables
from tests.support.office import invoice, pdf
from tests.support.steps import Steps


async def test_tables_are_records(steps: Steps) -> None:
    await steps.put("a.pdf", invoice())

    output = await steps.do(tables, {"path": "a.pdf"})

    assert (2, [1, 2]) == (output["count"], [table["page"] for table in output["tables"]])
    assert ["Item", "Price"] == output["tables"][0]["columns"]
    assert {"Item": "Pen", "Price": "1,10 €"} == output["tables"][0]["records"][0]


async def test_a_table_can_go_on_over_pages(steps: Steps) -> None:
    await steps.put("a.pdf", invoice())

    [table] = (await steps.do(tables, {"path": "a.pdf", "join": True}))["tables"]

    assert (42, "Cap 39") == (len(table["records"]), table["records"][-1]["Item"])


async def test_columns_without_lines_are_where_texts_line_up(steps: Steps) -> None:
    lines = ["Item\tPrice", "Pen\t1,10", "Ink\t4,00", "Cap\t2,50"]
    await steps.put("a.pdf", pdf(lines))

    [table] = (await steps.do(tables, {"path": "a.pdf", "borders": False, "header": False}))["tables"]

    assert [line.split("\t") for line in lines] == [[cell for cell in row if cell] for row in table["records"]]


async def test_a_page_without_a_table_has_none(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"]))

    assert {"tables": [], "count": 0} == await steps.do(tables, {"path": "a.pdf"})
