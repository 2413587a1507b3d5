from __future__ import annotations

from activities.nodes.csv.read import read
from activities.nodes.csv.write import write
from tests.support.steps import Steps, failure_of


async def test_records_are_written_under_the_names_of_all_their_columns(steps: Steps) -> None:
    output = await steps.do(write, {"path": "a.csv", "records": [{"id": 1, "x": 1.5}, {"id": 2.0, "y": None}]})

    assert {"path": "a.csv", "count": 2, "size": 21} == output
    assert b"id,x,y\r\n1,1.5,\r\n2,,\r\n" == await steps.content("a.csv")


async def test_values_that_need_quotes_get_them_and_survive(steps: Steps) -> None:
    records = [{"a": 'say "hi"', "b": "1,2", "c": "one\ntwo"}]

    await steps.do(write, {"path": "a.csv", "records": records})

    assert records == (await steps.do(read, {"path": "a.csv"}))["records"]


async def test_columns_select_and_order(steps: Steps) -> None:
    await steps.do(write, {"path": "a.csv", "records": [{"a": 1, "b": 2, "c": 3}], "columns": ["c", "a"]})

    assert b"c,a\r\n3,1\r\n" == await steps.content("a.csv")


async def test_a_table_without_records_keeps_its_header(steps: Steps) -> None:
    await steps.do(write, {"path": "a.csv", "records": [], "columns": ["id", "amount"]})

    assert b"id,amount\r\n" == await steps.content("a.csv")


async def test_plain_rows_are_written_without_a_header(steps: Steps) -> None:
    await steps.do(write, {"path": "a.csv", "records": [[1, True], ["x", {"k": "ä"}]], "delimiter": ";"})

    assert '1;true\r\nx;"{""k"": ""ä""}"\r\n'.encode() == await steps.content("a.csv")


async def test_the_header_can_be_left_out(steps: Steps) -> None:
    await steps.do(write, {"path": "a.csv", "records": [{"a": 1}], "header": False})

    assert b"1\r\n" == await steps.content("a.csv")


async def test_excel_recognises_utf8_by_its_mark(steps: Steps) -> None:
    await steps.do(write, {"path": "a.csv", "records": [{"a": "ü"}], "encoding": "utf-8-sig"})

    assert b"\xef\xbb\xbfa\r\n\xc3\xbc\r\n" == await steps.content("a.csv")


async def test_rows_and_records_do_not_mix(steps: Steps) -> None:
    error = await failure_of(steps.do(write, {"path": "a.csv", "records": [{"a": 1}, [2]]}))

    assert "InvalidParamsError" == error.type
