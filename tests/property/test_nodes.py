"""Laws of what nodes are made of: paths, masks, tables."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from activities.nodes.csv.read import read as read_csv
from activities.nodes.csv.write import write as write_csv
from activities.nodes.excel.read import read as read_excel
from activities.nodes.excel.write import write as write_excel
from activities.secrets import Mask
from activities.table import column_names
from activities.workspace import safe_path
from tests.support.documents import values
from tests.support.steps import Steps
from workflows.errors import PathOutsideWorkspaceError

paths = st.one_of(st.text(max_size=40), st.text("ab./\\:~ \0", max_size=12))
printable = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
names = st.text(printable, min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool)
cells = st.text(st.one_of(printable, st.sampled_from('",;\n= +-@')), max_size=12)

secret_values = st.text(min_size=4, max_size=12).filter(lambda value: len(value.strip()) >= 4)
"""Shorter ones are part of too many words to be masked inside of texts, and space around them does not count."""


@given(paths)
def test_a_path_is_refused_or_stays_inside(path: str) -> None:
    try:
        safe = safe_path(path)
    except PathOutsideWorkspaceError:
        return

    parts = PurePosixPath(safe).parts
    assert safe == "/".join(parts)
    assert parts
    assert not {"..", ".", "/"} & set(parts)
    assert not set(safe) & set("\\\0")
    assert safe == safe_path(safe)


@given(st.lists(secret_values, min_size=1, max_size=4), values)
def test_no_secret_is_left_in_what_was_scrubbed(secrets: list[str], value: JsonValue) -> None:
    mask = Mask()
    for secret in secrets:
        mask.register(secret)
    text = json.dumps(value, ensure_ascii=False) + "".join(f"<{secret}>" for secret in secrets)

    scrubbed = mask.scrub(text)

    assert [] == [secret for secret in secrets if secret.strip("*") and secret in scrubbed]


@given(values)
def test_scrubbing_keeps_the_shape_and_what_is_no_secret(value: JsonValue) -> None:
    mask = Mask()
    mask.register("a secret nobody could guess")

    assert value == mask.scrub(value)


@given(st.lists(st.one_of(names, st.none(), st.just("x"), st.just("x_2")), max_size=12))
def test_columns_have_names_of_their_own(header: list[JsonValue]) -> None:
    given_names = column_names(header)

    assert len(header) == len(given_names) == len(set(given_names))


tables = st.lists(names, min_size=1, max_size=4, unique=True).flatmap(
    lambda columns: st.lists(st.fixed_dictionaries(dict.fromkeys(columns, cells)), min_size=1, max_size=5)
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(records=tables)
@settings(max_examples=25)
def test_a_table_survives_a_csv_file(
    tmp_path_factory: pytest.TempPathFactory, delimiter: str, records: list[dict[str, str]]
) -> None:
    async def there_and_back(directory: Path) -> JsonValue:
        steps = Steps(directory)
        await steps.do(write_csv, {"path": "a.csv", "records": records, "delimiter": delimiter})
        output = await steps.do(read_csv, {"path": "a.csv", "delimiter": delimiter})
        read: JsonValue = output["records"]
        return read

    assert records == asyncio.run(there_and_back(tmp_path_factory.mktemp("csv")))


@given(records=tables)
@settings(max_examples=25)
def test_a_table_survives_a_workbook(tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, str]]) -> None:
    """But for rows without any text, which are no rows, and empty cells, which are null."""

    async def there_and_back(directory: Path) -> JsonValue:
        steps = Steps(directory)
        await steps.do(write_excel, {"path": "a.xlsx", "records": records})
        output = await steps.do(read_excel, {"path": "a.xlsx"})
        read: JsonValue = output["records"]
        return read

    expected = [{name: cell or None for name, cell in record.items()} for record in records if any(record.values())]
    assert expected == asyncio.run(there_and_back(tmp_path_factory.mktemp("xlsx")))
