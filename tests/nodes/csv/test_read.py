from __future__ import annotations

import pytest

from activities.nodes.csv.read import LARGEST, read
from tests.support.steps import Steps, failure_of
from workflows.call import FileEntry


async def test_records_are_mappings_of_text_by_column(steps: Steps) -> None:
    await steps.put("a.csv", b'id,amount\r\n007,"1,50"\r\n8,\r\n')

    output = await steps.do(read, {"path": "a.csv"})

    assert {
        "records": [{"id": "007", "amount": "1,50"}, {"id": "8", "amount": ""}],
        "count": 2,
        "columns": ["id", "amount"],
        "delimiter": ",",
        "encoding": "utf-8",
        "more": False,
    } == output


async def test_what_excel_saves_as_csv_in_europe_can_be_read(steps: Steps) -> None:
    await steps.put("a.csv", "\ufeffName;Betrag\nMüller;1,50\n".encode())

    output = await steps.do(read, {"path": "a.csv", "delimiter": ";"})

    assert [{"Name": "Müller", "Betrag": "1,50"}] == output["records"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
async def test_other_encodings_can_be_read(steps: Steps, encoding: str) -> None:
    await steps.put("a.csv", "name\nMüller\n".encode(encoding))

    output = await steps.do(read, {"path": "a.csv", "encoding": encoding})

    assert [{"name": "Müller"}] == output["records"]


async def test_without_a_header_records_are_lists(steps: Steps) -> None:
    await steps.put("a.csv", b"1,2\n\n3\n")

    output = await steps.do(read, {"path": "a.csv", "header": False})

    assert ([["1", "2"], ["3"]], None) == (output["records"], output["columns"])


async def test_columns_get_names_of_their_own(steps: Steps) -> None:
    await steps.put("a.csv", b"amount,,amount, amount \n1,2,3,4\n")

    output = await steps.do(read, {"path": "a.csv"})

    assert ["amount", "column_2", "amount_2", "amount_3"] == output["columns"]


async def test_a_value_may_span_lines(steps: Steps) -> None:
    await steps.put("a.csv", b'a,b\n"one\r\ntwo","say ""hi"""\n')

    output = await steps.do(read, {"path": "a.csv"})

    assert [{"a": "one\r\ntwo", "b": 'say "hi"'}] == output["records"]


async def test_values_missing_at_the_end_of_a_row_are_null(steps: Steps) -> None:
    await steps.put("a.csv", b"a,b\n1\n")

    output = await steps.do(read, {"path": "a.csv"})

    assert [{"a": "1", "b": None}] == output["records"]


@pytest.mark.parametrize("content", [b"a,b\n1,2\n1,2,3\n", b'a,b\n1,2\n"1,2\n', b'a,b\n1,2\n"1"x,2\n'])
async def test_a_broken_row_is_named_by_its_line(steps: Steps, content: bytes) -> None:
    await steps.put("a.csv", content)

    error = await failure_of(steps.do(read, {"path": "a.csv"}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert "'a.csv', line 3" in error.message


@pytest.mark.parametrize("content", [b"", b"\n", b"a,b\n"])
async def test_an_empty_table_has_no_records(steps: Steps, content: bytes) -> None:
    await steps.put("a.csv", content)

    assert [] == (await steps.do(read, {"path": "a.csv"}))["records"]


@pytest.mark.parametrize("delimiter", ["", ";;", "\n", '"'])
async def test_a_delimiter_is_one_character_with_no_other_meaning(steps: Steps, delimiter: str) -> None:
    error = await failure_of(steps.do(read, {"path": "a.csv", "delimiter": delimiter}))

    assert "InvalidParamsError" == error.type


async def test_a_file_too_large_for_an_output_is_not_even_opened(steps: Steps) -> None:
    steps.files["a.csv"] = FileEntry(digest=f"sha256:{'0' * 64}", size=LARGEST + 1)

    assert "ResultTooLargeError" == (await failure_of(steps.do(read, {"path": "a.csv"}))).type


async def test_empty_values_behind_the_last_column_are_left_out(steps: Steps) -> None:
    await steps.put("a.csv", b"a;b\n1;2;;\n")

    assert [{"a": "1", "b": "2"}] == (await steps.do(read, {"path": "a.csv"}))["records"]


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
async def test_a_workbook_is_not_taken_for_text(steps: Steps, start: bytes) -> None:
    await steps.put("a.csv", start + bytes(range(256)))

    error = await failure_of(steps.do(read, {"path": "a.csv"}))

    assert "'a.csv' is a workbook or an archive, no CSV file; read it with 'excel.read'" == error.message
