"""What pages, servers and files say reaches a terminal as text, never as a command."""

from __future__ import annotations

import json
import re

import pytest
from rich.live import Live
from rich.text import Text

from cli.caller import Caller, Color, Format
from cli.output import Output, facts, table
from cli.tame import TamedContent, tame, tame_json
from cli.views import error_text, outputs_view
from workflows.call import ErrorValue

TITLE = "\x1b]0;owned\x07"
"""Names the terminal's window."""
CLIPBOARD = "\x9d52;c;ZXZpbA==\x9c"
"""Puts something into the clipboard."""
HOSTILE = f"{TITLE}\x1b[2J\x1b[31mred{CLIPBOARD}\u202egpj.exe\r\x7f\x00"
OBEYED = re.compile("[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e]|\x1b(?!\\[[0-9;?]*[mlhKAG])")
"""All but Rich's own colours and movements."""


@pytest.fixture(params=[Color.ALWAYS, Color.NEVER])
def output(request: pytest.FixtureRequest) -> Output:
    return Output(Caller(color=request.param))


def test_text_is_shown_and_not_obeyed(output: Output, capsys: pytest.CaptureFixture[str]) -> None:
    output.show(HOSTILE)
    output.show(Text(HOSTILE, style="red"))
    output.show(facts({HOSTILE: Text(HOSTILE)}))
    output.show(table((HOSTILE,), [(Text(HOSTILE),)]))
    output.show(outputs_view({"title": HOSTILE}))
    output.note(error_text(ErrorValue(type="X", kind="robot", message=HOSTILE, step="s")))

    said = "".join(capsys.readouterr())
    assert "owned" in said
    assert [] == OBEYED.findall(said)
    assert "\x1b[31mred" not in said


def test_a_live_view_is_tamed_too(capsys: pytest.CaptureFixture[str]) -> None:
    console = Output(Caller(color=Color.ALWAYS)).results

    with Live(TamedContent(Text(HOSTILE)), console=console, auto_refresh=False, redirect_stdout=False) as live:
        live.refresh()

    said = capsys.readouterr().out.replace("\r\x1b[2K", "")  # how Rich draws anew
    assert "owned" in said
    assert [] == OBEYED.findall(said)


def test_json_means_the_same_and_commands_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Output(Caller(format=Format.JSON)).write({"title": HOSTILE})

    said = capsys.readouterr().out
    assert [] == OBEYED.findall(said)
    assert {"title": HOSTILE} == json.loads(said)


def test_what_people_write_stays_as_it_is() -> None:
    text = "Müller & Söhne — 12,50 €\n\tשבת 日本 🎉"

    assert (text, text) == (tame(text), tame_json(text))
