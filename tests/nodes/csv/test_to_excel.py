from __future__ import annotations

from activities.nodes.csv.to_excel import to_excel
from activities.nodes.excel.read import read
from activities.nodes.excel.to_csv import to_csv
from tests.support.steps import Steps


async def test_a_csv_file_becomes_a_sheet_whose_values_stay_what_they_are(steps: Steps) -> None:
    await steps.put("a.csv", "id;Größe;zip\n1;1,50;00123\n2;;=1+1\n".encode("cp1252"))

    output = await steps.do(to_excel, {"path": "a.csv", "to": "a.xlsx", "sheet": "Data", "decimal": ","})

    assert 2 == output["count"]
    assert [{"id": 1, "Größe": 1.5, "zip": "00123"}, {"id": 2, "Größe": None, "zip": "=1+1"}] == (
        await steps.do(read, {"path": "a.xlsx", "sheet": "Data"})
    )["records"]


async def test_there_and_back_again_nothing_is_lost(steps: Steps) -> None:
    content = 'name,text\r\nZoë,"two\nlines"\r\n007,"a ""quote"""\r\n'.encode()
    await steps.put("a.csv", content)

    await steps.do(to_excel, {"path": "a.csv", "to": "a.xlsx"})
    await steps.do(to_csv, {"path": "a.xlsx", "to": "b.csv"})

    assert content == await steps.content("b.csv")
