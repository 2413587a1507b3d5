from __future__ import annotations

import pytest

from activities.nodes.browser.table import Table, table
from tests.support.browser import Desk
from workflows.errors import PageError


async def test_a_tables_rows_are_mappings_by_header(desk: Desk) -> None:
    await desk.show(
        "<table><thead><tr><th>Number<th>Amount<th></thead>"
        "<tbody><tr><td>INV-1<td> 12.50 <td><a href=/>Open</a><tr style='display:none'><td>hidden<td>0<td>"
        "<tr><td>INV-2<td><input value=7><td></tbody><tfoot><tr><td>Total<td>19.50<td></tfoot></table>"
    )

    read = await table(desk.page(), Table(target={"role": "table"}))

    assert read.columns == ["Number", "Amount", "column_3"]
    assert read.rows == [
        {"Number": "INV-1", "Amount": "12.50", "column_3": "Open"},
        {"Number": "INV-2", "Amount": "7", "column_3": ""},
    ]


async def test_columns_get_names_when_there_are_none_or_they_repeat(desk: Desk) -> None:
    await desk.show("<table id=a><tr><td>1<td>2</table><table id=b><tr><th>Sum<th>Sum<tr><td>1<td>2<td>3</table>")

    bare = await table(desk.page(), Table(target="#a"))
    twice = await table(desk.page(), Table(target="#b"))

    assert [{"column_1": "1", "column_2": "2"}] == bare.rows
    assert [{"Sum": "1", "Sum_2": "2", "column_3": "3"}] == twice.rows


async def test_what_holds_no_table_is_told(desk: Desk) -> None:
    await desk.show("<p id=x>text")

    with pytest.raises(PageError, match=r"selector '#x' on .* is not a table and does not hold exactly one"):
        await table(desk.page(), Table(target="#x"))


async def test_a_table_is_read_over_all_of_its_pages(desk: Desk) -> None:
    head = "<table><tr><th>Number</th></tr>"
    desk.site.page("/p2", f"{head}<tr><td>INV-2</table>", delay=0.2)
    await desk.show(f"{head}<tr><td>INV-1</table><a href=/p2>Next</a>")

    rows = await table(desk.page(), Table(target="table", next={"role": "link", "name": "Next"}))

    assert [{"Number": "INV-1"}, {"Number": "INV-2"}] == rows.rows
