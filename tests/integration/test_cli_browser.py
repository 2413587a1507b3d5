from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import invoke

PAGE = "data:text/html,<label>Amount <input id=it></label><button>Pay</button>"


def test_the_targets_of_an_element_are_shown_the_most_stable_first(capsys: pytest.CaptureFixture[str]) -> None:
    code = invoke(["browser", "pick", PAGE, "--selector", "#it", "-o", "json"])

    shown = json.loads(capsys.readouterr().out)
    assert 0 == code
    assert {"label": "Amount"} == shown[0]["target"]
    assert "leans on the label people read" == shown[0]["reason"]


def test_targets_are_shown_as_documents_write_them(capsys: pytest.CaptureFixture[str]) -> None:
    code = invoke(["browser", "pick", PAGE, "--selector", "button"])

    assert 0 == code
    assert "{role: button, name: Pay}" in capsys.readouterr().out


def test_an_element_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code = invoke(["browser", "pick", PAGE, "--selector", "#no"])

    assert 0 != code
    assert "0 elements match selector '#no'" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["-o", "--to"])
def test_a_recording_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str) -> None:
    there = tmp_path / "flow.yaml"
    there.write_text("mine")

    code = invoke(["record", PAGE, option, str(there)])

    assert ("mine", True) == (there.read_text(), code != 0)
    assert "exists already" in capsys.readouterr().err
