from __future__ import annotations

import pytest

from activities.nodes.csv.append import append
from activities.nodes.csv.read import read
from tests.support.steps import Steps, failure_of


async def test_rows_are_added_under_the_columns_of_their_names(steps: Steps) -> None:
    await steps.put("a.csv", b"id;name\nA;Pen\n")

    output = await steps.do(append, {"path": "a.csv", "records": [{"name": "Ink; blue", "id": "B"}, {"id": "C"}]})

    assert 2 == output["count"]
    assert b'id;name\nA;Pen\nB;"Ink; blue"\nC;\n' == await steps.content("a.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"])
async def test_rows_are_written_as_the_file_is(steps: Steps, encoding: str) -> None:
    await steps.put("a.csv", "name,price\r\nMüller,1".encode(encoding))

    await steps.do(append, {"path": "a.csv", "records": [["Große", 2.5]], "decimal": ","})

    assert 'name,price\r\nMüller,1\r\nGroße,"2,5"\r\n'.encode(encoding) == await steps.content("a.csv")


async def test_a_file_in_the_other_byte_order_goes_on_in_it(steps: Steps) -> None:
    await steps.put("a.csv", b"\xfe\xff" + "id\n1\n".encode("utf-16-be"))

    await steps.do(append, {"path": "a.csv", "records": [{"id": "é"}]})

    assert [{"id": "1"}, {"id": "é"}] == (await steps.do(read, {"path": "a.csv"}))["records"]


async def test_a_file_that_is_missing_is_made_with_a_header(steps: Steps) -> None:
    for number in (1, 2):
        await steps.do(append, {"path": "a.csv", "records": [{"id": number}]})

    assert b"id\r\n1\r\n2\r\n" == await steps.content("a.csv")


async def test_a_column_that_does_not_exist_is_named(steps: Steps) -> None:
    await steps.put("a.csv", b"id,amount\n1,2\n")

    error = await failure_of(steps.do(append, {"path": "a.csv", "records": [{"amout": 3}]}))

    assert "'a.csv' has no column 'amout'; its first row names 'id', 'amount'" == error.message
    assert b"id,amount\n1,2\n" == await steps.content("a.csv")


async def test_a_character_the_file_cannot_hold_is_named(steps: Steps) -> None:
    await steps.put("a.csv", "näme\nä\n".encode("cp1252"))

    error = await failure_of(steps.do(append, {"path": "a.csv", "records": [["😀"]]}))

    assert "cannot be written as cp1252: it has no '😀'" in error.message


async def test_decimals_are_written_as_those_of_the_file(steps: Steps) -> None:
    await steps.put("a.csv", b"id;amount\nA;1.234,50\nB;0,5\n")

    await steps.do(append, {"path": "a.csv", "records": [{"id": "C", "amount": 2.5}]})

    assert (await steps.content("a.csv")).endswith(b"C;2,5\n")


async def test_a_row_that_is_longer_than_the_files_is_refused(steps: Steps) -> None:
    await steps.put("a.csv", b"id,amount\n1,2\n")

    error = await failure_of(steps.do(append, {"path": "a.csv", "records": [[1, 2, 3]]}))

    assert "'a.csv' has 2 columns, found a record of 3 values" == error.message
