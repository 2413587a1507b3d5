"""Inputs as typed on a command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import JsonValue

from cli.given import read_given
from workflows.errors import InvalidInputError
from workflows.part import Input

DECLARED = {
    "name": Input(type="string", default="Ada"),
    "count": Input(type="integer", default=1),
    "price": Input(type="number", default=0),
    "fast": Input(type="boolean", default=False),
    "rows": Input(type="list", default=[]),
    "extra": Input(type="object", default={}),
    "value": Input(type="any", default=None),
}


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ("name=42", "42"),
        ("name=a=b", "a=b"),
        ("name=", ""),
        ("count=42", 42),
        ("count=-1", -1),
        ("price=1.5", 1.5),
        ("price=2", 2),
        ("fast=true", True),
        ("fast=No", False),
        ("rows=[1, 2]", [1, 2]),
        ('extra={"a": null}', {"a": None}),
        ("value=3", 3),
        ("value=plain words", "plain words"),
    ],
)
def test_text_is_read_as_the_document_declares(pair: str, expected: JsonValue, tmp_path: Path) -> None:
    given = read_given(DECLARED, [pair], {}, home=tmp_path)

    assert expected == given.values[pair.partition("=")[0]]


def test_pairs_win_over_a_file_and_both_over_defaults(tmp_path: Path) -> None:
    given = read_given(DECLARED, ["count=3"], {"count": 2, "name": "Grace"}, home=tmp_path)

    assert {"count": 3, "name": "Grace", "price": 0} == {key: given.values[key] for key in ("count", "name", "price")}


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    declared = {**DECLARED, "book": Input(type="file"), "needed": Input(type="string", description="What for.")}
    pairs = ["count=many", "nmae=x", "nonsense", "rows={}", "fast=perhaps", f"book={tmp_path / 'none.xlsx'}"]

    with pytest.raises(InvalidInputError) as caught:
        read_given(declared, pairs, {}, home=tmp_path)

    problems = caught.value.details["problems"]
    assert isinstance(problems, list)
    text = "\n".join(map(str, problems))
    assert 7 == len(problems)
    for word in ("'many'", "did you mean 'name'", "'nonsense'", "'rows'", "'perhaps'", "'needed'", "none.xlsx"):
        assert word in text


@pytest.mark.parametrize("wrong", ["1e400", "NaN", "0x10", "1_000", "\u0661"])
def test_a_number_is_what_json_calls_a_number(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError):
        read_given(DECLARED, [f"price={wrong}"], {}, home=tmp_path)


def test_a_file_goes_by_its_name_and_a_default_lies_beside_the_document(tmp_path: Path) -> None:
    declared = {"book": Input(type="file"), "rates": Input(type="file", default="data/rates.csv")}
    elsewhere = tmp_path / "elsewhere" / "book.xlsx"
    beside = tmp_path / "data" / "rates.csv"
    for file in (elsewhere, beside):
        file.parent.mkdir()
        file.touch()

    given = read_given(declared, [f"book={elsewhere}"], {}, home=tmp_path)

    assert {"book": "book.xlsx", "rates": "rates.csv"} == given.values
    assert {"book.xlsx": elsewhere, "rates.csv": beside} == given.files


def test_two_files_of_one_name_do_not_hide_each_other(tmp_path: Path) -> None:
    declared = {"old": Input(type="file"), "new": Input(type="file")}
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").touch()

    given = read_given(
        declared, [f"old={tmp_path / 'a' / 'x.csv'}", f"new={tmp_path / 'b' / 'x.csv'}"], {}, home=tmp_path
    )

    assert {"old": "old/x.csv", "new": "new/x.csv"} == given.values
    assert {"old/x.csv", "new/x.csv"} == set(given.files)
