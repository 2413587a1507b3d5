from __future__ import annotations

import pytest
from pydantic import JsonValue
from rich.console import Console

from cli.waits import waits_view
from workflows.call import ErrorValue
from workflows.progress import Waiting


@pytest.mark.parametrize(
    ("details", "hints"),
    [({"heal": "a1b2c3", "candidate": "<b>"}, 1), ({"heal": None, "candidate": "<b>"}, 0), (None, 0)],
    ids=str,
)
def test_a_run_that_parked_for_what_it_found_says_how_to_answer(details: JsonValue, hints: int) -> None:
    error = ErrorValue(type="ElementChangedError", kind="configuration", message="it changed", details=details)
    console = Console(width=200, record=True)

    console.print(waits_view([Waiting(kind="parked", place="pay", step="pay", what="", error=error)], "run-1"))

    text = console.export_text()
    assert "aether fix run-1 --step pay --document FILE" in text
    assert hints == text.count("aether heal show a1b2c3")
