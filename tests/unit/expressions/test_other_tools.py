"""The table of docs/language.md that says how expressions do what other tools have nodes for, against Python."""

from __future__ import annotations

import difflib
import itertools
import json
import math
import random
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from tests.support.repository import ROOT
from tests.support.scope import StillScope
from workflows.expressions.expression import compile_expression

ROW = re.compile(r"\| `(\w+)` \| `(.+)` \| `(.+)` \|")
PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
CHAPTER = PAGE.partition("### What other tools have nodes for")[2].partition("\n## ")[0]
LINES = [line for line in CHAPTER.splitlines() if line.startswith("| `")]
VALUES: dict[str, JsonValue] = {
    "text": "Ada Lovelace",
    "numbers": [3, 1, 2],
    "row": {"item": "Pen", "amount": 2.5, "tags": ["blue"], "nothing": None},
    "rows": [{"item": "Pen", "price": 1.5}, {"item": "Ink", "price": 4.25}],
    "old": [{"item": "Pen", "price": 1.4}],
    "moment": "2026-01-31T14:05:00",
}
PYTHON: dict[str, Any] = {
    "UTC": UTC,
    "clock": StillScope(VALUES).now(),
    "date": date,
    "datetime": datetime,
    "difflib": difflib,
    "itertools": itertools,
    "json": json,
    "math": math,
    "random": random,
    "re": re,
    "timedelta": timedelta,
    "uuid": uuid,
}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split("`")[1])
def test_an_expression_gives_what_python_gives(line: str) -> None:
    found = ROW.fullmatch(line)
    assert found is not None
    _, expression, python = (cell.replace("\\|", "|") for cell in found.groups())

    result = compile_expression(expression).evaluate(StillScope(VALUES))

    assert eval(python, PYTHON | VALUES) == result  # noqa: S307 - our own page


def test_the_table_has_all_67() -> None:
    assert 67 == len({line.split("`")[1] for line in LINES})
