from __future__ import annotations

import json

import pytest

from cli.main import invoke
from tests.support.desktops import needs

pytestmark = needs("zenity")

FORM = "zenity --forms --title=Invoice --add-entry=Amount --add-combo=Category --combo-values='Food|Travel'"


def test_the_controls_of_a_program_are_shown_with_what_to_call_them(capsys: pytest.CaptureFixture[str]) -> None:
    codes = [invoke(["desktop", "inspect", "--launch", FORM])]
    table = capsys.readouterr().out
    codes += [invoke(["desktop", "inspect", "--launch", FORM, "-o", "json"])]

    (program,) = json.loads(capsys.readouterr().out)
    named = {(each["control_type"], each["name"]): each["targets"] for each in program["controls"]}
    assert [0, 0] == codes
    assert "  ComboBox" in table
    assert "{control_type: Button, name: OK}" in table
    assert "Group\n" not in table
    assert "zenity" == program["program"]
    assert {"control_type": "Button", "name": "OK"} == named["Button", "OK"][0]["target"]
    assert named["Button", "OK"][0]["stability"] > named["Button", "OK"][-1]["stability"]
    assert all("leans on" in each["reason"] for targets in named.values() for each in targets)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--title", "["], "'[' cannot be read as a regular expression"),
        (["--launch", ""], "expected a program after --launch"),
        (["--launch", "no-such-program"], "'no-such-program' does not start: No such file or directory"),
        (["--launch", "sh -c 'exit 3'"], "'sh' ended with exit code 3 before it showed a window"),
    ],
)
def test_what_cannot_be_inspected_is_told(capsys: pytest.CaptureFixture[str], words: list[str], problem: str) -> None:
    code = invoke(["desktop", "inspect", *words])

    assert 0 != code
    assert problem in capsys.readouterr().err


def test_a_terminal_without_a_desktop_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)

    code = invoke(["desktop", "inspect"])

    assert 0 != code
    assert "this terminal belongs to no desktop: DISPLAY" in capsys.readouterr().err
