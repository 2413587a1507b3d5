"""How CSV files say themselves how they are written."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from activities.formats.delimited import Dialect, detect, number_of, read_rows, write_rows
from activities.formats.text import find_encoding
from activities.nodes.csv.read import read
from tests.support.steps import Steps, failure_of


@pytest.mark.parametrize(
    ("content", "delimiter", "records"),
    [
        ("a;b\n1,5;2\n", ";", [{"a": "1,5", "b": "2"}]),
        ("a\tb\n1, 2\t3\n", "\t", [{"a": "1, 2", "b": "3"}]),
        ("a|b\n1|2\n", "|", [{"a": "1", "b": "2"}]),
        ('a,b\n"x;y;z",2\n', ",", [{"a": "x;y;z", "b": "2"}]),
        ('"a;x",b\n1,2\n', ",", [{"a;x": "1", "b": "2"}]),
        ("only\none\n", ",", [{"only": "one"}]),
        ("sep=;\r\na;b\r\n1,5,6;2\r\n", ";", [{"a": "1,5,6", "b": "2"}]),
    ],
)
async def test_the_delimiter_is_found(
    steps: Steps, content: str, delimiter: str, records: list[dict[str, str]]
) -> None:
    await steps.put("a.csv", content.encode())

    output = await steps.do(read, {"path": "a.csv"})

    assert (delimiter, records) == (output["delimiter"], output["records"])


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("Müller;Größe", "cp1252", "cp1252"),
        ("Prénom;Besançon", "cp1252", "cp1252"),
        ("Preis €;5", "cp1252", "cp1252"),
        ("Łódź;Święta;miłość", "cp1250", "cp1250"),
        ("Имя;Город;Москва;Санкт-Петербург", "cp1251", "cp1251"),
        ("名前;都市;太郎;東京;花子;大阪府", "cp932", "cp932"),
        ("Müller", "utf-16", "utf-16"),
        ("id;name;Müller", "utf-16-le", "utf-16-le"),
        ("id;name;Müller", "utf-16-be", "utf-16-be"),
        ("Müller", "utf-32", "utf-32"),
        ("Müller", "utf-8-sig", "utf-8-sig"),
        ("plain", "ascii", "utf-8"),
        ("", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, text: str, encoding: str, found: str) -> None:
    path = tmp_path / "text"
    path.write_bytes((text + "\n").encode(encoding) if text else b"")

    assert found == find_encoding(path)


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1.234,50", ",", 1234.5),
        ("-0,5", ",", -0.5),
        ("1.5", ".", 1.5),
        ("1,234", ".", 1234),
        ("00123", ".", "00123"),
        ("1.23.4", ",", "1.23.4"),
        ("1234567890123456", ".", "1234567890123456"),
        ("1e5", ".", "1e5"),
        ("", ".", ""),
        ("1'234'567.50", ".", 1234567.5),
        ("1\u2019234.50", ".", 1234.5),
        ("1 234,50", ",", 1234.5),
        ("12\u202f345\u202f678,9", ",", 12345678.9),
        ("1\u00a0234", ",", 1234),
        ("079 123", ",", "079 123"),
        ("79 123", ",", "79 123"),
        ("1.234'567,5", ",", "1.234'567,5"),
        ("1.234,50-", ",", -1234.5),
        ("\u22125", ".", -5),
        ("-5-", ".", "-5-"),
        ("0.12345678901234567890", ".", "0.12345678901234567890"),
        ("1234567890123.4567", ".", "1234567890123.4567"),
    ],
)
def test_only_what_people_write_as_numbers_becomes_one(text: str, decimal: str, value: JsonValue) -> None:
    result = number_of(text, decimal)

    assert value == result
    assert type(value) is type(result)


async def test_a_file_is_read_in_pieces(steps: Steps) -> None:
    await steps.put("a.csv", b"id\n" + b"".join(b"%d\n" % number for number in range(10)))

    pieces = [await steps.do(read, {"path": "a.csv", "skip": skip, "limit": 4}) for skip in (0, 4, 8)]

    assert [4, 4, 2] == [piece["count"] for piece in pieces]
    assert "8" == pieces[2]["records"][0]["id"]
    assert [True, True, False] == [piece["more"] for piece in pieces]


async def test_a_piece_of_200_mb_takes_no_longer_than_its_text_and_too_large_a_piece_is_refused(
    steps: Steps, tmp_path: Path
) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.write(b"id,text\n")
        line = b"1," + b"x" * 1022 + b"\n"
        for _ in range(200):
            file.write(line * 1024)
    await steps.put("a.csv", large)

    whole = await failure_of(steps.do(read, {"path": "a.csv"}))
    much = await failure_of(steps.do(read, {"path": "a.csv", "limit": 1_000_000}))
    piece = await steps.do(read, {"path": "a.csv", "skip": 100, "limit": 2})

    assert ("ResultTooLargeError", "ResultTooLargeError") == (whole.type, much.type)
    assert (2, True) == (piece["count"], piece["more"])


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
ROWS = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(TEXTS, min_size=width, max_size=width), max_size=6))


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, delimiter=st.sampled_from(",;\t|"), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_was_written_is_read_again(rows: list[list[JsonValue]], delimiter: str, encoding: str) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory, "a.csv")
        write_rows(path, rows, Dialect(delimiter, encoding), ".", shown_as="a.csv")

        dialect = detect(path, delimiter=delimiter, encoding=encoding, shown_as="a.csv")
        assert rows == [row for _, row in read_rows(path, dialect, shown_as="a.csv")]
